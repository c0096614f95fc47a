"""Kept roadmaps: one plan in many layouts, themes alone, roadmaps made of others, and cards that are moved."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.exceptions import OutOfSight, RuleBroken
from core.models import Event
from core.undo import undo_event
from roadmaps import services
from roadmaps.board import horizon_of
from roadmaps.models import Feature, Roadmap, RoadmapSource
from tests.factories.portfolio import ObjectiveFactory
from tests.factories.roadmaps import FeatureFactory, InitiativeFactory, RoadmapFactory, RoadmapSourceFactory

HTMX = {"HX-Request": "true"}
LAYOUTS = ("timeline", "board", "horizons", "list")


@pytest.fixture
def dated(cast, plan):
    """Two features with dates in one window, one of them in an open theme."""
    theme = InitiativeFactory(product=cast.own, name="Settle in a day", outcome="Money the same evening", horizon="now")
    values = {"start_date": date(2027, 1, 5), "target_date": date(2027, 2, 20)}
    for row, initiative in ((plan.own, theme), (plan.foreign, None), (plan.private, None)):
        Feature.objects.filter(pk=row.pk).update(initiative=initiative, **values)
    return theme


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_roadmap_is_kept_shared_and_is_its_own_page(cast, plan, browse, dated):
    form = {"name": "Delivery", "layout": "board", "query": "lanes=team", "is_shared": "on"}
    answer = browse(cast.maker).post("/roadmaps/", form)
    roadmap = Roadmap.objects.get()
    assert answer["Location"] == f"/roadmaps/{roadmap.pk}/"
    page = read(browse(cast.leader), f"/roadmaps/{roadmap.pk}/")
    assert "<h1>Delivery</h1>" in page
    assert "data-board" in page
    assert "No team" in page
    assert "Delivery" in read(browse(cast.leader), "/roadmaps/")
    assert browse(cast.leader).post(f"/roadmaps/{roadmap.pk}/deletion/").status_code == 403
    assert browse(cast.leader).post(f"/roadmaps/{roadmap.pk}/look/", {"layout": "list"}).status_code == 403


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_shows_the_same_features_and_none_out_of_sight(layout, cast, plan, browse, dated):
    page = read(browse(cast.other_maker), f"/roadmaps/timeline/?layout={layout}&from=2027-01-01")
    assert plan.own.key in page
    assert plan.foreign.key in page
    assert "canary" not in page
    assert plan.private.key in read(browse(cast.maker), f"/roadmaps/timeline/?layout={layout}&from=2027-01-01")
    narrowed = read(browse(cast.other_maker), f"/roadmaps/timeline/?layout={layout}&from=2027-01-01&filter=product:OWN")
    assert plan.own.key in narrowed
    assert plan.foreign.key not in narrowed


def test_a_look_that_differs_says_so_and_its_owner_keeps_it(cast, plan, browse, dated):
    roadmap = services.create_roadmap(actor=cast.maker, name="Mine", query="zoom=weeks", is_shared=True)
    client = browse(cast.maker)
    assert "changed" not in read(client, f"/roadmaps/{roadmap.pk}/")
    assert "changed" not in read(client, f"/roadmaps/{roadmap.pk}/?from=2027-01-01")
    changed = read(client, f"/roadmaps/{roadmap.pk}/?layout=list&filter=product:OWN")
    assert '<span class="tagchip is-acc">changed</span>' in changed
    assert ">Keep</button>" in changed
    assert ">Keep</button>" not in read(browse(cast.leader), f"/roadmaps/{roadmap.pk}/?layout=list")
    client.post(f"/roadmaps/{roadmap.pk}/look/", {"layout": "list", "filter": "product:OWN", "from": "2027-01-01"})
    roadmap.refresh_from_db()
    assert roadmap.layout == "list"
    assert roadmap.query.startswith("filter=product")
    assert "from" not in roadmap.query


def test_themes_alone_name_no_feature_in_any_layout(cast, plan, browse, dated):
    roadmap = services.create_roadmap(actor=cast.maker, name="Themes", is_theme_only=True, is_shared=True)
    for layout in LAYOUTS:
        page = read(browse(cast.other_maker), f"/roadmaps/{roadmap.pk}/?layout={layout}&from=2027-01-01")
        assert "Settle in a day" in page
        assert plan.own.title not in page
        assert plan.own.key not in page
        assert "Hidden" not in page
    assert "Money the same evening" in read(browse(cast.other_maker), f"/roadmaps/{roadmap.pk}/?layout=list")


def test_a_roadmap_made_of_others_shows_what_each_reader_sees_of_each(cast, plan, browse, dated):
    own = services.create_roadmap(actor=cast.maker, name="Own ones", product=cast.own, is_shared=True)
    hidden = services.create_roadmap(actor=cast.maker, name="Secret ones canary", product=cast.private, is_shared=True)
    alone = services.create_roadmap(actor=cast.maker, name="Private ones canary", query="filter=product:FOREIGN")
    whole = services.create_roadmap(actor=cast.maker, name="Whole", sources=[own, hidden, alone], is_shared=True)
    mine = read(browse(cast.maker), f"/roadmaps/{whole.pk}/?from=2027-01-01")
    assert all(row.key in mine for row in (plan.own, plan.foreign, plan.private))
    assert mine.index("Own ones") < mine.index("Secret ones canary") < mine.index("Private ones canary")
    theirs = read(browse(cast.other_maker), f"/roadmaps/{whole.pk}/?from=2027-01-01")
    assert plan.own.key in theirs
    assert plan.foreign.key not in theirs
    assert "canary" not in theirs
    # Each source stays its owner's: what it shows changes here too.
    services.change_roadmap(actor=cast.maker, roadmap=own, query="filter=stage:launch")
    assert plan.own.key not in read(browse(cast.other_maker), f"/roadmaps/{whole.pk}/?from=2027-01-01")


def test_no_roadmap_is_made_of_itself_by_any_way_or_of_one_out_of_sight(cast, plan):
    first = services.create_roadmap(actor=cast.maker, name="First")
    second = services.create_roadmap(actor=cast.maker, name="Second", sources=[first])
    third = services.create_roadmap(actor=cast.maker, name="Third", sources=[second])
    for source in (first, second, third):
        with pytest.raises(RuleBroken, match="made of this roadmap"):
            services.change_roadmap(actor=cast.maker, roadmap=first, sources=[source])
    with pytest.raises(OutOfSight):
        services.create_roadmap(actor=cast.leader, name="Theirs", sources=[first])
    assert RoadmapSource.objects.count() == 2


def test_a_source_taken_out_does_not_come_back_into_a_circle(cast):
    first = services.create_roadmap(actor=cast.maker, name="First")
    second = services.create_roadmap(actor=cast.maker, name="Second", sources=[first])
    services.change_roadmap(actor=cast.maker, roadmap=second, sources=[])
    removal = Event.objects.order_by("-number").first()
    services.change_roadmap(actor=cast.maker, roadmap=first, sources=[second])
    with pytest.raises(RuleBroken, match="First is made of this roadmap"):
        undo_event(actor=cast.maker, event=removal)
    assert not RoadmapSource.objects.filter(roadmap=second, deleted_at=None).exists()


def test_an_owner_who_no_longer_sees_a_source_does_not_lose_it_by_saving(cast, plan):
    theirs = RoadmapFactory(owner=cast.leader, is_shared=True)
    mine = services.create_roadmap(actor=cast.maker, name="Mine", sources=[theirs])
    Roadmap.objects.filter(pk=theirs.pk).update(is_shared=False)
    services.change_roadmap(actor=cast.maker, roadmap=mine, sources=[])
    assert RoadmapSource.objects.filter(roadmap=mine, deleted_at=None).count() == 1
    Roadmap.objects.filter(pk=theirs.pk).update(is_shared=True)
    services.change_roadmap(actor=cast.maker, roadmap=mine, sources=[])
    assert not RoadmapSource.objects.filter(roadmap=mine, deleted_at=None).exists()


def test_a_filter_that_names_what_is_out_of_sight_is_not_told(cast, plan, browse, dated):
    InitiativeFactory(product=cast.private, name="Canary theme")
    roadmap = RoadmapFactory(owner=cast.maker, is_shared=True, query="filter=initiative:%22Canary+theme%22")
    page = read(browse(cast.other_maker), f"/roadmaps/{roadmap.pk}/")
    assert "Canary theme" not in page.replace("canary", "")
    assert plan.own.key not in page
    assert "not yours to see" in page


def test_a_feature_stands_under_the_objective_it_serves_most(cast, plan, browse, dated):
    weak, strong, hidden = (
        ObjectiveFactory(product=p, title=t) for p, t in ((cast.own, "Weak"), (cast.own, "Strong"), (cast.private, "Canary"))
    )
    for objective, strength in ((weak, 1), (strong, 2), (hidden, 3)):
        plan.own.__class__._meta.apps.get_model("roadmaps.FeatureObjective").objects.create(
            feature=plan.own, objective=objective, strength=strength
        )
    page = read(browse(cast.other_maker), "/roadmaps/timeline/?from=2027-01-01&lanes=objective")
    lanes = re.findall(r'<li class="lane"><span class="cut">([^<]+)', page)
    assert lanes == ["Strong", "Serves no objective"]


# --- boards -----------------------------------------------------------------------------------------------------------


def test_a_board_marks_the_stage_that_holds_more_than_its_limit(cast, plan, browse):
    services.change_stage(actor=cast.ops, stage=plan.stages["discovery"], wip_limit=2)
    client = browse(cast.leader)
    assert "over its limit" not in read(client, "/roadmaps/timeline/?layout=board")
    FeatureFactory(product=cast.own)
    assert "over its limit" in read(client, "/roadmaps/timeline/?layout=board")


def test_a_long_column_shows_its_first_cards_and_the_rest_when_asked(cast, plan, browse):
    for _ in range(34):
        FeatureFactory(product=cast.own)
    page = read(browse(cast.leader), "/roadmaps/timeline/?layout=board&filter=product:OWN")
    assert page.count("data-card ") == 30
    assert "5 more" in page
    column = plan.stages["discovery"].pk
    assert read(browse(cast.leader), f"/roadmaps/timeline/?layout=board&filter=product:OWN&open={column}").count("data-card ") == 35


@pytest.mark.parametrize("layout", LAYOUTS)
def test_more_features_take_no_more_statements(layout, cast, plan, browse, dated):
    client = browse(cast.maker)
    path = f"/roadmaps/timeline/?layout={layout}&from=2027-01-01"

    def count() -> int:
        read(client, path)
        with CaptureQueriesContext(connection) as seen:
            read(client, path)
        return len(seen)

    few = count()
    for _ in range(8):
        FeatureFactory(product=cast.own, initiative=dated, start_date=date(2027, 1, 5), target_date=date(2027, 3, 1))
    assert count() == few


def test_a_card_enters_the_stage_it_is_dropped_in_and_can_be_taken_back(cast, plan, browse):
    path = f"/features/{plan.own.key}/stage/"
    moved = browse(cast.maker).post(path, {"to": "delivery", "version": plan.own.version}, headers=HTMX)
    assert moved.status_code == 204
    assert {"waymark:undo", "waymark:close", "waymark:moved"} == set(json.loads(moved["HX-Trigger"]))
    plan.own.refresh_from_db()
    assert (plan.own.stage.slug, plan.own.status) == ("delivery", "in_progress")
    assert browse(cast.leader).post(path, {"to": "launch"}, headers=HTMX).status_code == 403
    assert browse(cast.maker).post(path, {"to": "nowhere"}, headers=HTMX).status_code == 422


def test_an_initiative_moves_to_another_horizon(cast, plan, browse, dated):
    path = f"/initiatives/{dated.pk}/horizon/"
    assert "Now" in read(browse(cast.maker), path)
    assert browse(cast.maker).post(path, {"to": "later", "version": dated.version}, headers=HTMX).status_code == 204
    dated.refresh_from_db()
    assert dated.horizon == "later"


def test_without_an_initiative_dates_and_status_say_the_horizon():
    today = date(2026, 11, 23)
    cases = [
        ("open", date(2026, 12, 31), "now"), ("in_progress", date(2028, 1, 1), "now"), ("open", date(2027, 3, 31), "next"),
        ("planned", None, "next"), ("open", date(2027, 4, 1), "later"), ("open", None, "later"),
    ]  # fmt: skip
    for status, target, expected in cases:
        assert horizon_of(Feature(status=status, target_date=target), today) == expected


def test_the_api_speaks_of_sources_and_filters_in_sight_alone(cast, browse):
    shared = RoadmapFactory(owner=cast.maker, is_shared=True)
    whole = RoadmapFactory(owner=cast.maker, is_shared=True)
    for source in (shared, RoadmapFactory(owner=cast.maker)):
        RoadmapSourceFactory(roadmap=whole, source=source)
    told = browse(cast.leader).get(f"/api/v1/roadmaps/{whole.pk}/").json()
    assert told["sources"] == [shared.pk]
    assert len(browse(cast.maker).get(f"/api/v1/roadmaps/{whole.pk}/").json()["sources"]) == 2

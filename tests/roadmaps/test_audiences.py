"""Roadmaps as audiences see them: what is shown, what is masked, and that what cannot be judged is not shown."""

from datetime import date

import pytest
from django.http import QueryDict

from core.exceptions import RuleBroken
from roadmaps import beginning, services
from roadmaps.masks import UNNAMED, look_at
from roadmaps.models import FACTS, Audience, Roadmap
from tests.factories.roadmaps import AudienceFactory, FeatureFactory, InitiativeFactory, RoadmapFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def roadmap(cast, plan) -> Roadmap:
    return RoadmapFactory(owner=cast.maker, product=cast.own, name="What comes", layout="list", query="fields=owner&fields=dates")


@pytest.fixture
def named(cast, plan):
    theme = InitiativeFactory(product=cast.own, name="Inner theme", outside_name="Faster payments")
    return FeatureFactory(
        product=cast.own, title="Inner title", outside_name="Pay in a second", initiative=theme, stage=plan.stages["delivery"],
        start_date=date(2026, 11, 3), target_date=date(2027, 2, 17), owner=cast.maker,
    )  # fmt: skip


def seen(user, roadmap, audience, **asked):
    return look_at(user, QueryDict("&".join(f"{name}={value}" for name, value in {**asked, "audience": audience.slug}.items())), roadmap)


def test_an_organisation_begins_with_five_audiences_of_which_those_outside_get_neither_owners_nor_days(db):
    beginning.begin()
    found = {audience.slug: audience for audience in Audience.objects.filter(deleted_at=None)}
    assert list(found) == ["internal", "leadership", "sales", "customers", "public"]
    assert set(found["internal"].shows) == set(FACTS)
    for slug in ("customers", "public"):
        assert not {"owner", "team", "key", "effort", "score", "stage"} & set(found[slug].shows)
        assert found[slug].has_outside_names
        assert found[slug].dates in ("quarter", "half")


@pytest.mark.parametrize(
    ("dates", "start", "target"),
    [("month", "Nov 2026", "Feb 2027"), ("quarter", "Q4 2026", "Q1 2027"), ("half", "H2 2026", "H1 2027"), ("none", "None", "None")],
)
def test_a_day_is_told_as_exactly_as_the_audience_may_know(cast, roadmap, named, dates, start, target):
    look = seen(cast.maker, roadmap, AudienceFactory(dates=dates, has_outside_names=False))
    shown = next(one for one in look.features if one.title == "Inner title")
    assert (str(shown.start_date), str(shown.target_date)) == (start, target)


def test_outside_names_stand_for_ours_and_a_nameless_feature_has_that_of_its_theme(cast, roadmap, named):
    FeatureFactory(product=cast.own, title="Nameless", initiative=named.initiative)
    FeatureFactory(product=cast.own, title="Alone")
    titles = {one.title for one in seen(cast.maker, roadmap, AudienceFactory(shows=["initiative"])).features}
    assert titles == {"Pay in a second", "Work on Faster payments", UNNAMED}
    assert {one.title for one in seen(cast.maker, roadmap, AudienceFactory(shows=[])).features} == {"Pay in a second", UNNAMED}


def test_what_passes_the_rule_is_not_there_and_a_rule_nobody_can_read_hides_everything(cast, roadmap, named, plan):
    left = seen(cast.maker, roadmap, AudienceFactory(leaves_out="stage:discovery", has_outside_names=False))
    assert [one.title for one in left.features] == ["Inner title"]
    broken = seen(cast.maker, roadmap, AudienceFactory(leaves_out="stage:gone", has_outside_names=False))
    assert broken.is_hidden
    assert broken.features == []


def test_what_is_masked_is_not_read(cast, roadmap, named, django_assert_num_queries):
    look = seen(cast.maker, roadmap, AudienceFactory(shows=["status"]))
    with django_assert_num_queries(2) as asked:  # whether it is made of others, and its features
        assert look.features
    sql = asked[1]["sql"]
    read = sql[: sql.index(" FROM ")]
    for column in ('"title"', '"key"', '"owner_id"', '"effort_likely"', '"team_id"', '"description"', '"score"', '"initiative_id"'):
        assert f"{column} AS" not in read
        assert f"{column}," not in read


def test_layouts_lanes_and_facts_that_would_tell_of_what_is_masked_are_not_offered(cast, roadmap, named):
    bare = seen(cast.maker, roadmap, AudienceFactory(shows=[], dates="none"), layout="board", lanes="owner")
    assert [name for name, _ in bare.layouts] == ["list"]
    assert bare.layout == "list"
    assert not bare.lanes
    assert bare.grouping("initiative") is None
    assert bare.fields == []
    open_one = seen(cast.maker, roadmap, AudienceFactory(shows=list(FACTS), dates="exact"), lanes="owner")
    assert open_one.grouping("initiative").name == "owner"
    assert open_one.fields == ["owner", "dates"]


def test_an_audience_sees_no_more_than_who_shows_it_may_see(cast, plan):
    everything = RoadmapFactory(owner=cast.other_maker, is_shared=True, name="All", layout="list")
    inside = AudienceFactory(shows=list(FACTS), dates="exact", has_outside_names=False)
    titles = {one.title for one in seen(cast.other_maker, everything, inside).features}
    assert plan.own.title in titles
    assert plan.private.title not in titles
    assert plan.private.title in {one.title for one in seen(cast.maker, everything, inside).features}


@pytest.mark.parametrize("layout", ["timeline", "board", "horizons", "list"])
def test_a_member_looks_through_an_audiences_eyes_and_is_told_so(browse, cast, roadmap, named, layout):
    audience = AudienceFactory(name="Friends", shows=["status", "initiative", "horizon"])
    page = browse(cast.maker).get(f"/roadmaps/{roadmap.pk}/?audience={audience.slug}&layout={layout}&from=2026-11-01").content.decode()
    assert "Seen as <b>Friends</b>" in page
    assert "Pay in a second" in page
    assert "Inner" not in page
    assert named.key not in page
    assert "17 Feb" not in page
    assert "2027-02-17" not in page


def test_files_of_a_masked_roadmap_are_masked(browse, cast, roadmap, named):
    audience = AudienceFactory(shows=["status"])
    file = browse(cast.maker).get(f"/roadmaps/{roadmap.pk}/export.csv?audience={audience.slug}")
    text = b"".join(file.streaming_content).decode()
    assert "Pay in a second" in text
    assert "Q1 2027" in text
    assert "Inner" not in text
    assert named.key not in text


def test_an_audience_there_is_not_is_out_of_sight(browse, cast, roadmap):
    assert browse(cast.maker).get(f"/roadmaps/{roadmap.pk}/?audience=nobody").status_code == 404


def test_operations_shape_audiences_and_history_tells_of_it(browse, cast, plan):
    client = browse(cast.ops)
    said = {"name": "Partners", "shows": ["status", "owner"], "dates": "half", "has_outside_names": "on", "leaves_out": "status:open"}
    assert client.post("/settings/audiences/", said).status_code == 302
    made = Audience.objects.get(slug="partners")
    assert (made.shows, made.dates, made.leaves_out) == (["status", "owner"], "half", "status:open")
    assert client.post("/settings/audiences/partners/", said | {"shows": ["status"], "version": 1}).status_code == 302
    assert "Partners" in client.get("/settings/audiences/").content.decode()
    made.refresh_from_db()
    assert made.shows == ["status"]
    refused = client.post("/settings/audiences/partners/", said | {"leaves_out": "stage:gone"})
    assert refused.status_code == 422


def test_a_fact_that_there_is_not_is_refused(cast):
    with pytest.raises(RuleBroken):
        services.create_audience(actor=cast.ops, name="Odd", shows=["salary"])

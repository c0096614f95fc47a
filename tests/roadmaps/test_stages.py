"""The process is product operations' to shape; features follow it."""

import pytest

from core.consumers import follow_events
from core.exceptions import NotAllowed, RuleBroken
from core.models import Change, Event
from core.undo import undo_event
from governance.models import Check
from governance.services import create_check
from roadmaps import services
from roadmaps.models import Feature, Stage
from tests.factories.roadmaps import FeatureFactory, make_stages


@pytest.fixture
def stages(db) -> dict[str, Stage]:
    return {stage.slug: stage for stage in make_stages()}


def order() -> list[str]:
    return list(Stage.objects.filter(deleted_at=None).values_list("slug", flat=True))


def test_a_stage_is_added_where_it_is_wanted_and_the_others_keep_their_order(cast, stages):
    before = order()
    made = services.create_stage(actor=cast.ops, name="Legal & privacy review", status="planned", position=stages["delivery"].position)
    assert made.slug == "legal-privacy-review"
    assert order() == [*before[:3], made.slug, *before[3:]]
    last = services.create_stage(actor=cast.ops, name="法務", status="retired")
    assert (last.slug, order()[-1]) == ("stage", "stage")
    assert services.create_stage(actor=cast.ops, name="Stage", status="open").slug == "stage-2"
    positions = list(Stage.objects.values_list("position", flat=True))
    assert len(set(positions)) == len(positions)


@pytest.mark.parametrize(
    ("slug", "after"), [("launch", "discovery"), ("discovery", "launch"), ("sunset", None), ("delivery", "validation")]
)
def test_a_stage_moves_to_where_it_is_put_and_back_by_undo(cast, stages, slug, after):
    before = order()
    position = stages[after].position + 1 if after else 0
    services.change_stage(actor=cast.ops, stage=stages[slug], position=position)
    rest = [other for other in before if other != slug]
    at = rest.index(after) + 1 if after else 0
    assert order() == [*rest[:at], slug, *rest[at:]]
    undo_event(actor=cast.ops, event=Event.objects.latest("number"))
    assert order() == before


def test_features_take_over_another_status_of_their_stage_but_for_declined_ones(cast, stages):
    going = FeatureFactory(product=cast.own, stage=stages["definition"], status="planned")
    declined = FeatureFactory(product=cast.own, stage=stages["definition"], status="declined")
    services.change_stage(actor=cast.ops, stage=stages["definition"], status="open")
    event = Event.objects.latest("number")
    follow_events()
    assert Feature.objects.get(pk=going.pk).status == "open"
    assert Feature.objects.get(pk=declined.pk).status == "declined"
    assert Change.objects.of(going).latest("pk").after == {"status": "open"}
    undo_event(actor=cast.ops, event=event)
    follow_events()
    assert Feature.objects.get(pk=going.pk).status == "planned"
    with pytest.raises(RuleBroken, match="Declining is a decision"):
        services.change_stage(actor=cast.ops, stage=stages["definition"], status="declined")


def test_a_stage_is_removed_when_nothing_stands_in_it_and_comes_back_with_its_checks(cast, stages):
    feature = FeatureFactory(product=cast.own, stage=stages["launch"], status="shipped")
    create_check(actor=cast.ops, stage=stages["launch"], kind="effort")
    with pytest.raises(RuleBroken, match="still stand in Launch"):
        services.delete_stage(actor=cast.ops, stage=Stage.objects.get(slug="launch"))
    services.change_feature(actor=cast.maker, feature=feature, stage=stages["iteration"])
    before = order()
    services.delete_stage(actor=cast.ops, stage=Stage.objects.get(slug="launch"))
    assert order() == [slug for slug in before if slug != "launch"]
    assert not Check.objects.visible_to(cast.ops).exists()
    undo_event(actor=cast.ops, event=Event.objects.latest("number"))
    assert order() == before
    assert Check.objects.visible_to(cast.ops).exists()


def test_only_product_operations_shape_the_process(cast, stages):
    for who in (cast.leader, cast.maker, cast.contributor):
        with pytest.raises(NotAllowed):
            services.delete_stage(actor=who, stage=stages["sunset"])


def test_stages_are_shaped_in_the_browser(cast, stages, browse):
    ops = browse(cast.ops)
    FeatureFactory(product=cast.own, stage=stages["delivery"], status="in_progress")
    FeatureFactory(product=cast.private, stage=stages["delivery"], status="in_progress")
    page = ops.get("/settings/stages/").content.decode()
    assert 'href="/features/?filter=stage:delivery">1</a>' in page, "The private one is not counted."
    assert ops.post("/settings/stages/", {"name": "Beta", "status": "in_progress", "after": stages["delivery"].pk}).status_code == 302
    assert order()[4] == "beta"
    beta = Stage.objects.get(slug="beta")
    page = ops.get("/settings/stages/beta/").content.decode()
    assert f'<option value="{stages["delivery"].pk}" selected>' in page
    moved = {"name": "Early access", "status": "in_progress", "after": "", "version": beta.version}
    assert ops.post("/settings/stages/beta/", moved).status_code == 302
    assert order()[0] == "beta"
    stale = ops.post("/settings/stages/beta/", moved | {"name": "Trial"})
    assert stale.status_code == 409
    chosen = {"only": "name", "name": "Trial", "version": stale.context["conflict"]["version"]}
    assert ops.post("/settings/stages/beta/", chosen).status_code == 302
    assert (order()[0], Stage.objects.get(slug="beta").name) == ("beta", "Trial")
    refused = ops.post("/settings/stages/delivery/removal/")
    assert refused.status_code == 422
    assert "still stand in Delivery" in refused.content.decode()
    assert "delivery" in order()
    assert ops.post("/settings/stages/beta/removal/").status_code == 302
    assert "beta" not in order()


def test_stages_are_shaped_by_program(cast, stages, program):
    api = program(cast.ops)
    made = api.post("/api/v1/stages/", {"name": "Beta", "status": "in_progress", "position": stages["launch"].position}, format="json")
    assert made.status_code == 201, made.content
    assert order()[4] == made.json()["slug"] == "beta"
    moved = api.patch("/api/v1/stages/beta/", {"position": 0}, format="json", headers={"If-Match": made["ETag"]})
    assert (moved.status_code, order()[0]) == (200, "beta")
    assert api.post("/api/v1/stages/", {"name": "Odd", "status": "in_progress", "slug": "beta"}, format="json").status_code == 422
    assert api.delete("/api/v1/stages/beta/", headers={"If-Match": moved["ETag"]}).status_code == 204
    assert program(cast.maker).post("/api/v1/stages/", {"name": "Odd", "status": "open"}, format="json").status_code == 403


def test_no_feature_stands_in_a_stage_that_is_gone(cast, stages):
    feature = FeatureFactory(product=cast.own, stage=stages["launch"], status="shipped")
    services.delete_feature(actor=cast.maker, feature=feature)
    deletion = Event.objects.latest("number")
    read_before = Stage.objects.get(slug="launch")
    services.delete_stage(actor=cast.ops, stage=Stage.objects.get(slug="launch"))
    with pytest.raises(RuleBroken, match="not part of the process any more"):
        undo_event(actor=cast.maker, event=deletion)
    other = FeatureFactory(product=cast.own, stage=stages["delivery"], status="in_progress")
    with pytest.raises(RuleBroken, match="not part of the process any more"):
        services.change_feature(actor=cast.maker, feature=other, stage=read_before)
    assert Feature.objects.get(pk=other.pk).stage.slug == "delivery"


def test_two_stages_never_stand_in_one_place(cast, stages):
    services.delete_stage(actor=cast.ops, stage=stages["sunset"])
    deletion = Event.objects.latest("number")
    services.create_stage(actor=cast.ops, name="Archive", status="retired")
    with pytest.raises(RuleBroken, match="stands in that place"):
        undo_event(actor=cast.ops, event=deletion)


def test_a_process_keeps_a_stage(cast, stages):
    *others, last = stages.values()
    for stage in others:
        services.delete_stage(actor=cast.ops, stage=stage)
    with pytest.raises(RuleBroken, match="at least one stage"):
        services.delete_stage(actor=cast.ops, stage=last)

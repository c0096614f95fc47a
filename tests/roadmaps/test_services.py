"""The rules of the plan: who may write what, and what is refused with which sentence."""

from datetime import date

import pytest

from core.exceptions import Conflict, NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event
from core.services import set_membership
from core.undo import undo_event
from portfolio.models import Objective
from roadmaps import services, stage_entry
from roadmaps.models import Dependency, Feature, FeatureObjective, Initiative, Release
from roadmaps.stage_entry import Check, Finding
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory


@pytest.fixture
def objective(cast):
    return Objective.objects.create(title="Faster money", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))


@pytest.fixture
def check():
    """Registers a check for the test's time: `check(finding, …)` answers the list its waivers land in."""
    waived, known = [], list(stage_entry.checks)

    def register(*findings):
        stage_entry.register_check(
            Check("test", lambda feature, stage: list(findings), lambda actor, feature, stage, found, reason: waived.append(reason))
        )
        return waived

    yield register
    stage_entry.checks[:] = known


# --- features ---------------------------------------------------------------------------------------------------------


def test_a_feature_takes_the_next_number_and_the_first_stage(cast, plan):
    made = services.create_feature(actor=cast.maker, product=cast.own, title="  New  ")
    assert (made.key, made.title, made.stage.slug, made.status) == ("OWN-02", "New", "discovery", "open")
    assert Event.objects.get().verb == "roadmaps.feature_created"


@pytest.mark.parametrize("name", ["other_maker", "leader", "ops", "contributor", "stranger"])
def test_who_sees_a_feature_but_may_not_edit_its_product_is_forbidden(cast, plan, name):
    with pytest.raises(NotAllowed):
        services.change_feature(actor=getattr(cast, name), feature=plan.own, title="Mine")


def test_a_hidden_feature_is_missing_not_forbidden(cast, plan):
    for service in (services.delete_feature, services.decline_feature, services.take_up_feature):
        with pytest.raises(OutOfSight):
            service(actor=cast.admin, feature=plan.private)


def test_objective_and_segment_links_are_settled_as_given(cast, plan, objective):
    services.change_feature(actor=cast.maker, feature=plan.own, objectives=[(objective, 3)])
    services.change_feature(actor=cast.maker, feature=plan.own, objectives=[(objective, 1)])
    assert FeatureObjective.objects.alive().get().strength == 1
    services.change_feature(actor=cast.maker, feature=plan.own, objectives=[])
    assert not FeatureObjective.objects.alive().exists()
    services.change_feature(actor=cast.maker, feature=plan.own, objectives=[(objective, 2)])
    assert FeatureObjective.objects.alive().count() == 1


def test_an_open_feature_never_points_at_a_private_product(cast, plan, objective):
    private = InitiativeFactory(product=cast.private)
    secret = Objective.objects.create(title="Secret", product=cast.private, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))
    with pytest.raises(RuleBroken, match="private product"):
        services.change_feature(actor=cast.maker, feature=plan.own, initiative=private)
    with pytest.raises(RuleBroken, match="private product"):
        services.change_feature(actor=cast.maker, feature=plan.own, objectives=[(secret, 2)])
    services.change_feature(actor=cast.maker, feature=plan.private, initiative=private, objectives=[(secret, 2), (objective, 1)])


def test_a_release_ships_features_of_its_own_product_only(cast, plan):
    with pytest.raises(RuleBroken, match="own product"):
        services.change_feature(actor=cast.maker, feature=plan.own, release=ReleaseFactory(product=cast.foreign))
    with pytest.raises(OutOfSight):
        services.change_feature(actor=cast.other_maker, feature=plan.foreign, release=ReleaseFactory(product=cast.private))


def test_declining_keeps_the_stage_and_says_why_and_entering_a_stage_takes_up_again(cast, plan):
    services.decline_feature(actor=cast.maker, feature=plan.own, why="Nobody asked")
    assert (plan.own.status, plan.own.stage.slug) == ("declined", "discovery")
    assert Event.objects.latest("number").because_label == "Nobody asked"
    services.enter_stage(actor=cast.maker, feature=plan.own, stage=plan.stages["discovery"])
    assert plan.own.status == "open"


def test_an_advisory_check_asks_for_a_reason_and_keeps_it(cast, plan, check):
    waived = check(Finding("There is no estimate."))
    with pytest.raises(RuleBroken, match="no estimate") as refused:
        services.enter_stage(actor=cast.maker, feature=plan.own, stage=plan.stages["delivery"])
    assert refused.value.field == "reason"
    services.enter_stage(actor=cast.maker, feature=plan.own, stage=plan.stages["delivery"], reason="A trial for one customer")
    assert (plan.own.status, waived) == ("in_progress", ["A trial for one customer"])


def test_a_blocking_check_lets_no_reason_pass(cast, plan, check):
    waived = check(Finding("There is no estimate.", is_blocking=True))
    with pytest.raises(RuleBroken, match="cannot be entered"):
        services.enter_stage(actor=cast.maker, feature=plan.own, stage=plan.stages["delivery"], reason="Please")
    assert waived == []


def test_two_people_entering_stages_conflict_about_the_stage_alone(cast, plan):
    mine = Feature.objects.get(pk=plan.own.pk)
    services.enter_stage(actor=cast.maker, feature=plan.own, stage=plan.stages["delivery"])
    with pytest.raises(Conflict) as conflict:
        services.change_feature(actor=cast.maker, feature=mine, stage=plan.stages["launch"], seen=1)
    assert [clash.field for clash in conflict.value.clashes] == ["stage"]


def test_merging_points_at_the_canonical_feature_and_unmerging_restores(cast, plan):
    other, third = FeatureFactory(product=cast.own), FeatureFactory(product=cast.own)
    services.merge_feature(actor=cast.maker, feature=other, into=plan.own)
    with pytest.raises(RuleBroken, match="not merged"):
        services.merge_feature(actor=cast.maker, feature=third, into=other)
    with pytest.raises(RuleBroken, match="Merge them into"):
        services.merge_feature(actor=cast.maker, feature=plan.own, into=third)
    services.unmerge_feature(actor=cast.maker, feature=other)
    assert other.merged_into_id is None


# --- many at once -----------------------------------------------------------------------------------------------------


def test_a_bulk_change_is_one_event_and_lists_rows_changed_meanwhile(cast, plan):
    second, third = FeatureFactory(product=cast.own), FeatureFactory(product=cast.own)
    seen = {row.pk: row.version for row in (plan.own, second, third, plan.foreign, plan.private)}
    services.change_feature(actor=cast.maker, feature=second, kind="platform")
    services.change_feature(actor=cast.maker, feature=third, title="Another title")
    before = Event.objects.count()
    result = services.change_features(actor=cast.maker, seen=seen, kind="compliance")
    assert Event.objects.count() == before + 1
    assert {row.pk for row in result.done} == {plan.own.pk, third.pk, plan.private.pk}
    assert {left.feature.pk: left.why for left in result.left} == {
        second.pk: "Somebody changed kind meanwhile.",
        plan.foreign.pk: "Only owners and editors of this product may change it.",
    }
    assert Change.objects.filter(event=result.event).count() == 3
    undo_event(actor=cast.maker, event=result.event)
    assert Feature.objects.get(pk=plan.own.pk).kind == "growth"


def test_a_bulk_change_reaches_no_hidden_row(cast, plan):
    result = services.change_features(actor=cast.admin, seen={plan.private.pk: 1}, kind="compliance")
    assert (result.done, result.left, result.event) == ([], [], None)


def test_a_bulk_change_leaves_rows_whose_constraint_it_breaks(cast, plan):
    FeatureFactory(product=cast.own, start_date=date(2027, 5, 1))
    seen = {row.pk: row.version for row in Feature.objects.filter(product=cast.own)}
    result = services.change_features(actor=cast.maker, seen=seen, target_date=date(2027, 4, 1))
    assert [left.why for left in result.left] == ["The target date lies before the start date."]
    assert [row.pk for row in result.done] == [plan.own.pk]


# --- initiatives and releases -----------------------------------------------------------------------------------------


def test_an_initiative_is_deleted_with_its_links_unless_others_plan_features_for_it(cast, plan):
    initiative = services.create_initiative(actor=cast.maker, product=cast.own, name="Theme")
    services.change_feature(actor=cast.maker, feature=plan.own, initiative=initiative)
    services.change_feature(actor=cast.other_maker, feature=plan.foreign, initiative=initiative)
    with pytest.raises(RuleBroken, match="A feature of another product hangs"):
        services.delete_initiative(actor=cast.maker, initiative=initiative)
    services.change_feature(actor=cast.other_maker, feature=plan.foreign, initiative=None)
    services.delete_initiative(actor=cast.maker, initiative=initiative)
    assert Feature.objects.get(pk=plan.own.pk).initiative_id is None


def test_a_hidden_feature_neither_hinders_deleting_its_initiative_nor_shows_itself(cast, plan):
    initiative = InitiativeFactory(product=cast.foreign)
    services.change_feature(actor=cast.maker, feature=plan.private, initiative=initiative)
    services.delete_initiative(actor=cast.other_maker, initiative=initiative)
    plan.private.refresh_from_db()
    assert plan.private.initiative_id is None
    assert Initiative.objects.get(pk=initiative.pk).deleted_at is not None


def test_a_release_is_shipped_and_rolled_back_with_a_reason(cast, plan):
    release = services.create_release(actor=cast.maker, product=cast.own, version_name="2027.1")
    with pytest.raises(RuleBroken, match="was shipped"):
        services.roll_back_release(actor=cast.maker, release=release, why="No")
    with pytest.raises(RuleBroken, match="future"):
        services.ship_release(actor=cast.maker, release=release, day=date(2999, 1, 1))
    services.ship_release(actor=cast.maker, release=release)
    with pytest.raises(RuleBroken, match="why"):
        services.roll_back_release(actor=cast.maker, release=release, why="  ")
    services.roll_back_release(actor=cast.maker, release=release, why="Refunds failed")
    assert (release.state, release.rolled_back_why) == ("rolled_back", "Refunds failed")
    services.replan_release(actor=cast.maker, release=release)
    assert (release.state, release.rolled_back_why) == ("planned", "")


def test_deleting_a_release_frees_its_features_and_undo_brings_both_back(cast, plan):
    release = ReleaseFactory(product=cast.own)
    services.change_feature(actor=cast.maker, feature=plan.own, release=release)
    services.delete_release(actor=cast.maker, release=release)
    assert Feature.objects.get(pk=plan.own.pk).release_id is None
    undo_event(actor=cast.maker, event=Event.objects.latest("number"))
    assert Feature.objects.get(pk=plan.own.pk).release_id == release.pk
    assert Release.objects.get(pk=release.pk).deleted_at is None


# --- dependencies -----------------------------------------------------------------------------------------------------


def test_a_circle_is_refused_with_its_path_in_words(cast, plan):
    second, third = FeatureFactory(product=cast.own), FeatureFactory(product=cast.own)
    services.create_dependency(actor=cast.maker, predecessor=plan.own, successor=second)
    services.create_dependency(actor=cast.maker, predecessor=second, successor=third)
    with pytest.raises(RuleBroken, match="OWN-03 → OWN-01 → OWN-02 → OWN-03"):
        services.create_dependency(actor=cast.maker, predecessor=third, successor=plan.own)
    with pytest.raises(RuleBroken, match="itself"):
        services.create_dependency(actor=cast.maker, predecessor=third, successor=third)
    services.create_dependency(actor=cast.maker, predecessor=third, successor=plan.own, kind=Dependency.Kind.RELATES)


def test_the_path_of_a_circle_names_no_hidden_feature(cast, plan):
    set_membership(actor=cast.maker, product=cast.own, user=cast.other_maker, level="editor")
    DependencyFactory(predecessor=plan.own, successor=plan.private)
    DependencyFactory(predecessor=plan.private, successor=plan.foreign)
    with pytest.raises(RuleBroken) as refused:
        services.create_dependency(actor=cast.other_maker, predecessor=plan.foreign, successor=plan.own)
    assert "FOREIGN-01 → OWN-01 → another product → FOREIGN-01" in str(refused.value)
    assert "HIDDEN" not in str(refused.value)


def test_the_same_dependency_is_refused_twice_with_a_sentence(cast, plan):
    second = FeatureFactory(product=cast.own)
    services.create_dependency(actor=cast.maker, predecessor=plan.own, successor=second)
    with pytest.raises(RuleBroken, match="already"):
        services.create_dependency(actor=cast.maker, predecessor=plan.own, successor=second)


def test_across_products_the_other_side_agrees(cast, plan):
    row = services.create_dependency(actor=cast.maker, predecessor=plan.foreign, successor=plan.own, needed_by=date(2027, 2, 27))
    assert row.agreement == "requested"
    with pytest.raises(NotAllowed, match="Foreign"):
        services.answer_dependency(actor=cast.maker, dependency=row, agreement="accepted")
    services.answer_dependency(actor=cast.other_maker, dependency=row, agreement="accepted")
    services.answer_dependency(actor=cast.other_maker, dependency=row, agreement="committed")
    with pytest.raises(RuleBroken, match="“committed” cannot become “accepted”"):
        services.answer_dependency(actor=cast.other_maker, dependency=row, agreement="accepted")
    services.answer_dependency(actor=cast.maker, dependency=row, agreement="met")
    services.change_dependency(actor=cast.maker, dependency=row, needed_by=date(2027, 1, 27))
    assert row.agreement == "requested"


# --- roadmaps ---------------------------------------------------------------------------------------------------------


def test_a_roadmap_is_changed_by_its_owner_alone(cast):
    roadmap = services.create_roadmap(actor=cast.maker, name="Delivery", is_shared=True)
    with pytest.raises(NotAllowed):
        services.change_roadmap(actor=cast.admin, roadmap=roadmap, name="Mine")
    with pytest.raises(OutOfSight):
        services.create_roadmap(actor=cast.leader, name="Secret", product=cast.private)
    with pytest.raises(NotAllowed):
        services.create_roadmap(actor=cast.guest, name="Guest's")

"""Who may write what in the portfolio, and the rules of what is written."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.exceptions import Conflict, NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event
from core.undo import undo_event
from portfolio import services
from portfolio.models import Account, Allocation, CheckIn, MetricPoint, Persona, ProductLineMembership, StatusUpdate
from portfolio.periods import quarter_of
from portfolio.services.metrics import Point
from tests.factories.portfolio import (
    AccountFactory,
    KeyResultFactory,
    MetricFactory,
    ObjectiveFactory,
    ProductLineFactory,
    SegmentFactory,
    TeamFactory,
)

YEAR = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


# --- lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["admin", "ops", "leader"])
def test_who_shapes_the_portfolio_makes_lines_segments_and_teams(cast, name):
    actor = getattr(cast, name)
    line = services.create_line(actor=actor, name="  Money ", leader=cast.leader)
    assert (line.name, line.leader) == ("Money", cast.leader)
    services.create_segment(actor=actor, name="Pharma")
    services.create_team(actor=actor, name="Ledger")
    assert Event.objects.latest("number").verb == "portfolio.team_created"


@pytest.mark.parametrize("name", ["maker", "contributor", "stranger"])
def test_others_may_not(cast, name):
    for create in (services.create_line, services.create_segment, services.create_team):
        with pytest.raises(NotAllowed):
            create(actor=getattr(cast, name), name="New")
    with pytest.raises(OutOfSight):
        services.create_line(actor=cast.guest, name="New")


def test_lines_nest_one_level_deep(cast):
    top = services.create_line(actor=cast.leader, name="Money")
    inner = services.create_line(actor=cast.leader, name="Acceptance", parent=top)
    with pytest.raises(RuleBroken, match="one level deep"):
        services.create_line(actor=cast.leader, name="Cards", parent=inner)
    other = ProductLineFactory()
    with pytest.raises(RuleBroken, match="one level deep"):
        services.change_line(actor=cast.leader, line=top, parent=other)
    with pytest.raises(RuleBroken, match="inside itself"):
        services.change_line(actor=cast.leader, line=other, parent=other)


def test_a_product_has_one_home_and_the_first_place_is_it(cast):
    one, two = ProductLineFactory(), ProductLineFactory()
    first = services.place_product(actor=cast.leader, product=cast.own, line=one)
    second = services.place_product(actor=cast.leader, product=cast.own, line=two)
    assert (first.is_home, second.is_home) == (True, False)
    services.place_product(actor=cast.maker, product=cast.own, line=two, is_home=True)
    homes = ProductLineMembership.objects.filter(product=cast.own, is_home=True, deleted_at=None)
    assert [place.line for place in homes] == [two]
    second.refresh_from_db()
    services.take_product_out(actor=cast.leader, place=second)
    assert [place.line for place in homes.all()] == [one]


def test_a_private_product_is_placed_by_its_members_alone(cast):
    line = ProductLineFactory()
    with pytest.raises(OutOfSight):
        services.place_product(actor=cast.leader, product=cast.private, line=line)
    services.place_product(actor=cast.maker, product=cast.private, line=line)
    assert not ProductLineMembership.objects.visible_to(cast.leader).exists()


def test_a_line_with_lines_or_objectives_on_it_stays(cast):
    top = ProductLineFactory()
    inner = ProductLineFactory(parent=top)
    with pytest.raises(RuleBroken, match="Move them first"):
        services.delete_line(actor=cast.leader, line=top)
    ObjectiveFactory(line=inner)
    with pytest.raises(RuleBroken, match="another scope"):
        services.delete_line(actor=cast.leader, line=inner)


# --- strategy -------------------------------------------------------------------------------------------------------


def test_a_strategy_is_written_once_and_then_changed(cast):
    made = services.set_strategy(actor=cast.maker, product=cast.own, vision="Paid today")
    changed = services.set_strategy(actor=cast.maker, product=cast.own, lifecycle="growth", seen=made.version)
    assert (changed.pk, changed.vision, changed.lifecycle, changed.version) == (made.pk, "Paid today", "growth", 2)
    with pytest.raises(NotAllowed):
        services.set_strategy(actor=cast.leader, product=cast.own, vision="Other")
    with pytest.raises(OutOfSight):
        services.set_strategy(actor=cast.leader, product=cast.private, vision="Other")


def test_two_people_who_change_the_vision_see_both(cast):
    row = services.set_strategy(actor=cast.maker, product=cast.own, vision="One")
    services.set_strategy(actor=cast.maker, product=cast.own, vision="Two", seen=row.version)
    with pytest.raises(Conflict):
        services.set_strategy(actor=cast.maker, product=cast.own, vision="Three", seen=row.version)


def test_personas_come_and_go(cast):
    row = services.create_persona(actor=cast.maker, product=cast.own, name="Head of treasury")
    services.change_persona(actor=cast.maker, persona=row, description="Closes the month")
    services.delete_persona(actor=cast.maker, persona=row)
    assert not Persona.objects.visible_to(cast.maker).exists()


# --- accounts and segments ------------------------------------------------------------------------------------------


def test_a_contributor_adds_an_account_and_looks_after_it(cast):
    row = services.create_account(actor=cast.contributor, name="Brightwater", owner=cast.leader, annual_revenue=412_000)
    assert row.owner == cast.contributor
    services.change_account(actor=cast.contributor, account=row, annual_revenue=500_000)
    with pytest.raises(RuleBroken, match="somebody else"):
        services.change_account(actor=cast.contributor, account=row, owner=cast.leader)


def test_an_account_is_changed_by_its_owner_and_who_shapes_the_portfolio(cast):
    row = AccountFactory(owner=cast.contributor)
    for name in ("maker", "stranger"):
        with pytest.raises(NotAllowed):
            services.change_account(actor=getattr(cast, name), account=row, name="Mine")
    services.change_account(actor=cast.ops, account=row, owner=cast.maker)
    with pytest.raises(NotAllowed):
        services.change_account(actor=cast.contributor, account=row, name="Still mine")
    with pytest.raises(NotAllowed):
        services.create_account(actor=cast.guest, name="Mine")


def test_an_outside_id_finds_one_account_and_is_free_again_when_that_is_gone(cast):
    first = services.create_account(actor=cast.ops, name="One", outside_id=" crm-7 ")
    services.create_account(actor=cast.ops, name="Blank", outside_id="")
    services.create_account(actor=cast.ops, name="Blank too", outside_id="")
    with pytest.raises(RuleBroken, match="outside id"):
        services.create_account(actor=cast.ops, name="Two", outside_id="crm-7")
    services.delete_account(actor=cast.ops, account=first)
    assert services.create_account(actor=cast.ops, name="Two", outside_id="crm-7").outside_id == "crm-7"


def test_revenue_cannot_be_negative(cast):
    with pytest.raises(RuleBroken, match="less than zero"):
        services.create_account(actor=cast.ops, name="One", annual_revenue=-1)


def test_a_segment_with_accounts_stays_and_its_name_is_free_when_it_is_gone(cast):
    row = SegmentFactory(name="Pharma")
    account = AccountFactory(segment=row)
    with pytest.raises(RuleBroken, match="Move them"):
        services.delete_segment(actor=cast.ops, segment=row)
    with pytest.raises(RuleBroken, match="of that name"):
        services.create_segment(actor=cast.ops, name="Pharma")
    services.change_account(actor=cast.ops, account=account, segment=None)
    services.delete_segment(actor=cast.ops, segment=row)
    services.create_segment(actor=cast.ops, name="Pharma")


# --- teams ----------------------------------------------------------------------------------------------------------


def test_capacity_is_kept_by_quarter(cast):
    team = TeamFactory()
    services.set_capacity(actor=cast.ops, team=team, quarter=date(2026, 10, 1), person_weeks=Decimal(40))
    row = services.set_capacity(actor=cast.ops, team=team, quarter=date(2026, 10, 1), person_weeks=Decimal(36))
    assert (row.person_weeks, row.version) == (36, 2)
    with pytest.raises(RuleBroken, match="begins on"):
        services.set_capacity(actor=cast.ops, team=team, quarter=date(2026, 11, 1), person_weeks=Decimal(1))
    with pytest.raises(RuleBroken, match="between 0 and 1"):
        services.change_team(actor=cast.ops, team=team, unplanned_share=Decimal("1.5"))


# --- objectives -----------------------------------------------------------------------------------------------------


def test_objectives_are_made_by_who_may_change_their_scope(cast):
    services.create_objective(actor=cast.leader, title="Everybody", **YEAR)
    services.create_objective(actor=cast.maker, title="Ours", product=cast.own, **YEAR)
    with pytest.raises(NotAllowed):
        services.create_objective(actor=cast.maker, title="Everybody", **YEAR)
    with pytest.raises(NotAllowed):
        services.create_objective(actor=cast.leader, title="Theirs", product=cast.own, **YEAR)
    with pytest.raises(OutOfSight):
        services.create_objective(actor=cast.leader, title="Theirs", product=cast.private, **YEAR)


def test_an_open_objective_never_points_at_a_private_one(cast):
    hidden = ObjectiveFactory(product=cast.private)
    with pytest.raises(RuleBroken, match="private product"):
        services.create_objective(actor=cast.maker, title="Ours", product=cast.own, parent=hidden, **YEAR)
    with pytest.raises(OutOfSight):
        services.create_objective(actor=cast.leader, title="Everybody", parent=hidden, **YEAR)
    services.create_objective(actor=cast.maker, title="Under it", product=cast.private, parent=hidden, **YEAR)
    with pytest.raises(RuleBroken, match="its product cannot change"):
        services.change_objective(actor=cast.maker, objective=hidden, product=cast.own)


def test_an_objective_is_of_a_product_or_a_line_and_never_under_itself(cast):
    with pytest.raises(RuleBroken, match="not to both"):
        services.create_objective(actor=cast.maker, title="Both", product=cast.own, line=ProductLineFactory(), **YEAR)
    top = services.create_objective(actor=cast.leader, title="Top", **YEAR)
    inner = services.create_objective(actor=cast.leader, title="Inner", parent=top, **YEAR)
    with pytest.raises(RuleBroken, match="under itself"):
        services.change_objective(actor=cast.leader, objective=top, parent=inner)
    with pytest.raises(RuleBroken, match="ends after"):
        services.create_objective(actor=cast.leader, title="Back", starts_on=YEAR["ends_on"], ends_on=YEAR["starts_on"])


def test_a_deleted_objective_takes_its_key_results_along_and_undo_brings_them_back(cast):
    row = KeyResultFactory(objective=ObjectiveFactory(product=cast.own))
    child = ObjectiveFactory(product=cast.own, parent=row.objective)
    services.delete_objective(actor=cast.maker, objective=row.objective)
    row.refresh_from_db()
    child.refresh_from_db()
    assert row.deleted_at is not None
    assert child.parent is None
    assert Event.objects.count() == 1
    assert Change.objects.count() == 3


def test_the_last_check_in_by_day_is_the_current_value(cast):
    row = KeyResultFactory(objective=ObjectiveFactory(product=cast.own))
    services.check_in(actor=cast.maker, key_result=row, value=Decimal(30), day=date(2026, 3, 1))
    services.check_in(actor=cast.maker, key_result=row, value=Decimal(10), day=date(2026, 2, 1), confidence=Decimal("0.6"))
    row.refresh_from_db()
    assert row.current == 30
    assert row.progress == pytest.approx(0.3)
    with pytest.raises(RuleBroken, match="in the future"):
        services.check_in(actor=cast.maker, key_result=row, value=Decimal(30), day=date(2999, 1, 1))
    with pytest.raises(RuleBroken, match="Confidence"):
        services.check_in(actor=cast.maker, key_result=row, value=Decimal(30), confidence=Decimal(60))


def test_the_owner_of_an_objective_checks_in_and_others_do_not(cast):
    row = KeyResultFactory(objective=ObjectiveFactory(product=cast.own, owner=cast.contributor))
    services.check_in(actor=cast.contributor, key_result=row, value=Decimal(1))
    for name in ("leader", "other_maker", "stranger"):
        with pytest.raises(NotAllowed):
            services.check_in(actor=getattr(cast, name), key_result=row, value=Decimal(1))
    assert CheckIn.objects.count() == 1


def test_a_key_result_follows_its_metric(cast):
    metric = MetricFactory(product=cast.own)
    row = services.create_key_result(
        actor=cast.maker, objective=ObjectiveFactory(product=cast.own), title="Share", target=50, metric=metric
    )
    points = [services.Point(date(2026, 1, 5), Decimal(4)), services.Point(date(2026, 1, 12), Decimal(9), "Pilot")]
    services.record_points(actor=cast.maker, metric=metric, points=points)
    row.refresh_from_db()
    assert row.current == 9
    services.record_points(actor=cast.maker, metric=metric, points=[services.Point(date(2026, 1, 12), Decimal(11))])
    row.refresh_from_db()
    assert row.current == 11
    services.delete_point(actor=cast.maker, point=MetricPoint.objects.get(day=date(2026, 1, 12)))
    row.refresh_from_db()
    assert row.current == 4
    services.check_in(actor=cast.maker, key_result=row, value=Decimal(99))
    row.refresh_from_db()
    assert row.current == 4
    services.change_key_result(actor=cast.maker, key_result=row, metric=None)
    row.refresh_from_db()
    assert row.current == 99


def test_a_key_result_goes_somewhere_and_follows_no_private_metric_of_others(cast):
    objective = ObjectiveFactory(product=cast.own)
    with pytest.raises(RuleBroken, match="differ from where you start"):
        services.create_key_result(actor=cast.maker, objective=objective, title="Flat", start=5, target=5)
    with pytest.raises(RuleBroken, match="private product"):
        services.create_key_result(
            actor=cast.maker, objective=objective, title="Secret", target=5, metric=MetricFactory(product=cast.private)
        )


# --- metrics --------------------------------------------------------------------------------------------------------


def test_a_metrics_name_in_a_private_product_tells_nobody_of_it(cast):
    MetricFactory(product=cast.private, name="Churn")
    services.create_metric(actor=cast.leader, name="Churn")
    services.create_metric(actor=cast.maker, name="Churn", product=cast.own)
    with pytest.raises(RuleBroken, match="organisation has a metric"):
        services.create_metric(actor=cast.leader, name="Churn")


def test_a_metric_others_follow_keeps_its_product(cast):
    metric = MetricFactory()
    row = KeyResultFactory(metric=metric, current=3)
    with pytest.raises(NotAllowed):
        services.change_metric(actor=cast.leader, metric=metric, product=cast.own)
    with pytest.raises(RuleBroken, match="begins below"):
        services.change_metric(actor=cast.leader, metric=metric, normal_low=5, normal_high=1)
    services.delete_metric(actor=cast.leader, metric=metric)
    row.refresh_from_db()
    assert (row.metric, row.current) == (None, 3)


def test_points_lie_in_the_past_and_are_few_enough(cast):
    metric = MetricFactory()
    with pytest.raises(RuleBroken, match="future"):
        services.record_points(actor=cast.leader, metric=metric, points=[services.Point(date(2999, 1, 1), Decimal(1))])
    many = [services.Point(date.fromordinal(700_000 + n), Decimal(n)) for n in range(2001)]
    with pytest.raises(RuleBroken, match="At most"):
        services.record_points(actor=cast.leader, metric=metric, points=many)
    with pytest.raises(NotAllowed):
        services.record_points(actor=cast.maker, metric=metric, points=[])


# --- targets and words ----------------------------------------------------------------------------------------------


def test_targets_of_a_quarter_are_set_as_a_whole(cast):
    quarter = quarter_of(clock.today())
    services.set_allocations(
        actor=cast.leader, period=quarter, targets={"growth": Decimal("0.4"), "deal": Decimal("0.1")}, ceilings={"deal": Decimal("0.1")}
    )
    services.set_allocations(actor=cast.leader, period=quarter, targets={"growth": Decimal("0.5")})
    rows = Allocation.objects.visible_to(cast.leader)
    assert [(row.value, row.share, row.is_ceiling) for row in rows] == [("growth", Decimal("0.5"), False)]
    with pytest.raises(RuleBroken, match="more than 100"):
        services.set_allocations(actor=cast.leader, period=quarter, targets={"growth": Decimal("0.9"), "platform": Decimal("0.2")})
    with pytest.raises(NotAllowed):
        services.set_allocations(actor=cast.maker, period=quarter, targets={})
    with pytest.raises(RuleBroken, match="no kind"):
        services.set_allocations(actor=cast.leader, period=quarter, targets={"fun": Decimal("0.2")})


def test_the_owner_or_an_editor_says_how_it_goes(cast):
    row = ObjectiveFactory(owner=cast.stranger)
    services.post_status(actor=cast.stranger, subject=row, health="at_risk", text="Slower than hoped")
    with pytest.raises(NotAllowed):
        services.post_status(actor=cast.maker, subject=row, health="off")
    with pytest.raises(RuleBroken, match="on track"):
        services.post_status(actor=cast.leader, subject=row, health="splendid")
    assert StatusUpdate.objects.get().author == cast.stranger


@pytest.mark.parametrize("create", [services.create_line, services.create_segment, services.create_team, services.create_account])
def test_nothing_is_made_without_a_name(cast, create):
    with pytest.raises(RuleBroken, match="needs a name"):
        create(actor=cast.ops, name="  ")
    assert not Account.objects.exists()


def test_many_rows_are_taken_back_and_done_again_in_few_statements(cast):
    metric = MetricFactory(product=cast.own)
    counts: dict[str, list[int]] = {"taken back": [], "done again": []}
    for first, many in ((date(2026, 1, 1), 5), (date(2026, 3, 1), 60)):
        made = services.record_points(
            actor=cast.maker, metric=metric, points=[Point(first + timedelta(days=n), Decimal(n)) for n in range(many)]
        )
        event = Event.objects.latest("number")
        for said, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                event = undo_event(actor=cast.maker, event=event)
            found.append(len(queries))
            alive = MetricPoint.objects.filter(pk__in=[point.pk for point in made], deleted_at=None).count()
            assert alive == (0 if said == "taken back" else many)
    assert all(few == more for few, more in counts.values()), counts

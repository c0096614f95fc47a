"""The decision log: rights, links, what follows from a decision."""

from datetime import date

import pytest

from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Event
from core.undo import undo_event
from governance import services
from governance.models import Decision, DecisionLink
from governance.reports import decisions_about, followed, links_of
from tests.factories.governance import CheckFactory, DecisionFactory, DecisionLinkFactory
from tests.factories.roadmaps import InitiativeFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def log(actor, **values):
    return services.log_decision(actor=actor, **({"question": "One ledger?", "outcome": "One", "decided_on": DAY} | values))


def test_a_decision_is_logged_with_what_it_is_about_in_one_event(cast, plan):
    before = Event.objects.count()
    initiative = InitiativeFactory(product=cast.own)
    row = log(cast.maker, product=cast.own, options=["One", " ", "Two"], features=[plan.own, plan.foreign], initiatives=[initiative])
    assert Event.objects.count() == before + 1
    assert (row.options, row.decided_by) == (["One", "Two"], cast.maker)
    assert [link.about for link in links_of(row, cast.maker)] == [plan.own, plan.foreign, initiative]
    assert decisions_about(plan.foreign, cast.other_maker) == [row]


MAY = {
    "own": {"admin", "ops", "leader", "maker"},
    "foreign": {"admin", "ops", "leader", "other_maker"},
    "private": {"maker"},
    None: {"admin", "ops", "leader"},
}


@pytest.mark.parametrize("product", MAY, ids=str)
def test_who_may_log_change_and_delete(cast, product):
    for name in ("admin", "ops", "leader", "maker", "other_maker", "contributor", "guest"):
        actor, of = getattr(cast, name), getattr(cast, product) if product else None
        known = DecisionFactory(product=of)
        writes = (
            lambda actor=actor, of=of: log(actor, product=of),
            lambda actor=actor, row=known: services.change_decision(actor=actor, decision=row, outcome="No"),
            lambda actor=actor, row=known: services.delete_decision(actor=actor, decision=row),
        )
        for write in writes:
            if name in MAY[product]:
                write()
            else:
                with pytest.raises((NotAllowed, OutOfSight)) as raised:
                    write()
                is_hidden = product == "private" or name == "guest"
                assert isinstance(raised.value, OutOfSight if is_hidden else NotAllowed)


def test_a_decision_of_an_open_product_or_of_all_names_nothing_private(cast, plan):
    for product in (cast.own, None):
        actor = cast.maker if product else cast.leader
        with pytest.raises((RuleBroken, OutOfSight)):
            log(actor, product=product, features=[plan.private])
        with pytest.raises((RuleBroken, OutOfSight)):
            log(actor, product=product, initiatives=[InitiativeFactory(product=cast.private)])
    assert not DecisionLink.objects.exists()
    assert log(cast.maker, product=cast.private, features=[plan.private, plan.own])


def test_what_a_person_does_not_see_is_not_among_the_links(cast, plan):
    row = log(cast.maker, product=cast.private, features=[plan.own])
    assert decisions_about(plan.own, cast.leader) == []
    assert decisions_about(plan.own, cast.maker) == [row]


def test_links_are_settled_as_given_and_come_back_by_undo(cast, plan):
    row = log(cast.leader, features=[plan.own])
    services.change_decision(actor=cast.leader, decision=row, features=[plan.foreign])
    assert [link.about for link in links_of(row, cast.leader)] == [plan.foreign]
    services.change_decision(actor=cast.leader, decision=row, features=[plan.own, plan.foreign])
    assert len(links_of(row, cast.leader)) == 2
    services.delete_decision(actor=cast.leader, decision=row)
    assert links_of(row, cast.leader) == []
    undo_event(actor=cast.leader, event=Event.objects.first())
    assert Decision.objects.visible_to(cast.leader).get() == row


@pytest.mark.parametrize("wrong", [{"question": " "}, {"outcome": ""}, {"look_again_on": date(2026, 2, 1)}])
def test_a_decision_that_says_nothing_or_runs_backwards_is_refused(cast, wrong):
    with pytest.raises(RuleBroken):
        log(cast.leader, **wrong)


# --- what follows ---------------------------------------------------------------------------------------------------


def test_a_feature_moves_because_of_a_decision(cast, plan):
    row = log(cast.maker, product=cast.own, features=[plan.own])
    services.carry_out(actor=cast.maker, decision=row, feature=plan.own, stage=plan.stages["definition"])
    event = Event.objects.first()
    assert (event.verb, event.because_type, event.because_id, event.because_label) == (
        "roadmaps.feature_stage_entered", "governance.decision", row.pk, "One ledger?",
    )  # fmt: skip
    assert followed(row, links_of(row, cast.leader), cast.leader)[0].event == event


def test_checks_hold_for_what_a_decision_moves_too(cast, plan):
    CheckFactory()
    row = log(cast.maker, product=cast.own, features=[plan.own])
    with pytest.raises(RuleBroken, match="Effort"):
        services.carry_out(actor=cast.maker, decision=row, feature=plan.own, stage=plan.stages["validation"])


def test_a_decision_moves_only_what_it_is_about_and_what_the_actor_may_edit(cast, plan):
    row = log(cast.leader, features=[plan.own])
    with pytest.raises(RuleBroken, match="not about"):
        services.carry_out(actor=cast.other_maker, decision=row, feature=plan.foreign, stage=plan.stages["launch"])
    with pytest.raises(NotAllowed):
        services.carry_out(actor=cast.leader, decision=row, feature=plan.own, stage=plan.stages["launch"])


def test_a_private_decision_is_no_reason_in_an_open_product(cast, plan):
    row = DecisionFactory(product=cast.private, question="canary?")
    DecisionLinkFactory(decision=row, feature=plan.own)
    with pytest.raises(RuleBroken, match="private"):
        services.carry_out(actor=cast.maker, decision=row, feature=plan.own, stage=plan.stages["launch"])

"""Every write of governance."""

from collections.abc import Sequence
from typing import Any

from core.acts import Because, act, acts, current_act
from core.exceptions import RuleBroken
from core.models import Product, User, Versioned
from core.permissions import must
from core.writes import insert, insert_many, remove, update
from governance import events
from governance.models import Check, Decision, DecisionLink, Waiver
from governance.permissions import can_change_checks, must_decide
from governance.reports import DECISION
from roadmaps.models import Feature, Initiative, Stage
from roadmaps.permissions import must_be_linkable
from roadmaps.services import enter_stage
from roadmaps.stage_entry import Finding

CHECKS = "Only product operations and administrators may change the checks on stages."
DETAILS = {Check.Kind.FIELD: "field", Check.Kind.DOCUMENT: "template", Check.Kind.EVIDENCE: "least"}  # what a kind needs besides


# --- checks ---------------------------------------------------------------------------------------------------------


@acts
def create_check(*, actor: User | None, stage: Stage, kind: str, is_blocking: bool = False, **details: Any) -> Check:
    """The stage asks for one thing more."""
    must(actor is None or can_change_checks(actor), CHECKS)
    return insert(Check(stage=stage, kind=kind, is_blocking=is_blocking, **_details(kind, details)), events.CHECK_CREATED)


@acts
def change_check(*, actor: User, check: Check, seen: int | None = None, merge: bool = True, **values: Any) -> Check:
    """The check is as given; what its kind does not use is emptied."""
    must(can_change_checks(actor), CHECKS)
    kind = values.get("kind", check.kind)
    known = {name: getattr(check, name) for name in DETAILS.values()}
    return update(check, values | _details(kind, known | values), events.CHECK_CHANGED, seen=seen, merge=merge)


@acts
def delete_check(*, actor: User, check: Check, seen: int | None = None) -> Check:
    """The stage no longer asks for it; what was waived stays on record."""
    must(can_change_checks(actor), CHECKS)
    return remove(check, events.CHECK_DELETED, seen=seen)


def _details(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    empty = {"field": "", "template": None, "least": None}
    needed = DETAILS.get(kind)
    if needed and not given.get(needed):
        sentences = {"field": "Choose the field that must be filled.", "template": "Choose the template.", "least": "Say how many, from 1."}
        raise RuleBroken(sentences[needed], needed)
    return empty | ({needed: given[needed]} if needed else {})


def waive_checks(actor: User, feature: Feature, stage: Stage, findings: Sequence[Finding], reason: str) -> None:
    """Each check that was passed over is on record with the reason, in the act that moves the feature; the move names the act."""
    this = current_act()
    verb = this.verb
    rows = [
        Waiver(check_passed_id=finding.ref, feature=feature, sentence=finding.sentence[:300], reason=reason, by=actor)
        for finding in findings
    ]
    insert_many(rows, events.CHECK_WAIVED)
    this.verb = verb


# --- decisions ------------------------------------------------------------------------------------------------------


@acts
def log_decision(
    *,
    actor: User,
    question: str,
    outcome: str,
    decided_on: Any,
    product: Product | None = None,
    decided_by: User | None = None,
    features: Sequence[Feature] = (),
    initiatives: Sequence[Initiative] = (),
    **values: Any,
) -> Decision:
    """The decision is in the log, linked to what it is about."""
    product_id = product.pk if product else None
    must_decide(actor, product_id)
    question, outcome = question.strip(), outcome.strip()
    if not question or not outcome:
        raise RuleBroken("A decision has a question and what was decided.", "outcome" if question else "question")
    decision = Decision(
        product=product, question=question, outcome=outcome, decided_on=decided_on, decided_by=decided_by or actor, **_read(values)
    )
    insert(decision, events.DECISION_LOGGED)
    _settle(actor, decision, "feature", features)
    _settle(actor, decision, "initiative", initiatives)
    return decision


@acts
def change_decision(
    *,
    actor: User,
    decision: Decision,
    seen: int | None = None,
    merge: bool = True,
    features: Sequence[Feature] | None = None,
    initiatives: Sequence[Initiative] | None = None,
    **values: Any,
) -> Decision:
    """Words, days and links are as given; its product stays, since rights hang on it."""
    must_decide(actor, decision.product_id)
    update(decision, _read(values), events.DECISION_CHANGED, seen=seen, merge=merge)
    if features is not None:
        _settle(actor, decision, "feature", features)
    if initiatives is not None:
        _settle(actor, decision, "initiative", initiatives)
    return decision


@acts
def delete_decision(*, actor: User, decision: Decision, seen: int | None = None) -> Decision:
    """The decision has left the log; undo brings it back."""
    must_decide(actor, decision.product_id)
    return remove(decision, events.DECISION_DELETED, seen=seen)


def carry_out(*, actor: User, decision: Decision, feature: Feature, stage: Stage, reason: str = "") -> Feature:
    """The feature, which the decision is about, has entered the stage; the act names the decision as its reason."""
    if not DecisionLink._base_manager.filter(decision=decision, feature=feature, deleted_at=None).exists():
        raise RuleBroken(f"This decision is not about {feature.key}.", "feature")
    # The question is told to everybody who sees the feature, so a private product's decision cannot be the reason elsewhere.
    must_be_linkable(actor, feature.product_id, decision.product, "decision", "feature")
    with act(actor, because=because_of(decision)):
        return enter_stage(actor=actor, feature=feature, stage=stage, reason=reason)


def because_of(decision: Decision) -> Because:
    """The decision as the reason of an act."""
    return Because(DECISION, decision.pk, decision.question)


def _read(values: dict[str, Any]) -> dict[str, Any]:
    if "options" in values:
        values["options"] = [option.strip() for option in values["options"] if option.strip()]
    return values


def _settle(actor: User, decision: Decision, end: str, wanted: Sequence[Versioned]) -> None:
    """Afterwards the decision is about these features (or initiatives) and no others the actor sees."""
    for row in wanted:
        must_be_linkable(actor, decision.product_id, row.product, end, f"{end}s")
    known = {
        getattr(link, f"{end}_id"): link
        for link in DecisionLink.objects.visible_to(actor).filter(decision=decision, **{f"{end}__isnull": False})
    }
    asked = {row.pk for row in wanted}
    for pk, link in known.items():
        if pk not in asked:
            remove(link, events.DECISION_UNLINKED)
    insert_many([DecisionLink(decision=decision, **{end: row}) for row in wanted if row.pk not in known], events.DECISION_LINKED)

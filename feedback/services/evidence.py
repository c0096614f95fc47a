"""Linking parts of messages to features."""

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import must, must_see
from core.writes import insert, remove, update
from feedback import events
from feedback.models import Evidence, Feedback, Importance
from feedback.passages import trimmed
from feedback.permissions import NOT_TRIAGE, can_triage, must_stay_private, must_triage
from roadmaps.models import Feature

LINKED = {"state": Feedback.State.LINKED, "snoozed_until": None, "declined_because": ""}


@acts
def link_evidence(
    *,
    actor: User,
    feedback: Feedback,
    feature: Feature,
    importance: str = Importance.IMPORTANT,
    start: int | None = None,
    end: int | None = None,
) -> Evidence:
    """The passage from `start` to `end` (without them the whole message) speaks for the feature, or for what that is merged into.

    The message is linked from then on; one without a product gets the feature's.
    """
    must_triage(actor, feedback)
    must_see(actor, feature.product)
    return link(actor, feedback, feature, importance, start, end)


@acts
def change_importance(*, actor: User, evidence: Evidence, importance: str, seen: int | None = None, merge: bool = True) -> Evidence:
    """It matters this much to who said it; what it was before stays in the history."""
    must_triage(actor, evidence.feedback)
    _check_importance(importance)
    return update(evidence, {"importance": importance}, events.EVIDENCE_CHANGED, seen=seen, merge=merge)


@acts
def unlink_evidence(*, actor: User, evidence: Evidence, seen: int | None = None) -> Evidence:
    """The passage no longer speaks for the feature; a message left without links is new again."""
    must(can_triage(actor, evidence.feedback), NOT_TRIAGE)
    remove(evidence, events.EVIDENCE_UNLINKED, seen=seen)
    feedback = evidence.feedback
    if feedback.state == Feedback.State.LINKED and not Evidence.objects.filter(feedback=feedback, deleted_at=None).exists():
        update(feedback, {"state": Feedback.State.NEW}, events.EVIDENCE_UNLINKED)
    return evidence


def link(actor: User, feedback: Feedback, feature: Feature, importance: str, start: int | None = None, end: int | None = None) -> Evidence:
    """Make the link inside the act under way; the caller has checked who may."""
    if feature.merged_into is not None:
        must_see(actor, feature.merged_into.product)
        feature = feature.merged_into
    _check_importance(importance)
    must_stay_private(feedback.product, feature.product)
    row = Evidence(feedback=feedback, feature=feature, importance=importance, linked_by=actor)
    if start is not None and end is not None:
        if not 0 <= start < end <= len(feedback.text):
            raise RuleBroken("This passage is not in the message as it stands now. Choose it again.", "start")
        span = trimmed(feedback.text, start, end)
        if span.start == span.end:
            raise RuleBroken("This passage is empty. Choose some words of the message.", "start")
        row.start, row.end, row.quote = span.start, span.end, feedback.text[span.start : span.end]
    insert(row, events.EVIDENCE_LINKED)
    product = {"product": feature.product} if feedback.product_id is None else {}
    update(feedback, LINKED | product, events.EVIDENCE_LINKED)
    return row


def _check_importance(importance: str) -> None:
    if importance not in Importance.values:
        raise RuleBroken(f"There is no importance “{importance}”. Choose one of: {', '.join(Importance.values)}.", "importance")

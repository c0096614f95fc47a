"""Linking parts of messages to features."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import must, must_see
from core.writes import insert_many, remove, update, update_many
from feedback import events
from feedback.models import Evidence, Feedback, Importance
from feedback.passages import trimmed
from feedback.permissions import NOT_TRIAGE, can_triage, must_stay_private, must_triage
from roadmaps.models import Feature

LINKED = {"state": Feedback.State.LINKED, "snoozed_until": None, "declined_because": ""}


@dataclass(frozen=True)
class Passage:
    """What part of a message (without `start` and `end` the whole of it) speaks for which feature, and how much it matters."""

    feedback: Feedback
    feature: Feature
    importance: str = Importance.IMPORTANT
    start: int | None = None
    end: int | None = None


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
    return link_passages(actor=actor, passages=[Passage(feedback, feature, importance, start, end)])[0]


@acts
def link_passages(*, actor: User, passages: Sequence[Passage]) -> Sequence[Evidence]:
    """Each passage speaks for its feature, as `link_evidence` says, all or none; in few statements, however many they are."""
    for passage in passages:
        must_triage(actor, passage.feedback)
        must_see(actor, passage.feature.product)
    return link(actor, passages)


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


def link(actor: User, passages: Sequence[Passage]) -> Sequence[Evidence]:
    """Make the links inside the act under way; the caller has checked who may."""
    made = insert_many([_evidence(actor, passage) for passage in passages], events.EVIDENCE_LINKED)
    linked = {row.feedback_id: row for row in made}.values()
    update_many([row.feedback for row in linked if row.feedback.product_id is not None], LINKED, events.EVIDENCE_LINKED)
    for row in linked:
        if row.feedback.product_id is None:
            update(row.feedback, {**LINKED, "product": row.feature.product}, events.EVIDENCE_LINKED)
    return made


def _evidence(actor: User, passage: Passage) -> Evidence:
    """The link to be made; refuses what breaks a rule."""
    feedback, feature = passage.feedback, passage.feature
    if feature.merged_into is not None:
        must_see(actor, feature.merged_into.product)
        feature = feature.merged_into
    _check_importance(passage.importance)
    must_stay_private(feedback.product, feature.product)
    row = Evidence(feedback=feedback, feature=feature, importance=passage.importance, linked_by=actor)
    if passage.start is not None and passage.end is not None:
        if not 0 <= passage.start < passage.end <= len(feedback.text):
            raise RuleBroken("This passage is not in the message as it stands now. Choose it again.", "start")
        span = trimmed(feedback.text, passage.start, passage.end)
        if span.start == span.end:
            raise RuleBroken("This passage is empty. Choose some words of the message.", "start")
        row.start, row.end, row.quote = span.start, span.end, feedback.text[span.start : span.end]
    return row


def _check_importance(importance: str) -> None:
    if importance not in Importance.values:
        raise RuleBroken(f"There is no importance “{importance}”. Choose one of: {', '.join(Importance.values)}.", "importance")

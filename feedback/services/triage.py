"""Sorting messages: whose they are, when to look again, what will not be done, which say the same."""

from datetime import datetime, timedelta

from core import clock
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.writes import update
from feedback import events
from feedback.models import Evidence, Feedback
from feedback.permissions import must_stay_private, must_triage
from feedback.services.submissions import check_assignee

LONGEST_SNOOZE = timedelta(days=366)
State = Feedback.State


@acts
def assign_feedback(*, actor: User, feedback: Feedback, assignee: User | None, seen: int | None = None) -> Feedback:
    """The message is this person's to deal with; nobody's without one."""
    must_triage(actor, feedback)
    if assignee is not None:
        check_assignee(assignee, feedback.product)
    return update(feedback, {"assignee": assignee}, events.FEEDBACK_CHANGED, seen=seen)


@acts
def snooze_feedback(*, actor: User, feedback: Feedback, until: datetime, seen: int | None = None) -> Feedback:
    """The message leaves the inbox until this moment and is new again from then on."""
    must_triage(actor, feedback)
    if not clock.now() < until <= clock.now() + LONGEST_SNOOZE:
        raise RuleBroken("Choose a day from tomorrow on, within a year.", "until")
    return update(feedback, {"state": State.SNOOZED, "snoozed_until": until}, events.FEEDBACK_SNOOZED, seen=seen)


@acts
def decline_feedback(*, actor: User, feedback: Feedback, reason: str, seen: int | None = None) -> Feedback:
    """The message asks for something we will not do; why is kept with it."""
    must_triage(actor, feedback)
    reason = " ".join(reason.split())
    if not reason:
        raise RuleBroken("Say why, so that whoever asked can be told.", "reason")
    values = {"state": State.DECLINED, "declined_because": reason[:500], "snoozed_until": None}
    return update(feedback, values, events.FEEDBACK_DECLINED, seen=seen)


@acts
def close_feedback(*, actor: User, feedback: Feedback, seen: int | None = None) -> Feedback:
    """The message needs nothing more: thanks, a question that was answered, something that is there already."""
    must_triage(actor, feedback)
    return update(feedback, {"state": State.CLOSED, "snoozed_until": None}, events.FEEDBACK_CLOSED, seen=seen)


@acts
def reopen_feedback(*, actor: User, feedback: Feedback, seen: int | None = None) -> Feedback:
    """The message is to be looked at again: linked where it has links, else new."""
    must_triage(actor, feedback)
    is_linked = Evidence.objects.filter(feedback=feedback, deleted_at=None).exists()
    is_done = feedback.state in (State.DECLINED, State.CLOSED, State.SNOOZED)
    values = {"state": State.LINKED if is_linked and is_done else State.NEW, "snoozed_until": None, "declined_because": ""}
    return update(feedback, values, events.FEEDBACK_REOPENED, seen=seen)


@acts
def merge_feedback(*, actor: User, feedback: Feedback, into: Feedback, seen: int | None = None) -> Feedback:
    """The message says the same as another one, which stands for both; nothing moves, so that unmerging restores exactly."""
    must_triage(actor, feedback)
    must_triage(actor, into)
    if into.pk == feedback.pk or into.merged_into_id is not None:
        raise RuleBroken("Choose a message that is not merged into another one itself.", "into")
    if Feedback.objects.filter(merged_into=feedback, deleted_at=None).exists():
        raise RuleBroken("Others are merged into this message. Merge the other one into this one instead.", "into")
    for one, other in ((feedback, into), (into, feedback)):
        if one.product is not None and one.product.is_private and one.product_id != other.product_id:
            raise RuleBroken("One of the two belongs to a private product. Move them to the same product first.", "into")
    for evidence in Evidence.objects.filter(feedback=into, deleted_at=None).select_related("feature__product"):
        must_stay_private(feedback.product, evidence.feature.product)
    return update(feedback, {"merged_into": into}, events.FEEDBACK_MERGED, seen=seen)


@acts
def unmerge_feedback(*, actor: User, feedback: Feedback, seen: int | None = None) -> Feedback:
    """The message stands for itself again."""
    must_triage(actor, feedback)
    return update(feedback, {"merged_into": None}, events.FEEDBACK_UNMERGED, seen=seen)

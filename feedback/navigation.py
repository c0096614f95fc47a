"""Where feedback stands in the navigation and in the New menu."""

from core.models import User
from core.registry import Creation, NavEntry, register_creation, register_nav
from feedback.models import Feedback
from feedback.permissions import can_read_inbox, can_submit_feedback
from feedback.reports import MANY, count_up_to


def _waiting(user: User) -> int | None:
    count = count_up_to(Feedback.objects.visible_to(user).waiting().to_sort_by(user))
    return count if count < MANY else None


def _unread(user: User) -> int | None:
    """Of what the person sent, what nobody has dealt with yet."""
    count = count_up_to(Feedback.objects.visible_to(user).waiting().filter(submitter=user))
    return count if count < MANY else None


def _only_submits(user: User) -> bool:
    return can_submit_feedback(user) and not can_read_inbox(user)


register_nav(NavEntry("Feedback", "feedback", "message-dots", 50, ("/feedback/",), shown=can_read_inbox, count=_waiting))
register_nav(NavEntry("Request", "feedback-new", "message-plus", 1, ("/feedback/new/",), shown=_only_submits))
register_nav(NavEntry("Mine", "feedback-mine", "inbox", 2, ("/feedback/mine/",), shown=_only_submits, count=_unread))
register_creation(Creation("Request", "feedback-new", "message-plus", 5, shown=can_submit_feedback))

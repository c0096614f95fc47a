"""What Home says of feedback: what waits to be sorted, and what became of one's own requests."""

from django.db.models import Q
from django.urls import reverse

from core.models import Product, User
from core.registry import Task, Todo, register_todo
from feedback.models import Feedback
from feedback.permissions import can_read_inbox
from feedback.reports import outcomes_of, wanted_by

SHOWN = 5


def _to_sort(user: User, scope: Product | None) -> list[Task]:
    """New messages of the products the person edits, and those given to them."""
    if not can_read_inbox(user):
        return []
    rows = Feedback.objects.visible_to(user).waiting().filter(Q(assignee=user) | Q(product_id__in=user.rights.editable, assignee=None))
    if scope is not None:
        rows = rows.filter(product=scope)
    return [
        Task(row.title, reverse("message", args=[row.pk]), str(row.account or row.requester or row.source_name), row.icon, row.received_at)
        for row in rows.for_list().order_by("-received_at", "-pk")[:SHOWN]
    ]


def _mine(user: User, scope: Product | None) -> list[Task]:
    """What the person submitted last, with what became of it."""
    if can_read_inbox(user) or not user.rights.is_member:
        return []
    rows = wanted_by(user).for_list().order_by("-updated_at", "-pk")[:SHOWN]
    return [
        Task(
            one.feedback.title, reverse("outcome", args=[one.feedback.pk]), f"{one.label}. {one.sentence}", "inbox", one.feedback.updated_at
        )
        for one in outcomes_of(user, rows)
    ]


register_todo(Todo("Feedback to sort", 20, _to_sort, lambda user: reverse("feedback")))
register_todo(Todo("My requests", 21, _mine, lambda user: reverse("feedback-mine")))

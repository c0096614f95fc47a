"""How history, search and undo speak of feedback's rows."""

from django.urls import reverse

from core.registry import Subject, register_subject
from feedback.models import TRIAGING, Evidence, Feedback, Requester
from feedback.permissions import can_change_requester, can_triage

register_subject(
    Subject(
        Requester,
        "requester",
        label=str,
        icon="user",
        classes={"name": "identity", "email": "identity", "job": "identity"},
        personal=("name", "email", "job"),
        may_undo=lambda user, row: can_change_requester(user),
    )
)
register_subject(
    Subject(
        Feedback,
        "message",
        label=lambda f: f.title,
        url=lambda f: reverse("message", args=[f.pk]),
        text=lambda f: f"{f.title}\n{f.text}",
        icon="message-dots",
        classes={
            "requester": "identity",
            "account_state": "identity",
            "account_revenue": "revenue",
            "deal_size": "revenue",
            "declined_because": "internal",
        },
        personal=("title", "text"),
        echoes=frozenset({"snoozed_until"}),
        may_undo=can_triage,
        is_seen_by_row=True,
        is_narrower=lambda user: not user.rights.is_any(*TRIAGING),
    )
)
register_subject(
    Subject(
        Evidence,
        "quote",
        label=lambda e: f"{e.feature.key}: {e.quote[:80] or e.feedback.title}",
        url=lambda e: reverse("feature-evidence", args=[e.feature.key]),
        icon="quote",
        personal=("quote",),
        may_undo=lambda user, row: can_triage(user, row.feedback),
        is_seen_by_row=True,
    )
)

"""How history, search and undo speak of governance's rows."""

from django.urls import reverse

from core.registry import Subject, register_subject
from governance.models import Check, Decision, DecisionLink, Waiver
from governance.permissions import can_decide

register_subject(Subject(Check, "check", label=str, icon="clipboard-check"))
register_subject(
    Subject(Waiver, "waiver", label=lambda w: f"{w.feature.key}: {w.sentence}", icon="clipboard-check", classes={"reason": "internal"})
)
register_subject(
    Subject(
        Decision,
        "decision",
        label=lambda d: d.question,
        url=lambda d: reverse("decision", args=[d.pk]),
        text=lambda d: f"{d.question}\n{d.outcome}",
        icon="gavel",
        classes={"why": "internal"},
        may_undo=lambda user, decision: can_decide(user, decision.product_id),
    )
)
register_subject(
    Subject(
        DecisionLink,
        "subject of a decision",
        label=lambda link: f"{link.decision.question}: {link.about}",
        may_undo=lambda user, link: can_decide(user, link.decision.product_id),
    )
)

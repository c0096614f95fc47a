"""How history, search and undo speak of prioritization's rows."""

from django.urls import reverse

from core.registry import Subject, register_subject
from prioritization.models import Criterion, Rating, ScoringModel
from prioritization.permissions import can_change_model

register_subject(
    Subject(
        ScoringModel,
        "scoring model",
        label=lambda m: m.name,
        url=lambda m: reverse("scoring-model", args=[m.pk]),
        may_undo=can_change_model,
    )
)
register_subject(Subject(Criterion, "criterion", label=lambda c: c.name, may_undo=lambda user, c: can_change_model(user, c.model)))
register_subject(
    Subject(Rating, "rating", label=lambda r: f"{r.criterion.name} of {r.feature.key}", classes={"note": "internal"}, undoable=False)
)

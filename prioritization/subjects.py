"""How history, search and undo speak of prioritization's rows."""

from core.registry import Subject, register_subject
from prioritization.models import Criterion, Rating, ScoringModel

register_subject(Subject(ScoringModel, "scoring model", label=lambda m: m.name))
register_subject(Subject(Criterion, "criterion", label=lambda c: c.name))
register_subject(
    Subject(Rating, "rating", label=lambda r: f"{r.criterion.name} of {r.feature.key}", classes={"note": "internal"}, undoable=False)
)

"""Whom a roadmap is shown to, and what of it they see."""

from django.db import models
from django.db.models import Q

from core.models import OrganisationScoped, Versioned

# What an audience may be shown of a feature or a theme, beside its name and its dates. Only what is named in its `shows` leaves the
# database for it: a fact added here is hidden from everybody outside until somebody shows it.
FACTS = {
    "key": "Keys, like PAY-42", "stage": "Stages", "status": "Status", "initiative": "Initiatives", "horizon": "Now, next, later",
    "outcome": "Outcomes of initiatives", "product": "Products", "objective": "Objectives", "owner": "Owners", "team": "Teams",
    "effort": "Effort", "release": "Releases", "score": "Scores", "confidence": "How sure dates are", "dependencies": "Dependencies",
}  # fmt: skip


class Audience(Versioned):
    """People a roadmap is shown to, and its masks: facts that are shown, how exact dates are, whose names stand there, what is left out."""

    class Dates(models.TextChoices):
        EXACT = "exact", "To the day"
        MONTH = "month", "To the month"
        QUARTER = "quarter", "To the quarter"
        HALF = "half", "To the half year"
        NONE = "none", "Not at all"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    shows = models.JSONField("what they see", default=list)  # keys of FACTS
    dates = models.CharField("dates", max_length=7, choices=Dates, default=Dates.QUARTER)
    has_outside_names = models.BooleanField("names for outside in place of our own", default=True)
    leaves_out = models.CharField("what is left out", max_length=500, blank=True)  # a filter; features that pass it are not there

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(deleted_at=None), name="audience_name_once",
                violation_error_message="There is an audience of that name already.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> list[str]:
        """The facts it is shown, in words."""
        return [label for name, label in FACTS.items() if name in self.shows]

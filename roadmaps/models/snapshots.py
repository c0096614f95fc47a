"""Names for moments of roadmaps."""

from django.db import models
from django.db.models import Q

from core.models import ScopedQuerySet, User, Versioned
from roadmaps.models.plan import Roadmap


class OfRoadmap(ScopedQuerySet):
    def visible_to(self, user):
        """Those of the roadmaps this person may open."""
        return self.alive().filter(roadmap__in=Roadmap.objects.visible_to(user).order_by().values("pk")).scoped()


class Snapshot(Versioned):
    """A name for a moment of a roadmap: what it showed then follows from the record. Made by a person, or for a period by the roadmap's
    schedule; then `period` is its first day.
    """

    rights_through = "roadmap"

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="+", related_query_name="snapshot")
    name = models.CharField(max_length=80)
    at = models.DateTimeField("moment")
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False)
    period = models.DateField(null=True, blank=True, editable=False)

    objects = OfRoadmap.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "name"], condition=Q(deleted_at=None), name="snapshot_named_once",
                violation_error_message="This roadmap has a moment of that name already.",
            ),
            # Removed ones count too: what somebody removed is not made again.
            models.UniqueConstraint(
                fields=["roadmap", "period"], name="snapshot_of_period_once",
                violation_error_message="This roadmap has a moment of that period already.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

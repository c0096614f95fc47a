"""Names for moments of roadmaps, and who is told what moved from one to the next."""

from django.db import models
from django.db.models import Q

from core import clock
from core.models import Own, ScopedQuerySet, User, Versioned
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


class RoadmapSubscription(models.Model):
    """A person has what moved on a roadmap sent to them when a week or month begins, or a period whose moments the roadmap names.

    `told` is the moment up to which they were told.
    """

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", "Every Monday"
        MONTHLY = "monthly", "On the first of every month"
        NAMED = "named", "With every moment named by schedule"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="+", related_query_name="subscription")
    cadence = models.CharField(max_length=7, choices=Cadence)
    told = models.DateTimeField(default=clock.now)

    objects = Own.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "roadmap"], name="roadmap_subscribed_once")]

    @classmethod
    def offered_by(cls, roadmap: Roadmap) -> list[tuple[str, str]]:
        """The cadences at which one can be told of this roadmap."""
        return [(name, label) for name, label in cls.Cadence.choices if name != cls.Cadence.NAMED or roadmap.snapshot_every]

    @property
    def every(self) -> str:
        """The period at whose beginning they are told; blank where the roadmap names no moments any more."""
        return self.roadmap.snapshot_every if self.cadence == self.Cadence.NAMED else self.cadence

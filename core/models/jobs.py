"""Long work."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models.base import ScopedQuerySet, Versioned
from core.models.people import Product, Role, User


class JobQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """One's own jobs; administrators and product operations see everyone's, but for those about a product out of their sight."""
        mine = Q() if user.rights.is_any(Role.ADMIN, Role.OPS) else Q(owner=user)
        return self.alive().filter(mine, Q(product=None) | Q(product_id__in=user.rights.visible)).scoped()


class Job(Versioned):
    """Work that outlives a request, done by a process of its own. The job's own columns are written by that process, without events."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (State.QUEUED, State.RUNNING)
    unrecorded = Versioned.unrecorded | {
        "arguments", "state", "progress", "message", "pid", "host", "seen_at", "result", "started_at", "ended_at",
    }  # fmt: skip

    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    arguments = models.JSONField(default=dict)
    cancel_asked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    host = models.CharField(max_length=100, blank=True)
    pid = models.PositiveIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)  # the process's last sign of life
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(progress__lte=100), name="progress_in_per_cent")]
        indexes = [models.Index(fields=["state"], name="job_open", condition=Q(state__in=["queued", "running"]))]  # the worker's question

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in self.OPEN

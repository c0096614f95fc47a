"""What goes out of the house: letters by mail, messages to other systems."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from core.models.base import OrganisationScoped
from core.models.people import Role


class DeliveryQuerySet(OrganisationScoped):
    def visible_to(self, user) -> Self:
        """The log of what was sent is for administrators and product operations; it names receivers, never contents."""
        rows = self.all() if user.rights.is_any(Role.ADMIN, Role.OPS) else self.none()
        return rows.scoped()

    def due(self) -> Self:
        """Waiting, their time come, and nobody at work on them."""
        now = clock.now()
        return self.filter(state=Delivery.State.WAITING, due_at__lte=now).exclude(leased_until__gt=now)


class Delivery(models.Model):
    """One thing to send: leased, sent, marked. `message_id` stays the same over all tries, so that a receiver knows a repetition.

    Within a lane deliveries go out one after the other. Letters are named and composed when they are sent: no link lies in the table.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        PARKED = "parked", "Given up"
        DROPPED = "dropped", "Not needed any more"

    channel = models.CharField(max_length=20)
    lane = models.CharField(max_length=60)
    receiver = models.CharField(max_length=300)
    what = models.CharField(max_length=100)  # name of the letter, verb of the event
    ref = models.BigIntegerField(null=True)  # whom or what the letter is about; the endpoint's event
    payload = models.JSONField(default=dict, blank=True)
    once = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - blank ones must not clash; event × endpoint otherwise
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(state="waiting")),  # the worker's question
            models.Index(fields=["lane", "id"], name="delivery_lane"),  # the log of an endpoint; the head of a lane
        ]

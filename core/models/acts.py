"""The record: one Event per act, one Change per row touched, chained by hashes. Written by `core.acts` alone."""

import hashlib
import json
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.models.base import ScopedQuerySet
from core.models.people import Product, User


def canonical(value) -> bytes:
    """The one JSON spelling of a value, over which digests are taken."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class EventQuerySet(ScopedQuerySet):
    def done_by(self, user) -> Self:
        """One's own acts: that one did them is nobody else's secret; what they touched is told by `Change.visible_to`."""
        return self.filter(actor=user).scoped()

    def visible_to(self, user) -> Self:
        """Events with at least one change this person may see; `Change.visible_to` masks the rest of them."""
        changes = Change.objects.visible_to(user).filter(event=OuterRef("pk"))
        return self.filter(Exists(changes)).scoped()


class Event(models.Model):
    """A fact: who did what, when, through which door and why. Gapless, in commit order; carries no values."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)  # of a fact of the past that was brought in later: when; null: as it happened
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=12)
    verb = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    request_id = models.CharField(max_length=36)
    because_type = models.CharField(max_length=64, blank=True)
    because_id = models.BigIntegerField(null=True)
    because_label = models.CharField(max_length=200, blank=True)
    # The number of the event this one takes back, and whether a later one took this one back, follow from this column.
    undoes = models.BigIntegerField(null=True)
    changes_digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["actor", "number"], name="event_of_actor"),  # a person's undo, the audit page's filter
            models.Index(fields=["undoes"], condition=Q(undoes__isnull=False), name="event_that_undoes"),
        ]

    def hash_over(self, previous: str) -> str:
        """The link of the chain: a digest over the event's fields and the previous event's hash."""
        said = [
            previous, self.number, self.at.isoformat(), self.actor_id, self.door, self.verb, self.subject_type, self.subject_id,
            self.request_id, self.because_type, self.because_id, self.because_label, self.undoes, self.changes_digest,
            *([self.written_at.isoformat()] if self.written_at else []),
        ]  # fmt: skip
        return hashlib.sha256(canonical(said)).hexdigest()


class ChangeQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Changes of rows of visible products; the organisation's own for members."""
        mine = Q(product_id__in=user.rights.visible)
        if user.rights.is_member:
            mine |= Q(product=None)
        return self.filter(mine).scoped()

    def of(self, row) -> Self:
        """The changes of a row at hand, oldest first: the rights were asked for when the row was read."""
        return self.filter(subject_type=row._meta.label_lower, subject_id=row.pk).order_by("event_id").scoped()


class Change(models.Model):
    """What one act did to one row: the changed fields before and after. `before` is null where the act made the row.

    Erasing a person empties `before`, `after` and `salt`; the digest stays, so that the chain still verifies.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version_after = models.PositiveIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            # history of a row; merging of edits (what moved since version n)
            models.Index(fields=["subject_type", "subject_id", "version_after"], name="change_of_row"),
        ]

    def digest_of_values(self) -> str:
        """The salted digest of what was changed."""
        said = [self.salt, self.subject_type, self.subject_id, self.product_id, self.version_after, self.before, self.after]
        return hashlib.sha256(canonical(said)).hexdigest()


class ChainHead(models.Model):
    """The end of the chain: one row, locked last in every act, so that numbers are gapless and in commit order."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    objects = ScopedQuerySet.as_manager()

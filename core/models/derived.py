"""What the worker goes by: marks of stale roll-ups, and the news that something was derived anew."""

from collections.abc import Collection, Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from core.models.base import ScopedQuerySet
from core.models.people import Product


class StaleQuerySet(ScopedQuerySet):
    def of_kinds(self, kinds: Collection[str]) -> Self:
        """The marks of these roll-ups. Nobody's rows: they tell that a figure will be new, never what it is."""
        return self.filter(kind__in=kinds).scoped()


class Stale(models.Model):
    """A mark: the roll-up `kind` of the thing `ref_id` must be computed again. Inserted with the change, deleted with the result."""

    kind = models.CharField(max_length=40)
    ref_id = models.BigIntegerField()
    marked_at = models.DateTimeField(default=clock.now)

    objects = StaleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "ref_id"], name="stale_kind")]  # the worker's question: which of this kind?

    @classmethod
    def marks(cls, found: Iterable[tuple[str, int]]) -> list[Self]:
        """Unsaved marks of these roll-ups' kinds and things, in one order for everybody."""
        return [cls(kind=kind, ref_id=ref) for kind, ref in sorted(found)]


class PulseQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """News of visible products and of the organisation."""
        return self.filter(Q(product=None) | Q(product_id__in=user.rights.visible)).scoped()


class Pulse(models.Model):
    """News for open pages: derived values of `topic` changed in a product (or, without one, in the organisation). Kept an hour."""

    topic = models.CharField(max_length=40)
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now, db_index=True)  # the tidy task removes by age

    objects = PulseQuerySet.as_manager()


class Cursor(models.Model):
    """How far a consumer of events has read."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()

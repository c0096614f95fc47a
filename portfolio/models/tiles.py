"""The dashboard's figures, kept by the worker."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models import Product, ScopedQuerySet


class TileDayQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Figures of visible products; the organisation's own for members."""
        mine = Q(product_id__in=user.rights.visible)
        if user.rights.is_member:
            mine |= Q(product=None)
        return self.filter(mine).scoped()


class TileDay(models.Model):
    """What a tile knew of one product on one day: figures that merge over products (sums, counts, histograms).

    Without a product: of what belongs to the organisation as a whole (its own objectives and metrics). The row of the
    organisation's present day is the current figure; earlier ones stay, for trends.
    """

    kind = models.CharField(max_length=40)
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    figures = models.JSONField(default=dict)
    as_of = models.DateTimeField()

    objects = TileDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "product", "day"], name="one_tile_row_per_day"),
            models.UniqueConstraint(fields=["kind", "day"], condition=Q(product=None), name="one_organisation_row_per_day"),
        ]

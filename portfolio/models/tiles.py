"""The dashboard's figures, kept by the worker."""

from typing import Self

from django.db import models

from core.models import Product, ScopedQuerySet


class TileDayQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Figures of visible products."""
        return self.filter(product_id__in=user.rights.visible).scoped()


class TileDay(models.Model):
    """What a tile knew of one product on one day: figures that merge over products (sums, counts, histograms).

    The row of the organisation's present day is the current figure; earlier ones stay, for trends.
    """

    kind = models.CharField(max_length=40)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    figures = models.JSONField(default=dict)
    as_of = models.DateTimeField()

    objects = TileDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "product", "day"], name="one_tile_row_per_day")]

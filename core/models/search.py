"""What search finds things by."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models.base import ScopedQuerySet
from core.models.people import Product


class SearchEntryQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Entries of visible products and, for members, of the organisation, of the field classes the person sees."""
        rows = Q(product_id__in=user.rights.visible)
        if user.rights.is_member:
            rows |= Q(product=None)
        seen = [name for name in ("identity", "revenue", "internal") if user.rights.sees(name)]
        return self.filter(rows, field_class__in=["", *seen]).scoped()


class SearchEntry(models.Model):
    """The text of one subject. Written by the search handler from events; the full-text index beside it is kept by the database."""

    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+")
    field_class = models.CharField(max_length=10, blank=True)
    key = models.CharField(max_length=40, blank=True, db_index=True)  # upper case, so that keys are found exactly
    label = models.CharField(max_length=300)
    text = models.TextField(blank=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id"], name="found_once")]

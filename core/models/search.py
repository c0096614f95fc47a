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
        return self.filter(rows, field_class__in=classes_for(user)).scoped()


def classes_for(user) -> list[str]:
    """The field classes of the texts this person may read."""
    return ["", *(name for name in ("identity", "revenue", "internal") if user.rights.sees(name))]


class SearchEntry(models.Model):
    """The words of one subject. Written by the search handler from events; the full-text index beside it is kept by the database."""

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


class SearchWord(models.Model):
    """A word some entry has: what a misspelt one is compared with. Says nothing of where it stands and is shown to nobody."""

    word = models.CharField(max_length=40, unique=True)
    backwards = models.CharField(max_length=40, db_index=True)  # read by the search for words with the same end
    docs = models.IntegerField(default=0)  # in about how many entries it stands

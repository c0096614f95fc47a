"""A list as a person left it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.models.base import ScopedQuerySet, Versioned
from core.models.people import User


class SavedViewQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """One's own."""
        return self.alive().filter(owner=user).scoped()

    def removed_by(self, user) -> Self:
        """One's own that are gone."""
        return self.exclude(deleted_at=None).filter(owner=user).scoped()

    def pinned(self) -> Self:
        """Those the person wants at hand on every page."""
        return self.filter(is_pinned=True)


class SavedView(Versioned):
    """Filter, columns, sort and grouping of a list page, as the query of its address. Private: the record keeps no values."""

    records_values = False

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", editable=False)
    page = models.CharField(max_length=60, editable=False)  # the page's URL name
    name = models.CharField(max_length=60)
    query = models.TextField(max_length=4_000, blank=True)
    is_pinned = models.BooleanField(default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], condition=Q(deleted_at=None), name="view_named_once",
                violation_error_message="You have a view of this name already. Choose another name.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address that stays the same however the view is changed."""
        return reverse("view", args=[self.pk])

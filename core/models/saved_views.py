"""A list as a person left it, for themselves or for others; who has it at hand, and who is sent what changes in it."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from core import clock
from core.models.base import Own, ScopedQuerySet, Versioned
from core.models.people import Product, User


class SavedViewQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """One's own and those shared with every member; of a product's, those of the products in sight."""
        return self.alive().filter(self._reach(user)).scoped()

    def removed_by(self, user) -> Self:
        """Those in reach that are gone and that the person may bring back."""
        mine = Q(owner=user) | Q(product_id__in=user.rights.editable)
        return self.exclude(deleted_at=None).filter(self._reach(user), mine).scoped()

    def with_mine(self, user) -> Self:
        """With whether the person has pinned it, as `is_pinned`, and how often it is sent to them, as `cadence`."""
        mine = {"user": user, "view": OuterRef("pk")}
        sent = Subquery(ViewSubscription.objects.visible_to(user).filter(**mine).values("cadence"))
        return self.annotate(is_pinned=Exists(PinnedView.objects.visible_to(user).filter(**mine)), cadence=sent)

    def pinned_by(self, user) -> Self:
        """Those the person wants at hand on every page."""
        return self.filter(pk__in=PinnedView.objects.visible_to(user).values("view"))

    def _reach(self, user) -> Q:
        mine = Q(owner=user) | Q(is_shared=True) if user.rights.is_member else Q(owner=user)
        return Q(mine, product=None) | Q(product_id__in=user.rights.visible)


class SavedView(Versioned):
    """Filter, columns, sort and grouping of a list page, as the query of its address.

    For its owner alone; shared, for every member, or for who sees one product. A product's view may be the one that the page opens
    with while that product is what everything is narrowed to. Views may be private, so the record keeps no values.
    """

    records_values = False

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", editable=False)
    page = models.CharField(max_length=60, editable=False)  # the page's URL name
    name = models.CharField(max_length=60)
    query = models.TextField(max_length=4_000, blank=True)
    is_shared = models.BooleanField(default=False)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    is_default = models.BooleanField(default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], condition=Q(deleted_at=None), name="view_named_once",
                violation_error_message="You have a view of this name already. Choose another name.",
            ),
            models.CheckConstraint(
                condition=Q(product=None) | Q(is_shared=True), name="view_of_product_is_shared",
                violation_error_message="A product's view is shared with its people.",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(product__isnull=False), name="view_opens_for_product",
                violation_error_message="Only a product's view can be the one its list opens with. Choose the product it is shared with.",
            ),
            models.UniqueConstraint(
                fields=["product", "page"], condition=Q(is_default=True, deleted_at=None), name="view_opens_alone",
                violation_error_message="Another view was made the one this list opens with at the same moment. Try again.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The address that stays the same however the view is changed."""
        return reverse("view", args=[self.pk])


class PinnedView(models.Model):
    """A view that a person has at hand beside every page: their own, or one that somebody shared."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    objects = Own.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="pinned_once")]


class ViewSubscription(models.Model):
    """A person has what changed in a view sent to them, at their hour of the day.

    `rows` are the ids the view had for them when last looked into, `seen` the last event by then.
    """

    class Cadence(models.TextChoices):
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every Monday"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")
    cadence = models.CharField(max_length=6, choices=Cadence)
    due_at = models.DateTimeField(default=clock.now)
    seen = models.BigIntegerField(default=0)
    rows = models.JSONField(default=list)

    objects = Own.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="subscribed_once")]
        indexes = [models.Index(fields=["due_at"], name="subscription_due")]  # the worker's question

    def next_due(self) -> datetime:
        """When it is the person's hour next: tomorrow's, or Monday's."""
        after = max(self.due_at, clock.now())
        return clock.next_hour(self.user.timezone, self.user.digest_hour, after, weekday=0 if self.cadence == "weekly" else None)


class ViewDigestQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Those made for the person."""
        return self.filter(subscription__user=user).scoped()


class ViewDigest(models.Model):
    """One digest, made once for its day: the rows the view had before and has now, and the events between.

    What it says of them is written when it is sent, with the reader's rights of then.
    """

    KEPT = timedelta(days=30)

    subscription = models.ForeignKey(ViewSubscription, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)

    objects = ViewDigestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "day"], name="digest_once")]

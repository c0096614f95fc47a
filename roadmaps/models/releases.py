"""Releases, what is to be done for one, and when nothing is released."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from core.models import OrganisationScoped, Product, ScopedQuerySet, User, Versioned
from portfolio.models.objectives import ProductOrOrganisation


class Release(Versioned):
    """A version of a product that reaches people on a day; without a product, a train that features of any open product may take."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        SHIPPED = "shipped", "Shipped"
        ROLLED_BACK = "rolled_back", "Rolled back"

    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version_name = models.CharField(max_length=40)
    day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    notes = models.TextField(blank=True)
    rolled_back_why = models.TextField(blank=True)
    retrospective = models.TextField(blank=True)  # Markdown, for those inside

    objects = ProductOrOrganisation.as_manager()

    class Meta:
        ordering = ["day", "version_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "version_name"], condition=Q(deleted_at=None), name="release_once_per_product",
                violation_error_message="This product has a release of that name already.",
            ),
            models.UniqueConstraint(
                fields=["version_name"], condition=Q(deleted_at=None, product=None), name="train_once",
                violation_error_message="There is a train of that name already.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.version_name


class OfRelease(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Those of the releases this person sees; of a release that was deleted nothing is left to see."""
        return self.alive().filter(release__in=Release.objects.visible_to(user)).scoped()


class ReleaseItem(Versioned):
    """A line of a release's launch checklist; it is asked for, and never stops the release."""

    rights_through = "release"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+", related_query_name="item")
    text = models.CharField(max_length=200)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(null=True, blank=True)  # it is due, where that does not hang on the release's day
    days_before = models.SmallIntegerField(null=True, blank=True)  # the release's day; less than zero: after it
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OfRelease.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day=None) | Q(days_before=None), name="item_due_one_way",
                violation_error_message="Give a day or a number of days before the release, not both.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text

    @property
    def due_on(self) -> date | None:
        """The day it is due; None where nobody has said, or the release has no day yet."""
        if self.day is not None or self.days_before is None or self.release.day is None:
            return self.day
        return self.release.day - timedelta(days=self.days_before)


class LaunchStep(Versioned):
    """A line that every launch checklist begins with; product operations writes them."""

    text = models.CharField(max_length=200)
    days_before = models.SmallIntegerField(default=0)  # the release's day; less than zero: after it
    position = models.PositiveSmallIntegerField(default=0)

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["-days_before", "position", "id"]

    def __str__(self) -> str:
        return self.text

    @property
    def days_after(self) -> int:
        """How many days after the release it is due, where it is."""
        return -self.days_before


class FreezeQuerySet(ProductOrOrganisation):
    def of_products(self, products) -> Self:
        """Those that hold for any of these products (rows, ids or a query of ids): theirs and the organisation's."""
        return self.filter(Q(product__in=products) | Q(product=None))

    def between(self, start: date, end: date) -> Self:
        """Those that touch the days from `start` to `end`, both included."""
        return self.filter(starts_on__lte=end, ends_on__gte=start)


class FreezePeriod(Versioned):
    """Days, both ends included, on which a product, or without one the whole organisation, releases nothing."""

    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = FreezeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [models.Index(fields=["ends_on", "starts_on"], name="freeze_by_days", condition=Q(deleted_at=None))]  # the timeline
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="freeze_ends_after_start",
                violation_error_message="A freeze ends on the day it starts or later.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reason

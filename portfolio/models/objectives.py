"""Where we are going and how we know."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models import Product, ScopedQuerySet, User, Versioned
from portfolio.models.lines import ProductLine


class ProductOrOrganisation(ScopedQuerySet):
    """Rows of one product or, without one, of the organisation."""

    def visible_to(self, user) -> Self:
        """The living ones of visible products; the organisation's for members."""
        return self.alive().ever_visible_to(user)

    def ever_visible_to(self, user) -> Self:
        """Those in reach of this person today, deleted ones too: what the past is read from."""
        mine = Q(product_id__in=user.rights.visible)
        if user.rights.is_member:
            mine |= Q(product=None)
        return self.filter(mine).scoped()


class Direction(models.TextChoices):
    """Which way is better."""

    UP = "up", "Higher is better"
    DOWN = "down", "Lower is better"


class Objective(Versioned):
    """An outcome for a scope (a product, a line or the organisation) and a period."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(ProductLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    # How much it counts beside others when alignment is computed.
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=1)

    objects = ProductOrOrganisation.as_manager()

    class Meta:
        ordering = ["-ends_on", "title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="objective_ends_after_start",
                violation_error_message="An objective ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0), name="objective_weight_not_negative",
                violation_error_message="A weight cannot be less than zero."
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Metric(Versioned):
    """One agreed definition of a figure; its values are dated points."""

    class Cadence(models.TextChoices):
        DAILY = "daily", "Daily"
        WEEKLY = "weekly", "Weekly"
        MONTHLY = "monthly", "Monthly"
        QUARTERLY = "quarterly", "Quarterly"

    name = models.CharField(max_length=120)
    definition = models.TextField(blank=True)
    unit = models.CharField(max_length=24, blank=True)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=120, blank=True)
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.WEEKLY)
    normal_low = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    normal_high = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)

    objects = ProductOrOrganisation.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            # Within a product: a name taken in a private one must not tell of it.
            models.UniqueConstraint(
                fields=["product", "name"], condition=Q(deleted_at=None), name="metric_once_per_product",
                violation_error_message="This product has a metric of that name already.",
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(product=None, deleted_at=None), name="metric_once_in_organisation",
                violation_error_message="The organisation has a metric of that name already.",
            ),
            models.CheckConstraint(
                condition=Q(normal_low=None) | Q(normal_high=None) | Q(normal_high__gte=models.F("normal_low")),
                name="metric_band_in_order",
                violation_error_message="The normal band begins below its end.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def is_outside(self, value) -> bool:
        """Whether the value lies outside the normal band; a band may be open on one side."""
        return (self.normal_low is not None and value < self.normal_low) or (self.normal_high is not None and value > self.normal_high)


class OfMetric(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Points of the metrics this person sees."""
        return self.alive().filter(metric__in=Metric.objects.visible_to(user)).scoped()


class MetricPoint(Versioned):
    """A metric's value on a day."""

    rights_through = "metric"

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="+", related_query_name="point")
    day = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    note = models.CharField(max_length=200, blank=True)

    objects = OfMetric.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["metric", "day"], condition=Q(deleted_at=None), name="one_point_per_day")]


class OfObjective(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Key results of the objectives this person sees."""
        return self.alive().filter(objective__in=Objective.objects.visible_to(user)).scoped()


class KeyResult(Versioned):
    """A figure that shows whether the objective is reached."""

    rights_through = "objective"

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="+", related_query_name="key_result")
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=24, blank=True)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    start = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    target = models.DecimalField(max_digits=18, decimal_places=4)
    current = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    # Where the current value comes from; by hand where there is none.
    metric = models.ForeignKey(Metric, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    objects = OfObjective.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(target=models.F("start")), name="key_result_goes_somewhere",
                violation_error_message="The target must differ from where you start.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def progress(self) -> float | None:
        """Share of the way from start to target, 0..1 and beyond; None where unknown."""
        if self.current is None or self.target == self.start:
            return None
        return float((self.current - self.start) / (self.target - self.start))


class OfKeyResult(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Check-ins of the key results this person sees."""
        return self.alive().filter(key_result__in=KeyResult.objects.visible_to(user)).scoped()


class CheckIn(Versioned):
    """What somebody said of a key result on a day: the value, and how sure they are to reach the target."""

    rights_through = "key_result__objective"

    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="+", related_query_name="check_in")
    day = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)  # 0..1
    note = models.TextField(blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = OfKeyResult.as_manager()

    class Meta:
        ordering = ["-day", "-id"]


class Allocation(Versioned):
    """The share of effort that should go to a kind of investment or a horizon, in a period; the organisation's or a product's."""

    class Kind(models.TextChoices):
        KIND = "kind", "Kind of investment"
        HORIZON = "horizon", "Horizon"

    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dimension = models.CharField(max_length=8, choices=Kind, default=Kind.KIND)
    value = models.CharField(max_length=20)  # growth, retention, …; now, next, later
    starts_on = models.DateField()
    ends_on = models.DateField()
    share = models.DecimalField(max_digits=4, decimal_places=3)
    is_ceiling = models.BooleanField(default=False)

    objects = ProductOrOrganisation.as_manager()

    class Meta:
        ordering = ["dimension", "-share"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1), name="allocation_is_a_share",
                violation_error_message="A share lies between 0 and 1."
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="allocation_ends_after_start",
                violation_error_message="A period ends after it starts.",
            ),
        ]  # fmt: skip


class StatusUpdate(Versioned):
    """How it goes, said by a person: on an initiative, release, objective or product."""

    class Health(models.TextChoices):
        ON_TRACK = "on_track", "On track"
        AT_RISK = "at_risk", "At risk"
        OFF = "off", "Off track"

    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    health = models.CharField(max_length=8, choices=Health)
    text = models.TextField(blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ProductOrOrganisation.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="status_of_subject")]  # the latest word on a subject

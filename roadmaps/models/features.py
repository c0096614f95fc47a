"""The feature: the unit of work everything else speaks about."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Length

from core import clock
from core.models import Product, ProductScoped, User, Versioned
from core.models.ordering import DescNullsLast
from portfolio.models import Account, InvestmentKind, Objective, Segment, Team
from roadmaps.effort import say_effort
from roadmaps.models.plan import Initiative, Stage, Status
from roadmaps.models.releases import Release
from roadmaps.order import UNIT


class FeatureQuerySet(ProductScoped):
    def for_list(self) -> Self:
        """With everything a row of a list shows, in two statements more at most."""
        return self.select_related("product", "stage", "initiative", "release", "owner", "team")

    def canonical(self) -> Self:
        """Without features merged into another one."""
        return self.filter(merged_into=None)

    def in_flight(self) -> Self:
        """What is planned or being built."""
        return self.filter(status__in=[Status.OPEN, Status.PLANNED, Status.IN_PROGRESS])

    def moved(self) -> Self:
        """What somebody gave a place by hand."""
        return self.annotate(digits=Length("sort_key")).filter(digits__gt=UNIT)

    def with_position(self, among: Self | None = None) -> Self:
        """Each with its `position` by hand in its product, counted from 1 over all features, or `among` these."""
        rows = Feature.objects.alive().canonical() if among is None else among
        ahead = rows.filter(product=OuterRef("product"), sort_key__lt=OuterRef("sort_key")).order_by().values("product")
        return self.annotate(position=Coalesce(Subquery(ahead.annotate(count=Count("pk")).values("count")), 0) + 1)


class Feature(Versioned):
    """Something we may build, are building or have built, from discovery to sunset.

    The columns in `derived` follow from other rows: demand (feedback), score (prioritization), readiness (governance).
    """

    Kind = InvestmentKind

    class Confidence(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    derived: ClassVar[frozenset[str]] = frozenset(
        {
            "demand_people", "demand_accounts", "demand_revenue", "demand_in", "demand_rev",
            "score", "score_low", "score_high", "score_completeness", "score_version", "score_in", "score_rev",
        }
    )  # fmt: skip

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    outside_name = models.CharField(
        "name for outside", max_length=160, blank=True, help_text="What audiences read who are not shown our own names."
    )
    initiative = models.ForeignKey(Initiative, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    stage_since = models.DateTimeField(default=clock.now)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.GROWTH)
    deal_account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Person-weeks.
    effort_low = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    effort_likely = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    effort_high = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    start_date = models.DateField(null=True, blank=True)
    target_date = models.DateField(null=True, blank=True)
    date_confidence = models.CharField(max_length=6, choices=Confidence, blank=True)
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Sorts the product's features by hand (roadmaps.order); the position is counted on reading.
    sort_key = models.CharField("place by hand", max_length=64, editable=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The id under which another system knows it; unique in the product, so that an import finds it again.
    outside_id = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - blank ones must not clash

    # Filled by feedback's step `demand`.
    demand_people = models.PositiveIntegerField(default=0, editable=False)
    demand_accounts = models.PositiveIntegerField(default=0, editable=False)
    demand_revenue = models.DecimalField(max_digits=14, decimal_places=2, default=0, editable=False)
    demand_in = models.PositiveIntegerField(default=0, editable=False)
    demand_rev = models.PositiveIntegerField(default=0, editable=False)
    # Filled by prioritization's step `score`: 6 decimals; `score_version` names the version of the model that made it.
    score = models.DecimalField(max_digits=16, decimal_places=6, null=True, editable=False)
    score_low = models.DecimalField(max_digits=16, decimal_places=6, null=True, editable=False)
    score_high = models.DecimalField(max_digits=16, decimal_places=6, null=True, editable=False)
    score_completeness = models.DecimalField(max_digits=4, decimal_places=3, default=0, editable=False)
    score_version = models.BigIntegerField(default=0, editable=False)
    score_in = models.PositiveIntegerField(default=1, editable=False)
    score_rev = models.PositiveIntegerField(default=0, editable=False)

    objects = FeatureQuerySet.as_manager()

    class Meta:
        ordering = [DescNullsLast("score"), "id"]
        indexes = [
            # lists in the order of score, over everything and within a product
            models.Index(DescNullsLast("score"), "id", name="feature_by_score", condition=Q(deleted_at=None)),
            models.Index("product", DescNullsLast("score"), "id", name="feature_by_product_score", condition=Q(deleted_at=None)),
            # the worker's question: which rows are stale?
            models.Index(fields=["id"], name="feature_score_stale", condition=Q(score_rev__lt=F("score_in"))),
            models.Index(fields=["id"], name="feature_demand_stale", condition=Q(demand_rev__lt=F("demand_in"))),
            models.Index(fields=["target_date"], name="feature_by_target", condition=Q(deleted_at=None)),  # the timeline's window
            # an import's question: which of these are known, removed ones too?
            models.Index(fields=["outside_id"], name="feature_by_outside_id", condition=~Q(outside_id=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="feature_number_once"),
            # its index also serves the list by hand and counts positions
            models.UniqueConstraint(
                fields=["product", "sort_key"], name="feature_place_once",
                violation_error_message="Another feature stands in that place by now. Move this one by hand.",
            ),
            models.UniqueConstraint(
                fields=["product", "outside_id"], condition=Q(deleted_at=None), name="feature_outside_id_once",
                violation_error_message="A feature of this product has this outside id already.",
            ),
            models.CheckConstraint(
                condition=Q(target_date__gte=F("start_date")) | Q(target_date=None) | Q(start_date=None), name="feature_ends_after_start",
                violation_error_message="The target date lies before the start date.",
            ),
            models.CheckConstraint(
                condition=Q(effort_low=None) | Q(effort_low__gte=0), name="effort_not_negative",
                violation_error_message="Effort cannot be less than zero.",
            ),
            models.CheckConstraint(
                condition=(Q(effort_low=None) | Q(effort_likely=None) | Q(effort_likely__gte=F("effort_low")))
                & (Q(effort_high=None) | Q(effort_likely=None) | Q(effort_high__gte=F("effort_likely")))
                & (Q(effort_low=None) | Q(effort_high=None) | Q(effort_high__gte=F("effort_low"))),
                name="effort_in_order",
                violation_error_message="Effort is given as low, likely, high, in that order.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @property
    def effort_words(self) -> str:
        """Its effort with all that is known: 6 · 8 · 11."""
        return say_effort(self.effort_low, self.effort_likely, self.effort_high, joint=" · ", whole=True)

    @property
    def is_score_due(self) -> bool:
        """Whether an input changed since the score was computed."""
        return self.score_rev < self.score_in


class OfFeature(ProductScoped):
    product_path = "feature__product"


class FeatureObjective(Versioned):
    """How strongly a feature serves an objective, 1 to 3."""

    rights_through = "feature"

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", related_query_name="objective_link")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="+", related_query_name="feature_link")
    strength = models.PositiveSmallIntegerField(default=2)

    objects = OfFeature.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feature", "objective"], condition=Q(deleted_at=None), name="feature_serves_once"),
            models.CheckConstraint(condition=Q(strength__range=(1, 3)), name="feature_strength_1_to_3"),
        ]


class FeatureSegment(Versioned):
    """A market a feature is for."""

    rights_through = "feature"

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", related_query_name="segment_link")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")

    objects = OfFeature.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feature", "segment"], condition=Q(deleted_at=None), name="feature_for_segment_once")
        ]

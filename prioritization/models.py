"""What matters most: models, criteria, ratings, and what they say of a feature."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from core.models import CustomField, Product, ProductScoped, ScopedQuerySet, User, Versioned
from roadmaps.models import Feature


class ScoringModel(Versioned):
    """A formula over criteria. Without a product it is the portfolio's, comparable everywhere; a product may have its own.

    `edition` counts every change of method, formula, criteria or weights, and what takes one back; scores say which edition made them.
    """

    class Method(models.TextChoices):
        WEIGHTED_SUM = "weighted_sum", "Weighted sum"
        VALUE_OVER_EFFORT = "value_over_effort", "Value over effort"
        FORMULA = "formula", "Own formula"

    name = models.CharField(max_length=80)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=20, choices=Method, default=Method.WEIGHTED_SUM)
    formula = models.CharField(max_length=2000, blank=True)  # read where the method is a formula of one's own
    is_active = models.BooleanField(default=True)
    edition = models.PositiveIntegerField(default=1)
    # The last edition every score was brought up to: the worker looks for old scores only while the two differ.
    settled_edition = models.PositiveIntegerField(default=0, editable=False)

    rising = frozenset({"edition"})
    unrecorded = Versioned.unrecorded | {"settled_edition"}
    EDITIONS = 1_000_000  # room for editions in a stamp

    class QuerySet(ScopedQuerySet):
        def visible_to(self, user) -> Self:
            """The portfolio's for members, and those of visible products."""
            mine = Q(product_id__in=user.rights.visible)
            if user.rights.is_member:
                mine |= Q(product=None)
            return self.alive().filter(mine).scoped()

    objects = QuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(is_active=True, deleted_at=None), name="one_active_model_per_product",
                violation_error_message="This product has an active scoring model already.",
            ),
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True, product=None, deleted_at=None), name="one_active_portfolio_model",
                violation_error_message="The portfolio has an active scoring model already.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def stamp(self) -> int:
        """What a score made by this edition carries in `score_version`."""
        return self.pk * self.EDITIONS + self.edition

    @property
    def stamps(self) -> tuple[int, int]:
        """The first and the last stamp an edition of this model may have."""
        return self.pk * self.EDITIONS, (self.pk + 1) * self.EDITIONS - 1


class OfModel(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Of the scoring models this person sees."""
        return self.alive().filter(model__in=ScoringModel.objects.visible_to(user)).scoped()


class Criterion(Versioned):
    """One thing that counts, with its scale and weight: rated by people, or computed from what is known of the feature."""

    rights_through = "model"

    class Kind(models.TextChoices):
        RATED = "rated", "Rated by people"
        COMPUTED = "computed", "Computed"

    class Source(models.TextChoices):
        """What a computed criterion reads."""

        NONE = "", "None"
        DEMAND = "demand", "People who asked"
        REVENUE = "revenue", "Revenue of the accounts that asked"
        EFFORT = "effort", "Effort in person-weeks"
        ALIGNMENT = "alignment", "Objectives served"
        FIELD = "field", "A field of your own"

    class Direction(models.TextChoices):
        UP = "up", "More is better"
        DOWN = "down", "Less is better"

    class Consensus(models.TextChoices):
        MEAN = "mean", "Mean"
        MEDIAN = "median", "Median"
        TRIMMED = "trimmed", "Trimmed mean"

    model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="+", related_query_name="criterion")
    key = models.CharField(max_length=30)  # its name in formulas
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.RATED)
    source = models.CharField(max_length=10, choices=Source, default=Source.NONE, blank=True)
    custom_field = models.ForeignKey(CustomField, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    weight = models.DecimalField(max_digits=7, decimal_places=3, default=1)
    scale_min = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    scale_max = models.DecimalField(max_digits=14, decimal_places=4, default=5)
    unit = models.CharField(max_length=20, blank=True)
    # A sentence per step of the scale, shown where one rates: {"1": "…", "5": "…"}.
    rubric = models.JSONField(default=dict, blank=True)
    consensus = models.CharField(max_length=8, choices=Consensus, default=Consensus.MEAN)
    position = models.PositiveSmallIntegerField(default=0)

    objects = OfModel.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "key"], condition=Q(deleted_at=None), name="criterion_key_once",
                violation_error_message="This model has a criterion of that key already.",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="criterion_key_is_a_name",
                violation_error_message="A criterion's key is small letters, digits and underscores, for instance strategic_fit.",
            ),
            models.CheckConstraint(
                condition=Q(scale_max__gt=models.F("scale_min")), name="scale_goes_up",
                violation_error_message="The end of a scale lies above its beginning.",
            ),
            models.CheckConstraint(
                condition=Q(kind="rated", source="") | (Q(kind="computed") & ~Q(source="")), name="computed_from_something",
                violation_error_message="A computed criterion reads something; one that people rate reads nothing.",
            ),
            models.CheckConstraint(
                condition=Q(source="field", custom_field__isnull=False) | (~Q(source="field") & Q(custom_field=None)),
                name="criterion_reads_its_field",
                violation_error_message="A criterion that reads a field of your own names it; no other one does.",
            ),
            models.CheckConstraint(
                condition=Q(weight__range=(0, 100)), name="weight_0_to_100", violation_error_message="A weight lies between 0 and 100."
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def reads(self) -> str:
        """What it is computed from, in words."""
        return self.custom_field.label if self.custom_field else self.get_source_display().lower()


class OfFeature(ProductScoped):
    product_path = "feature__product"


class DerivedOfFeature(OfFeature):
    """Rows that follow from others and are never marked deleted."""

    def alive(self) -> Self:
        return self


class Rating(Versioned):
    """What one person says of a feature by one criterion. Everybody's is kept."""

    rights_through = "feature"

    field_classes: ClassVar[dict[str, str]] = {"note": "internal"}

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", related_query_name="rating")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="+", related_query_name="rating")
    rater = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=14, decimal_places=4)
    confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)  # 0..1
    note = models.TextField(blank=True)

    objects = OfFeature.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["feature", "criterion", "rater"], condition=Q(deleted_at=None), name="one_rating_per_person"),
        ]


class Consensus(models.Model):
    """What the raters say together of a feature by one criterion: written by the rating service, read by the score step."""

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", related_query_name="consensus")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="+", db_index=False)
    value = models.DecimalField(max_digits=14, decimal_places=4)
    low = models.DecimalField(max_digits=14, decimal_places=4)
    high = models.DecimalField(max_digits=14, decimal_places=4)
    count = models.PositiveIntegerField(default=1)
    settled_why = models.TextField(blank=True)

    objects = DerivedOfFeature.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feature", "criterion"], name="one_consensus")]


class ScoreChange(models.Model):
    """A feature's score moved because its own inputs changed: from what to what, when, by which edition of the model."""

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", related_query_name="score_change")
    at = models.DateTimeField()
    old = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    new = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    version = models.BigIntegerField()

    objects = DerivedOfFeature.as_manager()

    class Meta:
        ordering = ["-id"]

"""Scoring models, ratings, and scores with what they are made of."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.resources import Changes, Creates, Removes, Resource, read
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.models import CustomField, Product
from prioritization import services
from prioritization.models import Criterion, Rating, ScoringModel
from prioritization.reports import explain_score
from roadmaps.models import Feature

MOST = 1_000  # ratings in one request


CRITERION = [
    "id", "key", "name", "kind", "source", "custom_field", "direction", "weight", "scale_min", "scale_max", "unit", "rubric", "consensus",
    "position",
]  # fmt: skip


class CriterionOfModelOutput(serializers.ModelSerializer):
    """A criterion as part of its model."""

    class Meta:
        model = Criterion
        fields = CRITERION


class CriterionOutput(Output):
    class Meta:
        model = Criterion
        fields = [*CRITERION, "model", "version", "created_at", "updated_at"]


class CriterionOfModelInput(Input):
    """A criterion as its model is made."""

    rubric = serializers.DictField(
        child=serializers.CharField(max_length=200), required=False, help_text="A sentence by step of the scale."
    )
    custom_field = VisibleField(
        model=CustomField, required=False, allow_null=True, help_text="The id of the custom field it reads, where its source is `field`."
    )

    class Meta:
        model = Criterion
        fields = [
            "key",
            "name",
            "kind",
            "source",
            "custom_field",
            "direction",
            "weight",
            "scale_min",
            "scale_max",
            "unit",
            "rubric",
            "consensus",
        ]


class CriterionInput(CriterionOfModelInput):
    model = VisibleField(model=ScoringModel, help_text="The id of a scoring model you may change.")

    class Meta(CriterionOfModelInput.Meta):
        fields = ["model", *CriterionOfModelInput.Meta.fields]


class CriterionChange(ChangeInput):
    rubric = serializers.DictField(child=serializers.CharField(max_length=200), help_text="A sentence by step of the scale.")

    class Meta:
        model = Criterion
        fields = ["name", "direction", "weight", "scale_min", "scale_max", "unit", "rubric", "consensus"]


class Criteria(Creates, Changes, Removes, Resource):
    """What counts in a scoring model, and how much. Every change is the model's next edition."""

    model = Criterion
    output = CriterionOutput
    create_input = CriterionInput
    change_input = CriterionChange
    filters = {"model": Filter("exact", "in"), "key": Filter("exact", "in"), "kind": Filter(), "updated_at": Filter("gte", "lte")}
    orderings = ("id", "updated_at")

    def create_row(self, **values):
        return services.create_criterion(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_criterion(actor=self.request.user, criterion=row, **values)

    def remove_row(self, row, **values):
        services.delete_criterion(actor=self.request.user, criterion=row, **values)


class ScoringModelOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null: the whole portfolio's.")
    criteria = CriterionOfModelOutput(many=True, read_only=True)

    class Meta:
        model = ScoringModel
        fields = ["id", "name", "product", "method", "formula", "is_active", "edition", "criteria", "version", "created_at", "updated_at"]


class ScoringModelInput(Input):
    product = VisibleField(
        model=Product,
        by="key",
        required=False,
        allow_null=True,
        help_text="The key of a product you may edit; null: the whole portfolio's.",
    )
    criteria = CriterionOfModelInput(many=True, allow_empty=False, max_length=services.MOST_CRITERIA)

    class Meta:
        model = ScoringModel
        fields = ["name", "product", "method", "formula", "is_active", "criteria"]


class ScoringModelChange(ChangeInput):
    weights = serializers.DictField(
        child=serializers.DecimalField(max_digits=7, decimal_places=3, min_value=0), help_text="New weights by criterion key."
    )

    class Meta:
        model = ScoringModel
        fields = ["name", "method", "formula", "is_active", "weights"]


class ScoringModels(Creates, Changes, Removes, Resource):
    """The formulas and weights by which features are scored. A change of what counts is a new edition.

    A model put in use takes the place of the one its product, or the portfolio, was scored by.
    """

    model = ScoringModel
    output = ScoringModelOutput
    create_input = ScoringModelInput
    change_input = ScoringModelChange
    joins = ("product",)
    filters = {"product": Filter("exact", "isnull", path="product__key"), "is_active": Filter()}
    orderings = ("name", "updated_at")
    default_order = "name"

    def spoken(self, rows: Sequence[ScoringModel]) -> list[dict]:
        criteria = defaultdict(list)
        for criterion in Criterion.objects.visible_to(self.request.user).filter(model__in=rows):
            criteria[criterion.model_id].append(criterion)
        for row in rows:
            row.criteria = criteria[row.pk]
        return super().spoken(rows)

    def create_row(self, **values):
        return services.create_model(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_model(actor=self.request.user, model=row, **values)

    def remove_row(self, row, **values):
        services.delete_model(actor=self.request.user, model=row, **values)


class RatingOutput(Output):
    feature = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature.")
    criterion = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the criterion.")

    class Meta:
        model = Rating
        fields = ["id", "feature", "criterion", "rater", "value", "confidence", "note", "version", "created_at", "updated_at"]


class RatingInput(Input):
    feature = VisibleField(model=Feature, by="key", help_text="The key of a feature you see.")
    criterion = VisibleField(model=Criterion, help_text="The id of a criterion that is rated by people.")

    class Meta:
        model = Rating
        fields = ["feature", "criterion", "value", "confidence", "note"]


class RatingsInput(Body):
    """Many ratings at once: all or none."""

    ratings = RatingInput(many=True, allow_empty=False, max_length=MOST)


class RatingsOutput(serializers.Serializer):
    ratings = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of the ratings, in the order they were sent.")


class Ratings(Creates, Removes, Resource):
    """What people say of features by the criteria of a model. You rate in your own name; a second rating replaces the first."""

    model = Rating
    output = RatingOutput
    create_input = RatingInput
    filters = {
        "feature": Filter("exact", "in", path="feature__key"),
        "criterion": Filter("exact", "in", path="criterion__key"),
        "rater": Filter("exact", "in"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("id", "updated_at")
    default_order = "-id"

    def create_row(self, **values):
        return services.rate(actor=self.request.user, **values)

    def remove_row(self, row, **values):
        services.withdraw_rating(actor=self.request.user, rating=row, **values)

    @extend_schema(request=RatingsInput, responses=RatingsOutput)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Up to a thousand ratings of yours, one event; where one of them breaks a rule none is kept."""
        refuse_unknown(request, set())
        says = [services.Say(**values) for values in read(self, RatingsInput)["ratings"]]
        made = services.rate_many(actor=request.user, says=says)
        return Response({"ratings": [rating.pk for rating in made]})


class ContributionOutput(serializers.Serializer):
    criterion = serializers.CharField()
    value = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True, help_text="Null where it is blank.")
    points = serializers.DecimalField(max_digits=16, decimal_places=6)


class ScoreOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True)
    is_due = serializers.BooleanField(read_only=True, source="is_score_due", help_text="An input changed; the score follows in a moment.")

    class Meta:
        model = Feature
        fields = ["id", "key", "product", "score", "score_low", "score_high", "score_completeness", "is_due"]


class ScoreExplained(ScoreOutput):
    """A score with what it is made of: base and points add up to it exactly."""

    base = serializers.DecimalField(max_digits=16, decimal_places=6, read_only=True)
    contributions = ContributionOutput(many=True, read_only=True)

    class Meta(ScoreOutput.Meta):
        fields = [*ScoreOutput.Meta.fields, "base", "contributions"]


class Scores(Resource):
    """The scores of the features you see, best first; one score explains itself."""

    model = Feature
    output = ScoreOutput
    lookup_field = "key"
    lookup_value_regex = r"[A-Z][A-Z0-9]{1,7}-[0-9]{1,9}"
    joins = ("product",)
    filters = {
        "key": Filter("exact", "in"),
        "product": Filter("exact", "in", path="product__key"),
        "status": Filter("exact", "in"),
        "score": Filter("gte", "lte", "isnull"),
        "score_completeness": Filter("gte", "lte"),
    }
    orderings = ("score", "key")
    default_order = "-score"

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related(*self.joins)

    @extend_schema(responses=ScoreExplained)
    def retrieve(self, request: Request, **kwargs) -> Response:
        """One score: which criterion contributes how much, and from which value."""
        refuse_unknown(request, {"fields"})
        feature = self.get_object()
        report = explain_score(feature, request.user)
        lines = (
            [{"criterion": line.criterion.key, "value": line.value, "points": line.contribution} for line in report.lines] if report else []
        )
        explained = {"base": report.base if report else None, "contributions": lines}
        return Response(self.spoken([feature])[0] | explained)

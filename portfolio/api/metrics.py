"""Metrics and their points."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource, read
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.models import Product, User
from portfolio import services
from portfolio.models import Metric, MetricPoint

FACTS = ["name", "definition", "unit", "direction", "product", "owner", "source", "cadence", "normal_low", "normal_high"]
MOST = 500  # points in one request


class MetricOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null: the organisation's.")
    expandable = {"owner": PersonOutput}

    class Meta:
        model = Metric
        fields = ["id", *FACTS, "version", "created_at", "updated_at"]


class MetricFacts(serializers.ModelSerializer):
    """The fields both a new metric and a change of one are read by."""

    product = VisibleField(model=Product, by="key", required=False, allow_null=True, help_text="The key of a product you may edit.")
    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Metric
        fields = FACTS


class MetricInput(MetricFacts, Input):
    pass


class MetricChange(MetricFacts, ChangeInput):
    pass


class PointInput(Body):
    """A value on a day, and what was out of the ordinary."""

    day = serializers.DateField()
    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PointsInput(Body):
    """Points to record; a day that has one gets the new value."""

    points = PointInput(many=True, allow_empty=False, max_length=MOST)


class PointsOutput(serializers.Serializer):
    """The points as they are now."""

    points = PointInput(many=True)


class PointOutput(Output):
    class Meta:
        model = MetricPoint
        fields = ["id", "metric", "day", "value", "note", "version"]


class Metrics(Creates, Changes, Removes, Resource):
    """Agreed definitions of figures; their values are points."""

    model = Metric
    output = MetricOutput
    create_input = MetricInput
    change_input = MetricChange
    joins = ("product",)
    filters = {
        "name": Filter("exact", "contains"),
        "product": Filter("exact", "in", path="product__key"),
        "owner": Filter("exact", "isnull"),
        "cadence": Filter("exact", "in"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "updated_at", "created_at")
    default_order = "name"

    def create_row(self, **values):
        return services.create_metric(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_metric(actor=self.request.user, metric=row, **values)

    def remove_row(self, row, seen):
        return services.delete_metric(actor=self.request.user, metric=row, seen=seen)

    @extend_schema(request=PointsInput, responses=PointsOutput)
    @action(detail=True, methods=["post"])
    def points(self, request: Request, **kwargs) -> Response:
        """Record points of the metric in one event; those of the same days are replaced."""
        refuse_unknown(request, set())
        wanted = [services.Point(**point) for point in read(self, PointsInput)["points"]]
        rows = services.record_points(actor=request.user, metric=self.get_object(), points=wanted)
        return Response({"points": [{"day": row.day, "value": str(row.value), "note": row.note} for row in rows]})


class MetricPoints(Resource):
    """Dated values of metrics; record them at the metric."""

    model = MetricPoint
    output = PointOutput
    filters = {"metric": Filter("exact", "in"), "day": Filter("exact", "gte", "lte")}
    orderings = ("day",)
    default_order = "-day"

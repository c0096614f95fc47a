"""Objectives and their key results."""

from decimal import Decimal

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
from portfolio.models import KeyResult, Metric, Objective, ProductLine

OBJECTIVE_FACTS = ["title", "description", "product", "line", "owner", "parent", "starts_on", "ends_on", "weight"]
RESULT_FACTS = ["title", "unit", "direction", "start", "target", "metric", "position"]


class ObjectiveOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null: a line's or the organisation's.")
    expandable = {"owner": PersonOutput}

    class Meta:
        model = Objective
        fields = ["id", *OBJECTIVE_FACTS, "version", "created_at", "updated_at"]


class ObjectiveFacts(serializers.ModelSerializer):
    """The fields both a new objective and a change of one are read by."""

    product = VisibleField(model=Product, by="key", required=False, allow_null=True, help_text="The key of a product you may edit.")
    line = VisibleField(model=ProductLine, required=False, allow_null=True, help_text="The id of a line, instead of a product.")
    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Objective
        fields = OBJECTIVE_FACTS


class ObjectiveInput(ObjectiveFacts, Input):
    pass


class ObjectiveChange(ObjectiveFacts, ChangeInput):
    pass


class Objectives(Creates, Changes, Removes, Resource):
    """Outcomes for a product, a line or the organisation, in a period."""

    model = Objective
    output = ObjectiveOutput
    create_input = ObjectiveInput
    change_input = ObjectiveChange
    joins = ("product",)
    filters = {
        "product": Filter("exact", "in", path="product__key"),
        "line": Filter("exact", "isnull"),
        "owner": Filter("exact", "isnull"),
        "parent": Filter("exact", "isnull"),
        "title": Filter("contains"),
        "starts_on": Filter("gte", "lte"),
        "ends_on": Filter("gte", "lte"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("ends_on", "title", "weight", "updated_at")
    default_order = "-ends_on"

    def create_row(self, **values):
        return services.create_objective(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_objective(actor=self.request.user, objective=row, **values)

    def remove_row(self, row, seen):
        return services.delete_objective(actor=self.request.user, objective=row, seen=seen)


class KeyResultOutput(Output):
    progress = serializers.FloatField(read_only=True, allow_null=True, help_text="Share of the way from start to target; null: unknown.")

    class Meta:
        model = KeyResult
        fields = ["id", "objective", *RESULT_FACTS, "current", "progress", "version", "created_at", "updated_at"]


class KeyResultFacts(serializers.ModelSerializer):
    """The fields both a new key result and a change of one are read by."""

    metric = VisibleField(
        model=Metric, required=False, allow_null=True, help_text="The id of the metric it follows; without one, check-ins."
    )

    class Meta:
        model = KeyResult
        fields = RESULT_FACTS


class KeyResultInput(KeyResultFacts, Input):
    objective = VisibleField(model=Objective, help_text="The id of an objective you may change.")

    class Meta:
        model = KeyResult
        fields = ["objective", *RESULT_FACTS]


class KeyResultChange(KeyResultFacts, ChangeInput):
    pass


class CheckInInput(Body):
    """Where the key result stands."""

    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    confidence = serializers.DecimalField(
        max_digits=4, decimal_places=3, min_value=Decimal(0), max_value=Decimal(1), required=False, allow_null=True, default=None
    )
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    day = serializers.DateField(required=False, allow_null=True, default=None, help_text="Today, where it is left out.")


class KeyResults(Creates, Changes, Removes, Resource):
    """Figures that show whether an objective is reached. Their current value follows a metric or the check-ins and cannot be set."""

    model = KeyResult
    output = KeyResultOutput
    create_input = KeyResultInput
    change_input = KeyResultChange
    joins = ("objective",)
    filters = {
        "objective": Filter("exact", "in"),
        "product": Filter("exact", "in", path="objective__product__key"),
        "metric": Filter("exact", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("position", "title", "updated_at", "id")

    def create_row(self, **values):
        return services.create_key_result(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_key_result(actor=self.request.user, key_result=row, **values)

    def remove_row(self, row, seen):
        return services.delete_key_result(actor=self.request.user, key_result=row, seen=seen)

    @extend_schema(request=CheckInInput, responses=KeyResultOutput)
    @action(detail=True, methods=["post"], url_path="check-ins", url_name="check-ins")
    def check_in(self, request: Request, **kwargs) -> Response:
        """Say where it stands and how sure you are of the target."""
        refuse_unknown(request, set())
        key_result = self.get_object()
        services.check_in(actor=request.user, key_result=key_result, **read(self, CheckInInput))
        return self.answer(key_result)

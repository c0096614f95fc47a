"""Features: the unit of work everything else speaks about."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.acts import act
from core.api.downloads import Downloads, describes_files, export_path
from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.products import ProductOutput
from core.api.resources import Changes, Creates, Removes, Resource, read, seen_version
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.custom_fields import is_any_filled, read_all, values_of
from core.downloads import SHEETS, download_table
from core.exceptions import RuleBroken
from core.filtering.syntax import LONGEST
from core.models import Product, User
from portfolio.models import Segment
from roadmaps import services
from roadmaps.api.forecasts import CriticalChainOutput, Forecasts, answer_chain
from roadmaps.api.links import ObjectiveLinkInput, ObjectiveLinkOutput, objective_links, pairs, segment_links
from roadmaps.api.plan import InitiativeOutput, ReleaseOutput
from roadmaps.columns import ALWAYS, Columns
from roadmaps.filters import FeatureFilter
from roadmaps.grid import in_order
from roadmaps.models import Feature, FeatureObjective, Stage
from roadmaps.reports import UNFINISHED, outlook_of
from roadmaps.sheets import table_of_grid

FILTER = serializers.CharField(
    max_length=LONGEST, help_text="A filter in words, as on the features page: `stage:delivery score>70 owner:me -kind:deal`."
)
SUBJECT = Feature._meta.label_lower
MOST = 2_000  # features whose critical chain is looked for
FACTS = [
    "title", "outside_name", "description", "initiative", "owner", "team", "stage", "kind", "deal_account", "effort_low",
    "effort_likely", "effort_high", "start_date", "target_date", "date_confidence", "release", "outside_id", "objectives", "segments",
]  # fmt: skip


class FeatureOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product.")
    stage = serializers.SlugRelatedField("slug", read_only=True, help_text="The slug of its stage.")
    objectives = ObjectiveLinkOutput(many=True, read_only=True)
    segments = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="Ids of segments.")
    custom = serializers.DictField(
        read_only=True, help_text="What it holds in custom fields, by their words: choices by name, people by id, numbers as text."
    )
    expandable = {"initiative": InitiativeOutput, "owner": PersonOutput, "product": ProductOutput, "release": ReleaseOutput}
    added = {"custom": lambda user, ids: values_of(user, SUBJECT, ids)}
    hanging = {"objectives": objective_links(FeatureObjective, "feature"), "segments": segment_links(), "custom": is_any_filled()}

    class Meta:
        model = Feature
        fields = [
            "id", "key", "product", *FACTS, "status", "stage_since", "merged_into", "demand_people", "demand_accounts", "demand_revenue",
            "score", "score_low", "score_high", "score_completeness", "sort_key", "custom", "version", "created_at", "updated_at",
        ]  # fmt: skip


class FeatureFacts(serializers.ModelSerializer):
    """The fields both a new feature and a change of one are read by."""

    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")
    stage = VisibleField(model=Stage, by="slug", required=False, help_text="The slug of a stage.")
    objectives = ObjectiveLinkInput(many=True, required=False)
    segments = VisibleField(model=Segment, many=True, required=False, help_text="Ids of segments.")
    custom = serializers.DictField(
        required=False, help_text="Custom fields by their words; null leaves one blank, one that is not named stays as it is."
    )

    def validate_custom(self, given: dict[str, Any]) -> dict[str, Any]:
        """As the services take it."""
        try:
            return read_all(self.context["request"].user, SUBJECT, given)
        except RuleBroken as error:
            raise serializers.ValidationError({error.field or "custom": [str(error)]}) from error


class FeatureInput(FeatureFacts, Input):
    product = VisibleField(model=Product, by="key", help_text="The key of a product you may edit.")

    class Meta:
        model = Feature
        fields = ["product", *FACTS, "custom"]


class FeatureChange(FeatureFacts, ChangeInput):
    reason = serializers.CharField(
        max_length=500, allow_blank=True, write_only=True, help_text="Why a stage is entered though a condition for it is not met."
    )

    class Meta:
        model = Feature
        fields = [*FACTS, "custom", "reason"]

    def get_fields(self):
        fields = super().get_fields()
        fields["reason"].required = False
        return fields


class Seen(Body):
    """A feature as the caller knows it."""

    id = serializers.IntegerField(min_value=1)
    version = serializers.IntegerField(min_value=1)


class FeatureSet(FeatureChange):
    """What to change of many features."""

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class BulkInput(Body):
    """Which features to change, as they were read, and what of them."""

    rows = Seen(many=True, allow_empty=False)
    set = FeatureSet()


class LeftOutput(serializers.Serializer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    why = serializers.CharField()


class BulkOutput(serializers.Serializer):
    """What became of a change of many."""

    changed = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of the features that are as wanted now.")
    left = LeftOutput(many=True, help_text="Features left as they are, each with the reason.")
    event = serializers.IntegerField(allow_null=True, help_text="The number of the event, by which the change can be taken back.")


class OrderInput(Body):
    """Which features to move, in the order in which they are to stand, and beside which one: one of `before` and `after`."""

    features = VisibleField(model=Feature, by="key", many=True, help_text="Keys of features of one product, at most 500.")
    before = VisibleField(model=Feature, by="key", required=False, help_text="The key of the feature they are to stand before.")
    after = VisibleField(model=Feature, by="key", required=False, help_text="The key of the feature they are to stand after.")


class OrderOutput(serializers.Serializer):
    """The order as far as it is another now."""

    features = serializers.ListField(child=serializers.CharField(), help_text="The keys as given: the features stand so.")
    event = serializers.IntegerField(allow_null=True, help_text="The number of the event; null where they stood so already.")


class WhyInput(Body):
    """Why a feature will not be built."""

    why = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Custom fields among the others, as the services take them."""
    return pairs({name: value for name, value in values.items() if name != "custom"}) | values.get("custom", {})


def passing(rows: QuerySet, user: User, text: str) -> QuerySet:
    """The features that pass a filter in words."""
    filters = FeatureFilter({"filter": text}, user=user)
    if filters.error:
        raise serializers.ValidationError(filters.error)
    return filters.narrow(rows)


class Features(Forecasts, Downloads, Creates, Changes, Removes, Resource):
    """Features of the products you see. Scores and demand follow from ratings and requests and cannot be set."""

    model = Feature
    output = FeatureOutput
    create_input = FeatureInput
    change_input = FeatureChange
    known_by = ("product", "outside_id")
    lookup_field = "key"
    lookup_value_regex = r"[A-Z][A-Z0-9]{1,7}-[0-9]{1,9}"
    joins = ("product", "stage")
    filters = {
        "key": Filter("exact", "in"),
        "product": Filter("exact", "in", path="product__key"),
        "title": Filter("contains"),
        "status": Filter("exact", "in"),
        "stage": Filter("exact", "in", path="stage__slug"),
        "initiative": Filter("exact", "in", "isnull"),
        "owner": Filter("exact", "in", "isnull"),
        "team": Filter("exact", "in", "isnull"),
        "release": Filter("exact", "in", "isnull"),
        "kind": Filter("exact", "in"),
        "outside_id": Filter("exact", "in"),
        "merged_into": Filter("exact", "isnull"),
        "score": Filter("gte", "lte", "isnull"),
        "score_completeness": Filter("gte", "lte"),
        "demand_people": Filter("gte", "lte"),
        "demand_revenue": Filter("gte", "lte"),
        "target_date": Filter("gte", "lte", "isnull"),
        "updated_at": Filter("gte", "lte"),
        "filter": Filter(reads=FILTER, narrow=passing),
    }
    orderings = ("score", "sort_key", "key", "title", "target_date", "demand_people", "demand_revenue", "updated_at", "created_at", "id")
    default_order = "-score"

    @extend_schema(parameters=[OpenApiParameter("filter", description=FILTER.help_text)], responses=CriticalChainOutput)
    @action(detail=False, methods=["get"], url_path="critical-chain")
    def critical_chain(self, request: Request) -> Response:
        """What decides the day on which the features that pass a filter are done, for instance those of a roadmap: 2,000 at most."""
        refuse_unknown(request, {"filter"})
        rows = self.get_queryset().canonical().filter(status__in=UNFINISHED).select_related("product")
        if text := request.query_params.get("filter"):
            rows = passing(rows, request.user, FILTER.run_validation(text))
        return answer_chain(request.user, rows.order_by("pk")[:MOST], None)

    @describes_files(
        SHEETS,
        OpenApiParameter("filter", description=FILTER.help_text),
        OpenApiParameter(
            "columns", description="Columns of the features page, parted by commas, behind key and title: `stage,owner,effort`."
        ),
        OpenApiParameter("sort", description="Up to three columns to sort by, as on the features page: `-score,target_date`."),
    )
    @action(detail=False, methods=["get"], url_path=export_path(SHEETS))
    def export(self, request: Request, kind: str):
        """All features that pass a filter as a table, which an import reads again. Texts that a spreadsheet would take for formulas begin
        with a quote."""
        refuse_unknown(request, {"filter", "columns", "sort"})
        given = request.query_params
        columns, sort, known = given.get("columns", ""), given.get("sort", ""), Columns(request.user)
        self._must_know("columns", columns.split(","), (*ALWAYS, *(column.name for column in known.shown())))
        self._must_know("sort", sort.replace("-", "").split(","), [term.column.name for term in known.read_sort(sort)])
        rows = self.get_queryset().canonical()
        if text := given.get("filter"):
            rows = passing(rows, request.user, FILTER.run_validation(text))
        table = table_of_grid(request.user, in_order(rows, known.read_sort(sort), None), known.chosen([columns]))
        return download_table(table, kind)

    @staticmethod
    def _must_know(parameter: str, asked: list[str], known: Collection[str]) -> None:
        unknown = [name for name in asked if name and name not in known]
        if unknown:
            raise serializers.ValidationError({parameter: f"There is no column “{unknown[0][:60]}”, or not so many can be asked for."})

    def create_row(self, **values):
        return services.create_feature(actor=self.request.user, **_flat(values))

    def change_row(self, row, **values):
        return services.change_feature(actor=self.request.user, feature=row, **_flat(values))

    def remove_row(self, row, seen):
        return services.delete_feature(actor=self.request.user, feature=row, seen=seen)

    def outlook(self, row):
        return outlook_of(self.request.user, row)

    @extend_schema(request=WhyInput, responses=FeatureOutput)
    @action(detail=True, methods=["post"], url_path="refusal")
    def decline(self, request: Request, **kwargs) -> Response:
        """Decline the feature: it will not be built. Entering a stage takes it up again."""
        refuse_unknown(request, set())
        row = self.get_object()
        values = read(self, WhyInput)
        seen = seen_version(request, row.version, is_needed=False)
        services.decline_feature(actor=request.user, feature=row, seen=seen, merge=False, **values)
        return self.answer(row)

    @extend_schema(request=BulkInput, responses=BulkOutput)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Change many features in one event. Rows in which somebody changed the same field since you read them are left and listed."""
        refuse_unknown(request, set())
        given = read(self, BulkInput)
        seen = {row["id"]: row["version"] for row in given["rows"]}
        result = services.change_features(actor=request.user, seen=seen, **_flat(given["set"]))
        left = [{"id": one.feature.pk, "key": one.feature.key, "why": one.why} for one in result.left]
        event = result.event.number if result.event else None
        return Response({"changed": [feature.pk for feature in result.done], "left": left, "event": event})

    @extend_schema(request=OrderInput, responses=OrderOutput)
    @action(detail=False, methods=["post"], url_path="order")
    def move(self, request: Request) -> Response:
        """Move features of a product in its order by hand, in one event. Moves meet without clashing: no version is asked for."""
        refuse_unknown(request, set())
        given = read(self, OrderInput)
        with act(request.user) as done:
            services.move_features(actor=request.user, **given)
        return Response({"features": [row.key for row in given["features"]], "event": done.event and done.event.number})

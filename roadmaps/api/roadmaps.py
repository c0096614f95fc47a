"""Kept roadmaps."""

from http import HTTPStatus

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.downloads import Downloads, describes_files, export_path
from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource, read
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.models import Product
from roadmaps import services
from roadmaps.api.comparison import (
    ComparisonMailsInput,
    answer_comparison,
    answer_mails,
    answer_paper,
    describes_comparison,
    describes_mails,
    describes_paper,
)
from roadmaps.exports import FORMATS, download_look
from roadmaps.looks import Look
from roadmaps.models import Roadmap, RoadmapSubscription

KEPT = ["name", "product", "layout", "query", "is_theme_only", "is_shared", "snapshot_every"]


class RoadmapOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the one product it shows; null: all.")
    query = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="Filter, lanes and zoom as in its address; null where they ask for what is not yours to see.",
    )
    sources = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="The roadmaps it is made of that you see.")
    expandable = {"owner": PersonOutput}

    class Meta:
        model = Roadmap
        fields = ["id", *KEPT, "sources", "owner", "version", "created_at", "updated_at"]


class RoadmapInput(Input):
    product = VisibleField(model=Product, by="key", required=False, allow_null=True, help_text="The key of the one product it shows.")
    sources = VisibleField(model=Roadmap, many=True, required=False, help_text="The ids of the roadmaps it is made of.")

    class Meta:
        model = Roadmap
        fields = [*KEPT, "sources"]


class RoadmapChange(ChangeInput):
    product = VisibleField(model=Product, by="key", allow_null=True, help_text="The key of the one product it shows.")
    sources = VisibleField(model=Roadmap, many=True, help_text="The ids of the roadmaps it is made of.")

    class Meta:
        model = Roadmap
        fields = [*KEPT, "sources"]


class RoadmapSubscriptionBody(Body):
    cadence = serializers.ChoiceField(RoadmapSubscription.Cadence.choices)


class RoadmapSubscriptionOutput(serializers.Serializer):
    roadmap = serializers.IntegerField(source="roadmap_id", help_text="The id of the roadmap.")
    cadence = serializers.CharField()
    told = serializers.DateTimeField(help_text="Up to which moment you were told what moved.")


class Roadmaps(Downloads, Creates, Changes, Removes, Resource):
    """Your roadmaps and shared ones, changed by their owners; one made of others shows what those show, to whom sees them."""

    files = ("export", "comparison_pdf")
    model = Roadmap
    output = RoadmapOutput
    create_input = RoadmapInput
    change_input = RoadmapChange
    joins = ("product",)
    filters = {
        "product": Filter("exact", "in", "isnull", path="product__key"),
        "owner": Filter("exact", "in"),
        "layout": Filter("exact", "in"),
        "is_shared": Filter(),
        "is_theme_only": Filter(),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "updated_at", "id")
    default_order = "name"

    def spoken(self, rows):
        user = self.request.user
        sources = Look(user, QueryDict()).sources
        for row in rows:
            row.sources = [source.pk for source in sources.get(row.pk, [])]
            row.query = None if Look(user, QueryDict(), row).is_hidden else row.query
        return super().spoken(rows)

    @describes_files(FORMATS)
    @action(detail=True, methods=["get"], url_path=export_path(FORMATS))
    def export(self, request: Request, kind: str, **kwargs):
        """The roadmap as a file: drawn in its layout, or what it lists as a table; as far as you may see it."""
        refuse_unknown(request, set())
        return download_look(Look(request.user, QueryDict(), self.get_object()), kind)

    @describes_comparison
    @action(detail=True, methods=["get"])
    def comparison(self, request: Request, **kwargs):
        """What moved on the roadmap between two moments: by whom, when and why, with churn and slip; as far as you may see it."""
        return answer_comparison(request, self.get_object())

    @describes_paper
    @action(detail=True, methods=["get"], url_path=r"comparison\.pdf")
    def comparison_pdf(self, request: Request, **kwargs):
        """The same as PDF."""
        return answer_paper(request, self.get_object())

    @describes_mails
    @action(detail=True, methods=["post"], url_path="comparison/mails")
    def comparison_mails(self, request: Request, **kwargs):
        """The same by mail to people who may open the roadmap, each as far as they may see it when the mail leaves."""
        return answer_mails(request, self.get_object(), **read(self, ComparisonMailsInput))

    @extend_schema(request=RoadmapSubscriptionBody, responses=RoadmapSubscriptionOutput)
    @action(detail=True, methods=["post", "delete"])
    def subscription(self, request: Request, **kwargs) -> Response:
        """POST: what moves on the roadmap is mailed to you when a week, a month or a named period begins. DELETE: no longer."""
        refuse_unknown(request, set())
        row = self.get_object()
        if request.method == "DELETE":
            services.unsubscribe_from_roadmap(actor=request.user, roadmap_id=row.pk)
            return Response(status=HTTPStatus.NO_CONTENT)
        made = services.subscribe_to_roadmap(actor=request.user, roadmap=row, **read(self, RoadmapSubscriptionBody))
        return Response(RoadmapSubscriptionOutput(made).data)

    def create_row(self, **values):
        return services.create_roadmap(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_roadmap(actor=self.request.user, roadmap=row, **values)

    def remove_row(self, row, seen):
        return services.delete_roadmap(actor=self.request.user, roadmap=row, seen=seen)

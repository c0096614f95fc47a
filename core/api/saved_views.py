"""Saved views: lists as people left them."""

from http import HTTPStatus

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import services
from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.models import Product, SavedView, ViewSubscription
from core.saved_views import hides

SHARED = ["name", "query", "is_shared", "product", "is_default"]


class ViewOutput(Output):
    product = serializers.SlugRelatedField(
        "key", read_only=True, help_text="The key of the product whose people see it; null: its owner's, or where shared everybody's."
    )
    query = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="The query of the list's address; null where it asks for what is gone or not yours to see.",
    )
    expandable = {"owner": PersonOutput}

    class Meta:
        model = SavedView
        fields = ["id", "page", *SHARED, "owner", "version", "created_at", "updated_at"]


def product_field(**options) -> VisibleField:
    return VisibleField(
        model=Product, by="key", allow_null=True, help_text="The key of the product whose people see it; null: of no product.", **options
    )


class ViewInput(Input):
    page = serializers.CharField(max_length=60, help_text="The list: features, priorities, accounts, documents, decisions or feedback.")
    product = product_field(required=False)

    class Meta:
        model = SavedView
        fields = ["page", *SHARED]


class ViewChange(ChangeInput):
    product = product_field()

    class Meta:
        model = SavedView
        fields = SHARED


class SubscriptionBody(Body):
    cadence = serializers.ChoiceField(ViewSubscription.Cadence.choices)


class SubscriptionOutput(serializers.Serializer):
    view = serializers.IntegerField(source="view_id", help_text="The id of the view.")
    cadence = serializers.CharField()
    due_at = serializers.DateTimeField(help_text="When the next digest is made, at your hour of the day.")


class Views(Creates, Changes, Removes, Resource):
    """Your saved views, those shared with everybody, and those of products you see. Changed by their owner; a product's by its editors."""

    model = SavedView
    output = ViewOutput
    create_input = ViewInput
    change_input = ViewChange
    joins = ("product",)
    filters = {
        "page": Filter("exact", "in"),
        "owner": Filter("exact", "in"),
        "product": Filter("exact", "in", "isnull", path="product__key"),
        "is_shared": Filter(),
        "is_default": Filter(),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "updated_at", "id")
    default_order = "name"

    def spoken(self, rows):
        for row in rows:
            row.query = None if hides(row, self.request.user) else row.query
        return super().spoken(rows)

    @extend_schema(request=SubscriptionBody, responses=SubscriptionOutput)
    @action(detail=True, methods=["post", "delete"])
    def subscription(self, request: Request, **kwargs) -> Response:
        """POST: what changes in the view is mailed to you, daily or weekly. DELETE: no longer."""
        refuse_unknown(request, set())
        view = self.get_object()
        if request.method == "DELETE":
            services.unsubscribe_from_view(actor=request.user, view_id=view.pk)
            return Response(status=HTTPStatus.NO_CONTENT)
        body = SubscriptionBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.subscribe_to_view(actor=request.user, view=view, **body.validated_data)
        return Response(SubscriptionOutput(made).data)

    def create_row(self, **values):
        return services.save_view(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_view(actor=self.request.user, view=row, **values)

    def remove_row(self, row, seen):
        return services.delete_view(actor=self.request.user, view=row, seen=seen)

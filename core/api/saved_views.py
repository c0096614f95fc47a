"""Saved views: lists as people left them."""

from rest_framework import serializers

from core import services
from core.api.filters import Filter
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from core.models import Product, SavedView
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

    def create_row(self, **values):
        return services.save_view(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_view(actor=self.request.user, view=row, **values)

    def remove_row(self, row, seen):
        return services.delete_view(actor=self.request.user, view=row, seen=seen)

"""Products: the unit of rights."""

from rest_framework import serializers

from core import services
from core.api.filters import Filter
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from core.models import Product, User


class ProductOutput(Output):
    is_private = serializers.BooleanField(read_only=True)
    expandable = {"owner": PersonOutput}

    class Meta:
        model = Product
        fields = ["id", "key", "name", "visibility", "is_private", "owner", "archived_at", "version", "created_at", "updated_at"]


class ProductInput(Input):
    owner = VisibleField(model=User, required=False, help_text="The id of a person; you, where it is left out.")

    class Meta:
        model = Product
        fields = ["key", "name", "visibility", "owner"]


class ProductChange(ChangeInput):
    owner = VisibleField(model=User)

    class Meta:
        model = Product
        fields = ["name", "visibility", "owner"]


class Products(Creates, Changes, Resource):
    """Products you see: open ones, and private ones you are a member of."""

    model = Product
    output = ProductOutput
    create_input = ProductInput
    change_input = ProductChange
    lookup_field = "key"
    lookup_value_regex = r"[A-Z][A-Z0-9]{1,7}"
    filters = {
        "key": Filter("exact", "in"),
        "name": Filter("contains"),
        "visibility": Filter(),
        "owner": Filter(),
        "archived_at": Filter("isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "key", "updated_at", "created_at")
    default_order = "name"

    def create_row(self, **values):
        return services.create_product(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_product(actor=self.request.user, product=row, **values)

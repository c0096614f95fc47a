"""Custom fields: what an organisation keeps of its rows besides what Waymark does."""

from django.db.models import QuerySet
from rest_framework import serializers

from core import services
from core.api.filters import Filter
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.models import CustomField, Product

SUBJECTS = ["roadmaps.feature"]
SETTINGS = ["label", "hint", "is_internal", "position"]


class ChoiceOutput(serializers.Serializer):
    id = serializers.IntegerField()
    label = serializers.CharField()


class CustomFieldOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the product whose rows have it; null: all of them.")
    choices = ChoiceOutput(many=True, read_only=True)

    class Meta:
        model = CustomField
        fields = ["id", "subject", "product", "key", "kind", "choices", *SETTINGS, "version", "created_at", "updated_at"]


class CustomFieldInput(Input):
    subject = serializers.ChoiceField(SUBJECTS, required=False, default=SUBJECTS[0], help_text="What kind of rows have it.")
    key = serializers.CharField(
        max_length=40, help_text="The word of filters, imports and the API; of a product's own it begins with its key."
    )
    kind = serializers.ChoiceField(CustomField.Kind.choices)
    product = VisibleField(
        model=Product, by="key", required=False, allow_null=True, default=None, help_text="The key of the one product whose rows have it."
    )
    choices = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, help_text="The names of its choices, in their order."
    )

    class Meta:
        model = CustomField
        fields = ["subject", "product", "key", "kind", "choices", "label", "hint", "is_internal"]


class ChoiceInput(Body):
    """A choice: one there is by its id, a new one without."""

    id = serializers.IntegerField(min_value=1, required=False)
    label = serializers.CharField(max_length=60)


class CustomFieldChange(ChangeInput):
    position = serializers.IntegerField(min_value=0, max_value=9_999, help_text="Where it stands among the fields.")
    choices = ChoiceInput(many=True, help_text="All of them in their order; one left out is taken away, unless it is in use.")

    class Meta:
        model = CustomField
        fields = [*SETTINGS, "choices"]


class CustomFields(Creates, Changes, Removes, Resource):
    """Fields of your own. What rows hold in them stands under `custom` of the row; kind, word and product stay as they were made."""

    model = CustomField
    output = CustomFieldOutput
    create_input = CustomFieldInput
    change_input = CustomFieldChange
    joins = ("product",)
    filters = {
        "subject": Filter("exact", "in"),
        "product": Filter("exact", "in", path="product__key"),
        "key": Filter("exact", "in"),
        "kind": Filter("exact", "in"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("position", "label", "id")
    default_order = "position"

    def get_queryset(self) -> QuerySet:
        """With the product, which says who keeps it."""
        return super().get_queryset().select_related("product")

    def create_row(self, **values):
        return services.create_custom_field(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_custom_field(actor=self.request.user, field=row, **values)

    def remove_row(self, row, seen):
        return services.delete_custom_field(actor=self.request.user, field=row, seen=seen)

"""Decisions."""

from collections import defaultdict

from rest_framework import serializers

from core.api.filters import Filter
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from core.models import Product, User
from governance import services
from governance.models import Decision, DecisionLink
from roadmaps.models import Feature, Initiative

MOST_LINKS = 50


def options_field(**kwargs) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=300), max_length=20, help_text="The choices in words.", **kwargs)


def links_field(model, by: str, **kwargs) -> serializers.ListField:
    return serializers.ListField(child=VisibleField(model=model, by=by), max_length=MOST_LINKS, **kwargs)


class DecisionOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null: the organisation's.")
    options = serializers.ListField(child=serializers.CharField(), read_only=True)
    features = serializers.ListField(child=serializers.CharField(), read_only=True, help_text="The keys of the features it is about.")
    initiatives = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    expandable = {"decided_by": PersonOutput}

    class Meta:
        model = Decision
        fields = [
            "id", "product", "question", "options", "outcome", "why", "expected", "decided_by", "decided_on", "look_again_on",
            "features", "initiatives", "version", "created_at", "updated_at",
        ]  # fmt: skip


WORDS = ["question", "options", "outcome", "why", "expected", "decided_by", "decided_on", "look_again_on", "features", "initiatives"]


class DecisionInput(Input):
    product = VisibleField(
        model=Product, by="key", required=False, allow_null=True, help_text="The key of a product; null: the organisation."
    )
    options = options_field(required=False)
    decided_by = VisibleField(model=User, required=False, help_text="The id of a person; you, where it is left out.")
    features = links_field(Feature, "key", required=False, help_text="Keys of features.")
    initiatives = links_field(Initiative, "id", required=False, help_text="Ids of initiatives.")

    class Meta:
        model = Decision
        fields = ["product", *WORDS]


class DecisionChange(ChangeInput):
    options = options_field()
    decided_by = VisibleField(model=User)
    features = links_field(Feature, "key")
    initiatives = links_field(Initiative, "id")

    class Meta:
        model = Decision
        fields = WORDS


class Decisions(Creates, Changes, Removes, Resource):
    """The decision log: of the products you see, and the organisation's."""

    model = Decision
    output = DecisionOutput
    create_input = DecisionInput
    change_input = DecisionChange
    joins = ("product",)
    filters = {
        "product": Filter("exact", "in", "isnull", path="product__key"),
        "question": Filter("contains"),
        "decided_by": Filter("exact", "in"),
        "decided_on": Filter("gte", "lte"),
        "look_again_on": Filter("gte", "lte", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("decided_on", "updated_at", "id")
    default_order = "-decided_on"

    def spoken(self, rows):
        found = defaultdict(list)
        for link in (
            DecisionLink.objects.visible_to(self.request.user).filter(decision__in=[row.pk for row in rows]).select_related("feature")
        ):
            found[link.decision_id].append(link)
        for row in rows:
            row.features = [link.feature.key for link in found[row.pk] if link.feature_id]
            row.initiatives = [link.initiative_id for link in found[row.pk] if link.initiative_id]
        return super().spoken(rows)

    def create_row(self, **values):
        return services.log_decision(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_decision(actor=self.request.user, decision=row, **values)

    def remove_row(self, row, seen):
        return services.delete_decision(actor=self.request.user, decision=row, seen=seen)

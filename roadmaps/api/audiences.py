"""Audiences: whom roadmaps are shown to, and behind which masks."""

from rest_framework import serializers

from core.api.filters import Filter
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output
from roadmaps import services
from roadmaps.models import FACTS, Audience

MASKS = ["name", "shows", "dates", "has_outside_names", "leaves_out", "position"]
SHOWS = "The facts they are shown beside names and dates; what is not named never leaves the database for them."


class AudienceOutput(Output):
    shows = serializers.ListField(child=serializers.ChoiceField(list(FACTS.items())), read_only=True, help_text=SHOWS)

    class Meta:
        model = Audience
        fields = ["id", "slug", *MASKS, "version", "created_at", "updated_at"]


class AudienceInput(Input):
    shows = serializers.ListField(child=serializers.ChoiceField(list(FACTS.items())), required=False, help_text=SHOWS)

    class Meta:
        model = Audience
        fields = MASKS


class AudienceChange(ChangeInput):
    shows = serializers.ListField(child=serializers.ChoiceField(list(FACTS.items())), help_text=SHOWS)

    class Meta:
        model = Audience
        fields = MASKS


class Audiences(Creates, Changes, Removes, Resource):
    """Whom roadmaps are shown to: product operations says what each of them sees. A change holds from their next request on."""

    model = Audience
    output = AudienceOutput
    create_input = AudienceInput
    change_input = AudienceChange
    filters = {"slug": Filter("exact", "in"), "updated_at": Filter("gte", "lte")}
    orderings = ("position", "name")
    default_order = "position"

    def create_row(self, **values):
        return services.create_audience(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_audience(actor=self.request.user, audience=row, **values)

    def remove_row(self, row, seen):
        return services.delete_audience(actor=self.request.user, audience=row, seen=seen)

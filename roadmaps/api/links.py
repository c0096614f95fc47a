"""Links to objectives and segments as the API speaks of them."""

from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from rest_framework import serializers

from core.api.serializers import Body, VisibleField
from core.sql import AsList
from portfolio.models import Objective
from roadmaps.models import FeatureObjective, FeatureSegment, InitiativeObjective


class ObjectiveLinkOutput(serializers.Serializer):
    objective = serializers.IntegerField(help_text="The id of an objective.")
    strength = serializers.IntegerField(help_text="1 somewhat, 2 clearly, 3 decisively.")


class ObjectiveLinkInput(Body):
    objective = VisibleField(model=Objective, help_text="The id of an objective.")
    strength = serializers.IntegerField(min_value=1, max_value=3, default=2, help_text="1 somewhat, 2 clearly, 3 decisively.")


def pairs(values: dict) -> dict:
    """The checked values with `objectives` as the services take them."""
    if "objectives" in values:
        values["objectives"] = [(link["objective"], link["strength"]) for link in values["objectives"]]
    return values


def objective_links(model: type[FeatureObjective | InitiativeObjective], owner: str) -> AsList:
    """The objectives a row of an outer query serves; who sees the row sees them."""
    links = model.objects.alive().filter(**{owner: OuterRef("pk")}, objective__deleted_at=None).order_by("objective_id")
    return AsList(links, JSONObject(objective="objective_id", strength="strength"))


def segment_links() -> AsList:
    """The segments a feature of an outer query is for; who sees the feature sees them."""
    links = FeatureSegment.objects.alive().filter(feature=OuterRef("pk"), segment__deleted_at=None).order_by("segment_id")
    return AsList(links, F("segment_id"))

"""Links to objectives and segments as the API speaks of them."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import CharField, F, IntegerField, Value
from rest_framework import serializers

from core.api.serializers import VisibleField
from portfolio.models import Objective
from roadmaps.models import Feature, FeatureObjective, FeatureSegment, Initiative, InitiativeObjective


class ObjectiveLinkOutput(serializers.Serializer):
    objective = serializers.IntegerField(help_text="The id of an objective.")
    strength = serializers.IntegerField(help_text="1 somewhat, 2 clearly, 3 decisively.")


class ObjectiveLinkInput(serializers.Serializer):
    objective = VisibleField(model=Objective, help_text="The id of an objective.")
    strength = serializers.IntegerField(min_value=1, max_value=3, default=2, help_text="1 somewhat, 2 clearly, 3 decisively.")


def pairs(values: dict) -> dict:
    """The checked values with `objectives` as the services take them."""
    if "objectives" in values:
        values["objectives"] = [(link["objective"], link["strength"]) for link in values["objectives"]]
    return values


def link_features(user, rows: Sequence[Feature], wanted: frozenset[str]) -> None:
    """Give every row its `objectives` and `segments`, in one statement."""
    ids = [row.pk for row in rows]
    parts = []
    if "objectives" in wanted:
        links = FeatureObjective.objects.visible_to(user).filter(feature__in=ids, objective__deleted_at=None).annotate(of=_word("o"))
        parts.append(links.values_list("of", "feature_id", "objective_id", F("strength")))
    if "segments" in wanted:
        links = FeatureSegment.objects.visible_to(user).filter(feature__in=ids, segment__deleted_at=None).annotate(of=_word("s"))
        parts.append(links.annotate(none=Value(0, IntegerField())).values_list("of", "feature_id", "segment_id", "none"))
    found: dict[tuple[str, int], list] = defaultdict(list)
    if ids and parts:
        for of, pk, other, strength in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
            found[of, pk].append({"objective": other, "strength": strength} if of == "o" else other)
    for row in rows:
        row.objectives = sorted(found["o", row.pk], key=lambda link: link["objective"])
        row.segments = sorted(found["s", row.pk])


def link_initiatives(user, rows: Sequence[Initiative]) -> None:
    """Give every row its `objectives`, in one statement."""
    found: dict[int, list] = defaultdict(list)
    links = InitiativeObjective.objects.visible_to(user).filter(initiative__in=[row.pk for row in rows], objective__deleted_at=None)
    for pk, objective, strength in links.order_by("objective_id").values_list("initiative_id", "objective_id", "strength"):
        found[pk].append({"objective": objective, "strength": strength})
    for row in rows:
        row.objectives = found[row.pk]


def _word(text: str) -> Value:
    return Value(text, CharField())

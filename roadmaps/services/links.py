"""What serves what: links of features and initiatives to objectives and segments."""

from collections.abc import Sequence

from core.exceptions import RuleBroken
from core.models import User
from core.writes import insert_many, remove, update
from portfolio.models import Objective, Segment
from roadmaps import events
from roadmaps.models import Feature, FeatureObjective, FeatureSegment, Initiative, InitiativeObjective
from roadmaps.permissions import must_be_linkable

STRENGTHS = (1, 2, 3)  # somewhat, clearly, decisively


def settle_objectives(actor: User, row: Feature | Initiative, wanted: Sequence[tuple[Objective, int]]) -> None:
    """The row serves exactly these objectives, each with its strength."""
    if isinstance(row, Feature):
        model, column = FeatureObjective, "feature"
        linked, unlinked = events.FEATURE_OBJECTIVE_LINKED, events.FEATURE_OBJECTIVE_UNLINKED
    else:
        model, column = InitiativeObjective, "initiative"
        linked, unlinked = events.INITIATIVE_OBJECTIVE_LINKED, events.INITIATIVE_OBJECTIVE_UNLINKED
    for objective, strength in wanted:
        must_be_linkable(actor, row.product_id, objective.product, "objective", "objectives")
        if strength not in STRENGTHS:
            raise RuleBroken("A feature serves an objective with a strength of 1, 2 or 3.", "objectives")
    known = {link.objective_id: link for link in model._base_manager.filter(**{column: row}, deleted_at=None)}
    for link in known.values():
        setattr(link, column, row)
    fresh: list[FeatureObjective | InitiativeObjective] = []
    for objective, strength in {objective.pk: (objective, strength) for objective, strength in wanted}.values():
        link = known.pop(objective.pk, None)
        if link is None:
            fresh.append(model(**{column: row}, objective=objective, strength=strength))
        else:
            update(link, {"strength": strength}, linked)
    insert_many(fresh, linked)
    for link in known.values():
        remove(link, unlinked)


def settle_segments(feature: Feature, wanted: Sequence[Segment]) -> None:
    """The feature is for exactly these segments."""
    known = {link.segment_id: link for link in FeatureSegment._base_manager.filter(feature=feature, deleted_at=None)}
    chosen = {segment.pk: segment for segment in wanted}.values()
    fresh = [FeatureSegment(feature=feature, segment=segment) for segment in chosen if known.pop(segment.pk, None) is None]
    insert_many(fresh, events.FEATURE_SEGMENT_LINKED)
    for link in known.values():
        link.feature = feature
        remove(link, events.FEATURE_SEGMENT_UNLINKED)

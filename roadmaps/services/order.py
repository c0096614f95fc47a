"""The order of a product's features by hand."""

from collections.abc import Sequence

from django.db.models import F, Value
from django.db.models.functions import Concat

from core.acts import acts, record
from core.exceptions import OutOfSight, RuleBroken
from core.models import Product, User
from core.permissions import must_edit
from core.sql import lock_name
from core.writes import update
from roadmaps import events, order
from roadmaps.models import Feature
from roadmaps.services.bulk import MOST


@acts
def move_features(
    *, actor: User, features: Sequence[Feature], before: Feature | None = None, after: Feature | None = None
) -> Sequence[Feature]:
    """The features stand directly before or after that one, in the order given, in one event; where they stand so already, none.

    Moves within a product wait for each other, so each is done in the order that it leaves behind.
    """
    anchor = before or after
    if anchor is None or (before and after):
        raise RuleBroken("Say before or after which feature.")
    must_edit(actor, anchor.product_id)
    if not features or len(features) > MOST:
        raise RuleBroken(f"Choose the features to move, at most {MOST}.")
    if {feature.product_id for feature in features} != {anchor.product_id}:
        raise RuleBroken("The order by hand is within one product. Choose features of the same one.")
    if anchor in features or len(set(features)) < len(features):
        raise RuleBroken("A feature cannot stand before or after itself.")
    lock_name(f"order of features {anchor.product_id}")
    rows = _fresh(features)
    keys = _free_keys(anchor, features, before is not None)
    if order.is_too_long(keys):
        _deal_anew(anchor.product_id)
        rows = _fresh(features)
        keys = _free_keys(anchor, features, before is not None)
    for row, key in zip(rows, keys, strict=False):
        update(row, {"sort_key": key}, events.FEATURES_MOVED)
    return rows


def _fresh(features: Sequence[Feature]) -> list[Feature]:
    """The features as they stand by now: who moved one of them meanwhile is no clash, but a move before this one."""
    found = Feature._base_manager.in_bulk([feature.pk for feature in features])
    return [found[feature.pk] for feature in features]


def _free_keys(anchor: Feature, features: Sequence[Feature], is_before: bool) -> list[str]:
    """A key for each feature beside the anchor as it stands now; none where the features stand there."""
    rows = Feature._base_manager.filter(product_id=anchor.product_id)
    here = rows.filter(pk=anchor.pk, deleted_at=None).values_list("sort_key", flat=True).first()
    if here is None:
        raise OutOfSight("There is no such feature any more.")
    beyond = rows.filter(sort_key__lt=here).order_by("-sort_key") if is_before else rows.filter(sort_key__gt=here).order_by("sort_key")
    beside = list(beyond.values_list("pk", "sort_key")[: len(features)])
    wanted = [feature.pk for feature in features]
    if [pk for pk, _ in beside] == (wanted[::-1] if is_before else wanted):
        return []
    neighbour = beside[0][1] if beside else None
    if is_before:
        return order.keys_between(neighbour, here, len(features)) if neighbour else order.keys_above(here, len(features))
    if neighbour:
        return order.keys_between(here, neighbour, len(features))
    last_number = Product._base_manager.values_list("last_number", flat=True).get(pk=anchor.product_id)
    return order.keys_below(here, last_number, len(features))


def _deal_anew(product_id: int) -> None:
    """All features of the product keep their order and have short keys again, recorded like the move that needs it."""
    rows = Feature._base_manager.filter(product_id=product_id).order_by("pk").select_for_update()
    held = sorted(rows, key=lambda feature: feature.sort_key)
    former = {feature.pk: feature.sort_key for feature in held}
    for feature, number in zip(held, sorted(feature.number for feature in held), strict=True):
        feature.sort_key, feature.version = order.dealt_key(number), feature.version + 1
    rows.update(sort_key=Concat(Value("x"), F("sort_key")))  # out of the way: the constraint is asked row by row
    Feature._base_manager.bulk_update(held, ["sort_key", "version"], batch_size=500)
    for feature in held:
        record(events.FEATURES_MOVED, feature, {"sort_key": former[feature.pk]}, {"sort_key": feature.sort_key})

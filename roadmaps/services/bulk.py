"""Many features changed or made at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.acts import act, acts, attempt
from core.exceptions import Conflict, Refused, RuleBroken
from core.models import Event, Product, User
from core.permissions import must_edit
from core.services import fill_custom_fields
from core.sql import run_returning_ids
from core.writes import insert_many
from roadmaps import events
from roadmaps.models import Feature, Stage
from roadmaps.order import first_key
from roadmaps.services.features import change_feature, check_values, feature_key, parted

MOST = 500


@dataclass(frozen=True)
class Left:
    """A feature the change left alone, or one `cell` of it, and why, in a sentence."""

    feature: Feature
    why: str
    cell: str = ""


@dataclass(frozen=True)
class BulkChange:
    """What became of a change of many: those changed or as wanted already, those left, and the event (None: nothing changed)."""

    done: list[Feature]
    left: list[Left]
    event: Event | None


def change_features(*, actor: User, seen: Mapping[int, int], reason: str = "", **values: Any) -> BulkChange:
    """Each feature in sight has the values, in one event; `seen` is {id: the version the person saw}.

    A feature in which somebody changed the same field since is left as it is, as is one a rule forbids to change.
    """
    if not values:
        raise RuleBroken("Choose what to change.")
    return change_cells(actor=actor, seen=seen, cells={pk: {"": values} for pk in seen}, reason=reason)


def change_cells(
    *, actor: User, seen: Mapping[int, int], cells: Mapping[int, Mapping[str, Mapping[str, Any]]], reason: str = ""
) -> BulkChange:
    """Each feature in sight holds what its cells are given, {id: {cell: {field: value}}}, in one event.

    Where the cells of a feature cannot all be changed, each is tried by itself, and those left are told.
    """
    if len(cells) > MOST:
        raise RuleBroken(f"At most {MOST} features can be changed at once.")
    done, left = [], []
    with act(actor, verb=events.FEATURES_CHANGED) as this:
        for feature in Feature.objects.visible_to(actor).filter(pk__in=cells).select_related("product", "stage").order_by("pk"):
            given = cells[feature.pk]
            together = {name: value for values in given.values() for name, value in values.items()}
            why = _attempt(actor, feature, seen[feature.pk], reason, together)
            if why and len(given) > 1:
                whys = {cell: _attempt(actor, feature, seen[feature.pk], reason, values) for cell, values in given.items()}
            else:
                whys = dict.fromkeys(given, why)
            left += [Left(feature, sentence, cell) for cell, sentence in whys.items() if sentence]
            if not all(whys.values()):
                done.append(feature)
    return BulkChange(done, left, this.event)


def _attempt(actor: User, feature: Feature, seen: int, reason: str, values: Mapping[str, Any]) -> str:
    """Change the feature; the sentence with which that is refused, nothing where it is done."""
    try:
        with attempt():
            change_feature(actor=actor, feature=feature, seen=seen, reason=reason, **values)
    except Conflict as conflict:
        return f"Somebody changed {', '.join(_name(clash.field) for clash in conflict.clashes)} meanwhile."
    except Refused as error:
        return str(error)
    return ""


@acts
def create_features(*, actor: User, product: Product, rows: Sequence[Mapping[str, Any]]) -> list[Feature]:
    """A feature per row of values, with the product's next numbers, in few statements; none where one breaks a rule."""
    must_edit(actor, product.pk)
    first = Stage.objects.alive().order_by("position").first()
    if first is None:
        raise RuleBroken("There is no stage yet. Product operations sets the process under Settings.", "stage")
    last = run_returning_ids(
        "UPDATE core_product SET last_number = last_number + %s WHERE id = %s RETURNING last_number", [len(rows), product.pk]
    )[0]
    now, features, customs = clock.now(), [], []
    for number, row in enumerate(rows, start=last - len(rows) + 1):
        values = {"stage": first, **{name: value for name, value in row.items() if value is not None}}
        stage = values.pop("stage")
        values, custom = parted(values)
        check_values(actor, product.pk, {"title": "", **values})
        feature = Feature(product=product, number=number, key=feature_key(product, number), sort_key=first_key(number), **values)
        feature.stage, feature.status = stage, stage.status
        feature.created_at = feature.updated_at = feature.stage_since = now
        features.append(feature)
        customs.append((feature, custom))
    insert_many(features, events.FEATURE_CREATED)
    fill_custom_fields(actor=actor, rows=customs)
    return features


def _name(field: str) -> str:
    known = {one.name: one for one in Feature._meta.get_fields()}
    return str(known[field].verbose_name) if field in known else field.replace("_", " ")

"""One change of many features."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.acts import act
from core.exceptions import Conflict, Refused, RuleBroken
from core.models import Event, User
from roadmaps import events
from roadmaps.models import Feature
from roadmaps.services.features import change_feature

MOST = 500


@dataclass(frozen=True)
class Left:
    """A feature the change left alone, and why, in a sentence."""

    feature: Feature
    why: str


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
    if len(seen) > MOST:
        raise RuleBroken(f"At most {MOST} features can be changed at once.")
    done, left = [], []
    with act(actor, verb=events.FEATURES_CHANGED) as this:
        for feature in Feature.objects.visible_to(actor).filter(pk__in=seen).select_related("product", "stage").order_by("pk"):
            try:
                with transaction.atomic():
                    done.append(change_feature(actor=actor, feature=feature, seen=seen[feature.pk], reason=reason, **values))
            except Conflict as conflict:
                left.append(Left(feature, f"Somebody changed {', '.join(_name(clash.field) for clash in conflict.clashes)} meanwhile."))
            except Refused as error:
                left.append(Left(feature, str(error)))
    return BulkChange(done, left, this.event)


def _name(field: str) -> str:
    return str(Feature._meta.get_field(field).verbose_name)

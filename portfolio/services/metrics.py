"""Every write of metrics and of their points."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Organisation, User
from core.writes import insert, insert_many, remove, update
from portfolio import events
from portfolio.models import KeyResult, Metric, MetricPoint
from portfolio.permissions import must_change_of
from portfolio.services.checks import check_fields
from portfolio.services.objectives import follow

EDITABLE = frozenset({"name", "definition", "unit", "direction", "product", "owner", "source", "cadence", "normal_low", "normal_high"})
MOST_POINTS = 2000  # in one act


class Point(NamedTuple):
    """A metric's value on a day, and what was out of the ordinary."""

    day: date
    value: Decimal
    note: str = ""


@acts
def create_metric(*, actor: User, name: str, **values: Any) -> Metric:
    """One agreed definition of a figure, of a product or the organisation."""
    product = values.get("product")
    must_change_of(actor, product.pk if product else None)
    values["name"] = name
    check_fields(values, EDITABLE, "A metric")
    return insert(Metric(**values), events.METRIC_CREATED)


@acts
def change_metric(*, actor: User, metric: Metric, seen: int | None = None, merge: bool = True, **values: Any) -> Metric:
    """The given fields are as given. Its product stays while key results follow it."""
    must_change_of(actor, metric.product_id)
    if "product" in values and getattr(values["product"], "pk", None) != metric.product_id:
        must_change_of(actor, values["product"].pk if values["product"] else None)
        if KeyResult._base_manager.filter(metric=metric, deleted_at=None).exists():
            raise RuleBroken("Key results follow this metric, so its product cannot change.", "product")
    check_fields(values, EDITABLE, "A metric")
    return update(metric, values, events.METRIC_CHANGED, seen=seen, merge=merge)


@acts
def delete_metric(*, actor: User, metric: Metric, seen: int | None = None) -> Metric:
    """The metric has left every list; key results that followed it keep their last value and are checked in by hand."""
    must_change_of(actor, metric.product_id)
    for key_result in _followers(metric):
        update(key_result, {"metric": None}, events.KEY_RESULT_CHANGED)
    return remove(metric, events.METRIC_DELETED, seen=seen)


@acts
def record_points(*, actor: User, metric: Metric, points: Iterable[Point]) -> list[MetricPoint]:
    """The metric has these values on these days, whatever it had there before; key results follow the last one."""
    must_change_of(actor, metric.product_id)
    wanted = {point.day: point for point in points}
    if len(wanted) > MOST_POINTS:
        raise RuleBroken(f"At most {MOST_POINTS} points can be recorded at once.")
    if wanted and max(wanted) > Organisation.today():
        raise RuleBroken("A point cannot lie in the future.", "day")
    known = {row.day: row for row in MetricPoint._base_manager.filter(metric=metric, day__in=wanted, deleted_at=None)}
    for row in known.values():
        row.metric = metric
        update(row, {"value": wanted[row.day].value, "note": wanted[row.day].note}, events.POINTS_RECORDED)
    fresh = [MetricPoint(metric=metric, day=p.day, value=p.value, note=p.note) for day, p in sorted(wanted.items()) if day not in known]
    insert_many(fresh, events.POINTS_RECORDED)
    for key_result in _followers(metric):
        follow(key_result, events.POINTS_RECORDED)
    return sorted([*known.values(), *fresh], key=lambda row: row.day)


@acts
def delete_point(*, actor: User, point: MetricPoint) -> MetricPoint:
    """The metric has no value on that day."""
    must_change_of(actor, point.metric.product_id)
    remove(point, events.POINT_DELETED)
    for key_result in _followers(point.metric):
        follow(key_result, events.POINT_DELETED)
    return point


def _followers(metric: Metric):
    return KeyResult._base_manager.filter(metric=metric, deleted_at=None).select_related("objective").order_by("pk")

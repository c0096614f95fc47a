"""Every write of objectives, their key results, and what is said of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Organisation, User
from core.permissions import must
from core.writes import insert, remove, update
from portfolio import events
from portfolio.models import CheckIn, KeyResult, MetricPoint, Objective
from portfolio.permissions import can_check_in, must_change_of, must_link
from portfolio.services.checks import check_fields

OBJECTIVE_FIELDS = frozenset({"title", "description", "product", "line", "owner", "parent", "starts_on", "ends_on", "weight"})
KEY_RESULT_FIELDS = frozenset({"title", "unit", "direction", "start", "target", "metric", "position"})


@acts
def create_objective(*, actor: User, title: str, **values: Any) -> Objective:
    """An outcome for a product, a line or, without either, the organisation, in a period."""
    product = values.get("product")
    must_change_of(actor, product.pk if product else None)
    values["title"] = title
    _check(actor, Objective(), values)
    return insert(Objective(**values), events.OBJECTIVE_CREATED)


@acts
def change_objective(*, actor: User, objective: Objective, seen: int | None = None, merge: bool = True, **values: Any) -> Objective:
    """The given fields are as given. Who gives it another scope may change what belongs to either."""
    must_change_of(actor, objective.product_id)
    if "product" in values and getattr(values["product"], "pk", None) != objective.product_id:
        must_change_of(actor, values["product"].pk if values["product"] else None)
        _refuse_move(objective)
    _check(actor, objective, values)
    return update(objective, values, events.OBJECTIVE_CHANGED, seen=seen, merge=merge)


@acts
def delete_objective(*, actor: User, objective: Objective, seen: int | None = None) -> Objective:
    """The objective has left every list with its key results; objectives under it stand on their own."""
    must_change_of(actor, objective.product_id)
    for child in Objective._base_manager.filter(parent=objective, deleted_at=None):
        update(child, {"parent": None}, events.OBJECTIVE_CHANGED)
    for key_result in _results(objective=objective):
        remove(key_result, events.KEY_RESULT_DELETED)
    return remove(objective, events.OBJECTIVE_DELETED, seen=seen)


@acts
def create_key_result(*, actor: User, objective: Objective, title: str, target: Decimal, **values: Any) -> KeyResult:
    """A figure that shows whether the objective is reached, after those it has already."""
    must_change_of(actor, objective.product_id)
    values |= {"title": title, "target": target}
    _check_result(actor, objective, values)
    values.setdefault("position", _results(objective=objective).count())
    made = KeyResult(objective=objective, **values)
    made.current = _latest_value(made)
    return insert(made, events.KEY_RESULT_CREATED)


@acts
def change_key_result(*, actor: User, key_result: KeyResult, seen: int | None = None, merge: bool = True, **values: Any) -> KeyResult:
    """The given fields are as given; its current value is that of its metric or of the last check-in."""
    must_change_of(actor, key_result.objective.product_id)
    _check_result(actor, key_result.objective, values)
    update(key_result, values, events.KEY_RESULT_CHANGED, seen=seen, merge=merge)
    if "metric" in values:
        key_result.metric = values["metric"]
        follow(key_result, events.KEY_RESULT_CHANGED)
    return key_result


@acts
def delete_key_result(*, actor: User, key_result: KeyResult, seen: int | None = None) -> KeyResult:
    """The key result has left its objective."""
    must_change_of(actor, key_result.objective.product_id)
    return remove(key_result, events.KEY_RESULT_DELETED, seen=seen)


@acts
def check_in(
    *,
    actor: User,
    key_result: KeyResult,
    value: Decimal,
    confidence: Decimal | None = None,
    note: str = "",
    day: date | None = None,
) -> CheckIn:
    """Somebody said where it stands on a day, today unless told otherwise, and how sure they are to reach the target (0..1)."""
    must(can_check_in(actor, key_result), "Only the objective's owner and who may change it may check in.")
    today = Organisation.today()
    if day is not None and day > today:
        raise RuleBroken("A check-in cannot lie in the future.", "day")
    if confidence is not None and not 0 <= confidence <= 1:
        raise RuleBroken("Confidence lies between 0 and 100 %.", "confidence")
    row = CheckIn(key_result=key_result, day=day or today, value=value, confidence=confidence, note=note.strip(), author=actor)
    insert(row, events.CHECKED_IN)
    follow(key_result, events.CHECKED_IN)
    return row


def follow(key_result: KeyResult, verb: str) -> None:
    """Its current value is that of its metric's last point or, without a metric, of the last check-in."""
    update(key_result, {"current": _latest_value(key_result)}, verb)


def _latest_value(key_result: KeyResult) -> Decimal | None:
    if key_result.metric_id is not None:
        points = MetricPoint._base_manager.filter(metric_id=key_result.metric_id, deleted_at=None).order_by("-day")
        return points.values_list("value", flat=True).first()
    if key_result.pk is None:
        return None
    said = CheckIn._base_manager.filter(key_result=key_result, deleted_at=None).order_by("-day", "-pk")
    return said.values_list("value", flat=True).first()


def _results(**which: Any):
    return KeyResult._base_manager.filter(deleted_at=None, **which).select_related("objective")


def _refuse_move(objective: Objective) -> None:
    """What hangs on an objective was linked under the rights of its product."""
    if Objective._base_manager.filter(parent=objective, deleted_at=None).exists():
        raise RuleBroken("Other objectives lie under this one, so its product cannot change.", "product")
    if _results(objective=objective).exclude(metric=None).exclude(metric__product=None).exists():
        raise RuleBroken("Its key results follow metrics of a product, so its product cannot change.", "product")


def _check(actor: User, objective: Objective, values: dict[str, Any]) -> None:
    """A scope is a product or a line, and what lies above an objective is in everybody's sight who sees the objective."""
    check_fields(values, OBJECTIVE_FIELDS, "An objective", "title")

    def final(name: str) -> Any:
        return values[name] if name in values else getattr(objective, name, None)

    product, line, parent = final("product"), final("line"), final("parent")
    if product is not None and line is not None:
        raise RuleBroken("An objective belongs to a product or to a line, not to both.", "line")
    if parent is None:
        return
    must_link(actor, product.pk if product else None, parent.product, "objective", "parent")
    above: Objective | None = parent
    while above is not None:
        if objective.pk is not None and above.pk == objective.pk:
            raise RuleBroken("An objective cannot lie under itself.", "parent")
        above = Objective._base_manager.filter(pk=above.parent_id, deleted_at=None).first()


def _check_result(actor: User, objective: Objective, values: dict[str, Any]) -> None:
    check_fields(values, KEY_RESULT_FIELDS, "A key result", "title")
    if metric := values.get("metric"):
        must_link(actor, objective.product_id, metric.product, "metric", "metric")

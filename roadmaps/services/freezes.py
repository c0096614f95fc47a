"""Every write of a freeze period."""

from datetime import date
from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Product, User
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.models import FreezePeriod
from roadmaps.permissions import must_change_release

EDITABLE = frozenset({"reason", "starts_on", "ends_on"})


@acts
def create_freeze(*, actor: User, product: Product | None, reason: str, starts_on: date, ends_on: date) -> FreezePeriod:
    """The product, or without one everybody, releases nothing from the first to the last day."""
    must_change_release(actor, product and product.pk)
    values = {"reason": reason.strip(), "starts_on": starts_on, "ends_on": ends_on}
    _check(values)
    return insert(FreezePeriod(product=product, **values), events.FREEZE_CREATED)


@acts
def change_freeze(*, actor: User, freeze: FreezePeriod, seen: int | None = None, merge: bool = True, **values: Any) -> FreezePeriod:
    """Reason and days are as given."""
    must_change_release(actor, freeze.product_id)
    _check(values)
    return update(freeze, values, events.FREEZE_CHANGED, seen=seen, merge=merge)


@acts
def delete_freeze(*, actor: User, freeze: FreezePeriod, seen: int | None = None) -> FreezePeriod:
    """The freeze holds no longer."""
    must_change_release(actor, freeze.product_id)
    return remove(freeze, events.FREEZE_DELETED, seen=seen)


def _check(values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"A freeze has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "reason" in values and not values["reason"].strip():
        raise RuleBroken("Say why nothing is released.", "reason")

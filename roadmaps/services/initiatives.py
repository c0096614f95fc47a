"""Every write of an initiative."""

from collections.abc import Sequence
from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Product, User
from core.permissions import must_edit
from core.writes import insert, remove, update
from portfolio.models import Objective
from roadmaps import events
from roadmaps.models import Feature, Initiative
from roadmaps.services.links import settle_objectives

EDITABLE = frozenset({"name", "outcome", "outside_name", "owner", "horizon"})


@acts
def create_initiative(
    *, actor: User, product: Product, name: str, objectives: Sequence[tuple[Objective, int]] = (), **values: Any
) -> Initiative:
    """An initiative of the product, serving these objectives."""
    must_edit(actor, product.pk)
    _check({"name": name, **values})
    initiative = insert(Initiative(product=product, name=name.strip(), **values), events.INITIATIVE_CREATED)
    settle_objectives(actor, initiative, objectives)
    return initiative


@acts
def change_initiative(
    *,
    actor: User,
    initiative: Initiative,
    seen: int | None = None,
    merge: bool = True,
    objectives: Sequence[tuple[Objective, int]] | None = None,
    **values: Any,
) -> Initiative:
    """The given fields are as given; with `objectives` it serves exactly these."""
    must_edit(actor, initiative.product_id)
    _check(values)
    update(initiative, values, events.INITIATIVE_CHANGED, seen=seen, merge=merge)
    if objectives is not None:
        settle_objectives(actor, initiative, objectives)
    return initiative


@acts
def delete_initiative(*, actor: User, initiative: Initiative, seen: int | None = None) -> Initiative:
    """The initiative has left every list; what hung on it hangs on none. Undo brings both back.

    Refused while features in the actor's sight hang on it that others plan.
    """
    must_edit(actor, initiative.product_id)
    hanging = list(Feature._base_manager.filter(initiative=initiative, deleted_at=None))
    if others := sum(feature.product_id in actor.rights.visible - actor.rights.editable for feature in hanging):
        some = "A feature of another product hangs" if others == 1 else f"{others} features of other products hang"
        raise RuleBroken(f"{some} on this initiative. Ask their owners to move them first.")
    for feature in hanging:
        update(feature, {"initiative": None}, events.FEATURE_CHANGED)
    return remove(initiative, events.INITIATIVE_DELETED, seen=seen)


def _check(values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"An initiative has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "name" in values and not values["name"].strip():
        raise RuleBroken("An initiative needs a name.", "name")

"""Every write of a saved roadmap."""

from typing import Any

from core.acts import acts
from core.exceptions import OutOfSight, RuleBroken
from core.models import User
from core.permissions import can_see_product, must
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.models import Roadmap
from roadmaps.permissions import can_change_roadmap

EDITABLE = frozenset({"name", "product", "layout", "query", "is_shared"})
REFUSAL = "Only its owner may change this roadmap. Save one of your own instead."


@acts
def create_roadmap(*, actor: User, name: str, **values: Any) -> Roadmap:
    """A roadmap of one's own, seen by others when it is shared."""
    must(actor.rights.is_member, "Guests see what is shared with them and save nothing.")
    _check(actor, {"name": name, **values})
    return insert(Roadmap(owner=actor, name=name.strip(), **values), events.ROADMAP_CREATED)


@acts
def change_roadmap(*, actor: User, roadmap: Roadmap, seen: int | None = None, merge: bool = True, **values: Any) -> Roadmap:
    """Name, scope, layout, query and sharing are as given."""
    must(can_change_roadmap(actor, roadmap), REFUSAL)
    _check(actor, values)
    return update(roadmap, values, events.ROADMAP_CHANGED, seen=seen, merge=merge)


@acts
def delete_roadmap(*, actor: User, roadmap: Roadmap, seen: int | None = None) -> Roadmap:
    """The roadmap has left every list; what it showed stays."""
    must(can_change_roadmap(actor, roadmap), REFUSAL)
    return remove(roadmap, events.ROADMAP_DELETED, seen=seen)


def _check(actor: User, values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"A roadmap has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "name" in values and not values["name"].strip():
        raise RuleBroken("A roadmap needs a name.", "name")
    product = values.get("product")
    if product is not None and not can_see_product(actor, product.pk):
        raise OutOfSight("There is no such product, or it is not yours to see.")

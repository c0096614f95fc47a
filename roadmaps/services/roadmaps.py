"""Every write of a kept roadmap."""

from collections.abc import Sequence
from typing import Any

from core.acts import RowChange, acts
from core.exceptions import OutOfSight, RuleBroken
from core.models import User
from core.permissions import can_see_product, must
from core.sql import lock_name
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.dependencies import Edge, find_circle
from roadmaps.models import Roadmap, RoadmapSource
from roadmaps.permissions import can_change_roadmap

EDITABLE = frozenset({"name", "product", "layout", "query", "is_shared", "is_theme_only", "snapshot_every"})
REFUSAL = "Only its owner may change this roadmap. Save one of your own instead."


@acts
def create_roadmap(*, actor: User, name: str, sources: Sequence[Roadmap] = (), **values: Any) -> Roadmap:
    """A roadmap of one's own, seen by others when it is shared; with sources it shows what those show."""
    must(actor.rights.is_member, "Guests see what is shared with them and save nothing.")
    _check(actor, {"name": name, **values})
    roadmap = insert(Roadmap(owner=actor, name=name.strip(), **values), events.ROADMAP_CREATED)
    if sources:
        _settle_sources(actor, roadmap, sources)
    return roadmap


@acts
def change_roadmap(
    *,
    actor: User,
    roadmap: Roadmap,
    seen: int | None = None,
    merge: bool = True,
    sources: Sequence[Roadmap] | None = None,
    **values: Any,
) -> Roadmap:
    """Name, scope, layout, query and sharing are as given; with `sources` it is made of exactly these, as far as the actor sees them."""
    must(can_change_roadmap(actor, roadmap), REFUSAL)
    _check(actor, values)
    update(roadmap, values, events.ROADMAP_CHANGED, seen=seen, merge=merge)
    if sources is not None:
        _settle_sources(actor, roadmap, sources)
    return roadmap


@acts
def delete_roadmap(*, actor: User, roadmap: Roadmap, seen: int | None = None) -> Roadmap:
    """The roadmap has left every list and every roadmap made of it; what it showed stays."""
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


def _settle_sources(actor: User, roadmap: Roadmap, sources: Sequence[Roadmap]) -> None:
    """The roadmap is made of these. Refused where one of them is out of sight, or made of this one itself, however far down."""
    lock_name("roadmap-sources")
    living = RoadmapSource._base_manager.filter(deleted_at=None)
    wanted = {source.pk: source for source in sources}
    if Roadmap.objects.visible_to(actor).filter(pk__in=wanted).count() < len(wanted):
        raise OutOfSight("There is no such roadmap, or it is not yours to see.")
    edges = list(living.values_list("roadmap_id", "source_id"))
    for source in wanted.values():
        _refuse_circle(edges, roadmap.pk, source)
    for link in living.filter(roadmap=roadmap).select_related("roadmap", "source"):
        if link.source_id not in wanted and Roadmap.objects.visible_to(actor).filter(pk=link.source_id).exists():
            remove(link, events.ROADMAP_SOURCE_REMOVED)
        wanted.pop(link.source_id, None)
    for source in wanted.values():
        insert(RoadmapSource(roadmap=roadmap, source=source), events.ROADMAP_SOURCE_ADDED)


def close_sources(changes: dict[tuple[str, int], RowChange], is_alone: bool) -> None:
    """A source that is there again because its removal was taken back is not made of the roadmap meanwhile."""
    again = [change.row for (label, _), change in changes.items() if label == "roadmaps.roadmapsource" and change.before is not None]
    again = [link for link in again if link.deleted_at is None]
    if again:
        lock_name("roadmap-sources")
        edges = list(RoadmapSource._base_manager.filter(deleted_at=None).values_list("roadmap_id", "source_id"))
        for link in again:
            _refuse_circle(edges, link.roadmap_id, link.source)


def _refuse_circle(edges: list[Edge], roadmap_id: int, source: Roadmap) -> None:
    if find_circle(edges, (roadmap_id, source.pk)):
        raise RuleBroken(f"{source.name} is made of this roadmap, so this one cannot be made of it.", "sources")

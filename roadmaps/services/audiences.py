"""Every write of an audience."""

from typing import Any

from django.utils.text import slugify

from core.acts import acts
from core.exceptions import RuleBroken
from core.filtering import FilterError, read
from core.models import User
from core.permissions import can_shape_process, must
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.models import FACTS, Audience

REFUSAL = "Only product operations and administrators may change audiences."
EDITABLE = frozenset({"name", "shows", "dates", "has_outside_names", "leaves_out", "position"})
MOST = 30
SLUG_LENGTH = 40


@acts
def create_audience(*, actor: User | None, name: str, slug: str = "", **values: Any) -> Audience:
    """Roadmaps can be shown to these people from now on. Without a `slug` it is made of the name."""
    must(actor is None or can_shape_process(actor), REFUSAL)
    _check({"name": name, **values})
    if Audience._base_manager.filter(deleted_at=None).count() >= MOST:
        raise RuleBroken(f"There are {MOST} audiences already. Change one, or remove one that nobody is shown anything as.")
    return insert(Audience(slug=slug or _free_slug(name), name=name.strip(), **values), events.AUDIENCE_CREATED)


@acts
def change_audience(*, actor: User, audience: Audience, seen: int | None = None, merge: bool = True, **values: Any) -> Audience:
    """Whoever is shown something as this audience sees it so from their next request on."""
    must(can_shape_process(actor), REFUSAL)
    _check(values)
    return update(audience, values, events.AUDIENCE_CHANGED, seen=seen, merge=merge)


@acts
def delete_audience(*, actor: User, audience: Audience, seen: int | None = None) -> Audience:
    """Nothing is shown to it any more: its links lead nowhere from the next request on."""
    must(can_shape_process(actor), REFUSAL)
    return remove(audience, events.AUDIENCE_DELETED, seen=seen)


def _check(values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"An audience has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "name" in values and not values["name"].strip():
        raise RuleBroken("An audience needs a name.", "name")
    shows = values.get("shows", [])
    if not isinstance(shows, list) or (unknown := [fact for fact in shows if fact not in FACTS]):
        raise RuleBroken(f"An audience is shown some of: {', '.join(FACTS)}.", "shows")
    try:
        read(values.get("leaves_out", "").strip())
    except FilterError as error:
        raise RuleBroken(str(error), "leaves_out") from error


def _free_slug(name: str) -> str:
    """A slug made of the name that no audience has, removed ones included: their addresses stay theirs."""
    stem = slugify(name)[: SLUG_LENGTH - 3].strip("-") or "audience"
    taken = set(Audience._base_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, 1000))) if slug not in taken)

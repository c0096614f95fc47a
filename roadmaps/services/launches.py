"""Every write of launch checklists: those of releases, and the steps they begin with."""

from typing import Any

from core import clock
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import can_shape_process, must
from core.writes import insert, insert_many, remove, update
from roadmaps import events
from roadmaps.models import LaunchStep, Release, ReleaseItem
from roadmaps.permissions import must_change_release

EDITABLE = frozenset({"text", "owner", "day", "days_before", "position"})
MOST_ITEMS = 100
REFUSAL = "Only product operations and administrators may change the steps a checklist begins with."


@acts
def begin_checklist(*, actor: User, release: Release) -> list[ReleaseItem]:
    """The release has the organisation's launch steps as its checklist; refused where it has one."""
    must_change_release(actor, release.product_id)
    if ReleaseItem.objects.filter(release=release, deleted_at=None).exists():
        raise RuleBroken("This release has a checklist already. Add to it what is missing.")
    steps = list(LaunchStep.objects.filter(deleted_at=None))
    if not steps:
        raise RuleBroken("There are no launch steps to begin with. Product operations writes them under Settings.")
    items = [ReleaseItem(release=release, text=step.text, days_before=step.days_before, position=n) for n, step in enumerate(steps)]
    return list(insert_many(items, events.RELEASE_CHECKLIST_BEGUN))


@acts
def create_item(*, actor: User, release: Release, text: str, **values: Any) -> ReleaseItem:
    """The checklist of the release has one more line, as its last unless told otherwise."""
    must_change_release(actor, release.product_id)
    _check({"text": text, **values})
    positions = list(ReleaseItem.objects.filter(release=release, deleted_at=None).values_list("position", flat=True))
    if len(positions) >= MOST_ITEMS:
        raise RuleBroken(f"A checklist has {MOST_ITEMS} lines at most.")
    item = ReleaseItem(release=release, text=text.strip(), **{"position": max(positions, default=-1) + 1, **values})
    return insert(item, events.RELEASE_ITEM_CREATED)


@acts
def change_item(*, actor: User, item: ReleaseItem, seen: int | None = None, merge: bool = True, **values: Any) -> ReleaseItem:
    """Text, owner and the day it is due are as given."""
    must_change_release(actor, item.release.product_id)
    _check(values)
    return update(item, values, events.RELEASE_ITEM_CHANGED, seen=seen, merge=merge)


@acts
def finish_item(*, actor: User, item: ReleaseItem, seen: int | None = None) -> ReleaseItem:
    """The item is done, by this person, now; done already, it stays as it is."""
    must_change_release(actor, item.release.product_id)
    if item.done_at is not None:
        return item
    return update(item, {"done_at": clock.now(), "done_by": actor}, events.RELEASE_ITEM_DONE, seen=seen)


@acts
def reopen_item(*, actor: User, item: ReleaseItem, seen: int | None = None) -> ReleaseItem:
    """The item is to be done."""
    must_change_release(actor, item.release.product_id)
    return update(item, {"done_at": None, "done_by": None}, events.RELEASE_ITEM_REOPENED, seen=seen)


@acts
def delete_item(*, actor: User, item: ReleaseItem, seen: int | None = None) -> ReleaseItem:
    """The checklist no longer asks for it."""
    must_change_release(actor, item.release.product_id)
    return remove(item, events.RELEASE_ITEM_DELETED, seen=seen)


@acts
def create_step(*, actor: User | None, text: str, days_before: int = 0, position: int = 0) -> LaunchStep:
    """Checklists begun from now on have this line; those begun before stay as they are."""
    must(actor is None or can_shape_process(actor), REFUSAL)
    _check({"text": text})
    if LaunchStep.objects.filter(deleted_at=None).count() >= MOST_ITEMS:
        raise RuleBroken(f"A checklist has {MOST_ITEMS} lines at most.")
    return insert(LaunchStep(text=text.strip(), days_before=days_before, position=position), events.LAUNCH_STEP_CREATED)


@acts
def change_step(*, actor: User, step: LaunchStep, seen: int | None = None, merge: bool = True, **values: Any) -> LaunchStep:
    """The step is as given, for checklists begun from now on."""
    must(can_shape_process(actor), REFUSAL)
    _check(values)
    return update(step, values, events.LAUNCH_STEP_CHANGED, seen=seen, merge=merge)


@acts
def delete_step(*, actor: User, step: LaunchStep, seen: int | None = None) -> LaunchStep:
    """Checklists begun from now on go without it."""
    must(can_shape_process(actor), REFUSAL)
    return remove(step, events.LAUNCH_STEP_DELETED, seen=seen)


def _check(values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"A line of a checklist has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "text" in values and not values["text"].strip():
        raise RuleBroken("Say what is to be done.", "text")

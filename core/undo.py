"""Taking an act back: the inverse of its changes, where nobody changed the same since."""

from typing import Any

from django.apps import apps

from core import clock, events
from core.acts import act
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event, User, Versioned
from core.permissions import can_edit_product, can_shape_process
from core.registry import subject_of
from core.writes import update


def undo_event(*, actor: User, event: Event) -> Event:
    """Every row the act touched is as it was before it, in one event of its own.

    Only one's own acts can be taken back, whole or not at all. Refused with a sentence where a field was changed again since, where
    the rights are gone, and where the act was taken back already.
    """
    if event.actor_id != actor.pk:
        raise NotAllowed("You can take back your own changes only. The history shows who made this one.")
    with act(actor, verb=events.EVENT_UNDONE, undoes=event.number) as this:
        if Event.objects.filter(undoes=event.number).exists():
            raise RuleBroken("This was taken back already.")
        changes = list(Change.objects.filter(event=event).order_by("-pk"))
        if not changes:
            raise RuleBroken("There is nothing to take back.")
        for change in changes:
            _invert(actor, change)
    if this.event is None:
        raise RuleBroken("There is nothing to take back: everything is as it was.")
    return this.event


def _invert(actor: User, change: Change) -> None:
    model = apps.get_model(change.subject_type)
    subject = subject_of(change.subject_type)
    row = model._base_manager.get(pk=change.subject_id)
    if not subject.undoable:
        raise RuleBroken(f"A change of a {subject.noun} cannot be taken back; change it again instead.")
    _check_rights(actor, change.product_id)
    update(row, _former_values(row, change), events.EVENT_UNDONE)


def _check_rights(actor: User, product_id: int | None) -> None:
    if product_id is not None and product_id not in actor.rights.visible:
        raise OutOfSight("There is no such change, or it is not yours to see.")
    if not (can_edit_product(actor, product_id) if product_id is not None else can_shape_process(actor)):
        raise NotAllowed("You may not change this any more, so you cannot take the change back.")


def _former_values(row: Versioned, change: Change) -> dict[str, Any]:
    """The values to write; raises `Conflict` where a field no longer holds what the act gave it."""
    if change.before is None:
        if row.version > change.version_after and Change.objects.of(row).filter(version_after__gt=change.version_after).exists():
            raise RuleBroken("Somebody has changed this since it was added. Remove it by hand if that is what you want.")
        return {"deleted_at": clock.now()}
    fields = {f.name: f for f in row.recorded_fields()}
    former = {}
    for name, was in change.before.items():
        field = fields[name]
        gave, holds = field.to_python((change.after or {}).get(name)), getattr(row, field.attname)
        if holds != gave:
            raise RuleBroken(f"Somebody has changed {field.verbose_name} since. Nothing was taken back; the history shows what is there now.")
        former[name] = field.to_python(was)
    return former

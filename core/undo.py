"""Taking an act back: the inverse of its changes, where nobody changed the same since. Taking back what was taken back does it again."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey

from core import clock, events
from core.acts import Because, act
from core.crossings import may_become
from core.exceptions import ChangedSince, NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event, Product, User, Versioned
from core.permissions import can_edit_product, can_shape_process, can_write
from core.registry import reversals, subject_of
from core.writes import update_many

GONE = "You may not change this any more, so you cannot take the change back."


def undo_event(*, actor: User, event: Event) -> Event:
    """Every row the act touched is as it was before it, in one event of its own.

    Only one's own acts can be taken back, whole or not at all. Refused with a sentence where a field was changed again since, where
    the rights are gone, and where the act was taken back already.
    """
    if event.actor_id != actor.pk:
        raise NotAllowed("You can take back your own changes only. The history shows who made this one.")
    # What belongs to a whole that is turned as one stays part of it.
    because = Because(event.because_type, event.because_id, event.because_label) if event.because_type in reversals else Because()
    # What was brought in with its past never was, once the whole is taken back: the past must not tell of it either.
    at = event.at if event.written_at and event.because_type in reversals else None
    with act(actor, verb=events.EVENT_UNDONE, undoes=event.number, because=because, at=at) as this:
        if Event.objects.filter(undoes=event.number).exists():
            raise RuleBroken("This was taken back already.")
        changes = list(Change.objects.filter(event=event).order_by("-pk"))
        if not changes:
            raise RuleBroken("There is nothing to take back.")
        for (label, was_made), some in groupby(changes, key=lambda change: (change.subject_type, change.before is None)):
            held = list(some)
            rows = _rows_of(apps.get_model(label), [change.subject_id for change in held])
            (_take_away if was_made else _put_back)(actor, [(rows[change.subject_id], change) for change in held])
    if this.event is None:
        raise RuleBroken("There is nothing to take back: everything is as it was.")
    return this.event


def can_offer_undo(user: User, change: Change, has_parts: bool = False) -> bool:
    """Whether the history should offer to take the change's event back: a quick look, the undo itself checks everything.

    `has_parts` says that the event changed parts of the row, whatever it did to the row itself.
    """
    subject = subject_of(change.subject_type)
    return change.event.actor_id == user.pk and subject.undoable and (change.before is None or bool(change.after) or has_parts)


def _rows_of(model: type[Versioned], ids: list[int]) -> dict[int, Versioned]:
    """The rows by id, deleted ones too, each with the row that decides on its rights."""
    rows = model._base_manager.select_related(model.rights_through) if model.rights_through else model._base_manager
    return rows.in_bulk(ids)


def _take_away(actor: User, touched: list[tuple[Versioned, Change]]) -> None:
    """Rows the act made leave every list, together."""
    for row, change in touched:
        _check_may(actor, row, change)
        _check_untouched(row, change)
    update_many([row for row, _ in touched], {"deleted_at": clock.now()}, events.EVENT_UNDONE)


def _put_back(actor: User, touched: list[tuple[Versioned, Change]]) -> None:
    """The fields the act changed hold what they held before: rows that held the same, together."""
    alike: dict[str, tuple[dict[str, Any], list[Versioned]]] = {}
    checked: set[tuple[int | None, str, Any]] = set()
    for row, change in touched:
        _check_may(actor, row, change)
        former = _former_values(row, change)
        for name, value in former.items() if former.get("deleted_at") is None else ():  # what leaves again may point at what is gone
            link = (row.product_for_rights, name, value)
            if isinstance(row._meta.get_field(name), ForeignKey) and link not in checked:
                _check_link(actor, row, name, value)
                checked.add(link)
        if isinstance(row, Product):
            may_become(row, former.get("visibility", row.visibility))
        alike.setdefault(repr(sorted(former.items())), (former, []))[1].append(row)
    for former, rows in alike.values():
        update_many(rows, former, events.EVENT_UNDONE)


def _check_may(actor: User, row: Versioned, change: Change) -> None:
    """Refuse where nobody could, or this person may not, take the change back."""
    subject = subject_of(change.subject_type)
    if not subject.undoable:
        raise RuleBroken(f"A change of a {subject.noun} cannot be taken back; change it again instead.")
    for product_id in {change.product_id, row.product_for_rights} - {None}:
        if product_id not in actor.rights.visible:
            raise OutOfSight("There is no such change, or it is not yours to see.")
    if not (subject.may_undo or _may_edit)(actor, row):
        raise NotAllowed(GONE)
    if change.salt == "":
        raise RuleBroken("What was there before was erased for somebody's privacy, so this cannot be taken back.")


def _may_edit(actor: User, row: Versioned) -> bool:
    """What is asked where the subject does not say otherwise: to edit the product, or, of the organisation's own, to shape the process."""
    product_id = row.product_for_rights
    return can_edit_product(actor, product_id) if product_id is not None else can_shape_process(actor) and can_write(actor)


def _check_untouched(row: Versioned, change: Change) -> None:
    """Refuse to take away what somebody changed since the act made it."""
    later = Change.objects.of(row).filter(version_after__gt=change.version_after)
    if row.version > change.version_after and later.exists() and not _is_as_made(row, change):
        who = _who_changed(row, change)
        raise ChangedSince(f"{who} changed this since it was added. Remove it by hand if that is what you want.", _page_of(row))


def _former_values(row: Versioned, change: Change) -> dict[str, Any]:
    """The values to write; refuses where a field no longer holds what the act gave it."""
    fields = {f.name: f for f in row.recorded_fields()}
    former = {}
    for name, was in change.before.items():
        if name in row.rising:
            continue
        if name not in fields:
            raise RuleBroken("This changed something that is kept no more, so it cannot be taken back.")
        field = fields[name]
        gave, holds = field.to_python((change.after or {}).get(name)), getattr(row, field.attname)
        if holds != gave:
            sentence = f"{_who_changed(row, change, name)} changed {field.verbose_name} since. Nothing was taken back."
            raise ChangedSince(sentence, _page_of(row))
        former[name] = field.to_python(was)
    return former


def _who_changed(row: Versioned, change: Change, name: str = "") -> str:
    """Who changed the row, or this field of it, last."""
    later = Change.objects.of(row).filter(version_after__gt=change.version_after).select_related("event__actor").order_by("-version_after")
    found = next((one.event.actor for one in later if not name or name in (one.after or {})), None)
    if found is None:
        return "Somebody"
    return "You" if found.pk == change.event.actor_id else found.name


def _page_of(row: Versioned) -> str:
    """Where the history of the row stands; empty where it has no page."""
    page = subject_of(row).url
    return page(row) if page and getattr(row, "deleted_at", None) is None else ""


def chain_ends(events: Iterable[Event]) -> list[tuple[Event, bool]]:
    """For each of these events, oldest first, the last one of its chain, and whether what it did holds after that.

    A statement for each link of the longest chain.
    """
    ends: dict[int | None, tuple[int, Event, bool]] = {event.number: (event.number, event, True) for event in events}
    while later := list(Event._base_manager.filter(undoes__in=ends)):
        for event in later:
            first, _, held = ends.pop(event.undoes)
            ends[event.number] = (first, event, not held)
    return [(event, holds) for _, event, holds in sorted(ends.values(), key=lambda end: end[0])]


def _is_as_made(row: Versioned, change: Change) -> bool:
    """Whether the row, changed since, holds again what it was made with: what came later was taken back."""
    made, fields = change.after or {}, row.recorded_fields()
    return row.records_values and all((getattr(row, f.attname) or None) == (f.to_python(made.get(f.name)) or None) for f in fields)


def _check_link(actor: User, row: Versioned, name: str, value: Any) -> None:
    """Refuse to point again to what is gone, out of sight, or private to another product by now."""
    if value is None:
        return
    field = row._meta.get_field(name)
    target = field.related_model.objects.visible_to(actor).filter(pk=value).first()
    if target is None:
        raise RuleBroken(f"The {field.verbose_name} it had before is not there any more, so this cannot be taken back.")
    home = getattr(target, "product_for_rights", None)
    if home not in (None, row.product_for_rights) and Product.objects.filter(pk=home, visibility=Product.Visibility.PRIVATE).exists():
        raise RuleBroken(f"The {field.verbose_name} it had before belongs to a private product by now, so this cannot be taken back.")

"""The history of a row as one person may read it, and conflicts in words."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, DateField, DateTimeField, F, ForeignKey, Model, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import Truncator

from core.custom_fields import said, sent
from core.exceptions import Clash, Conflict
from core.models import Change, CustomField, CustomValue, Event, Recorded, User
from core.registry import custom_subjects, subject_of
from core.undo import can_offer_undo

SHOWN = 50
VALUES = "core.customvalue"


@dataclass(frozen=True)
class FieldChange:
    """One field's values in words; none where they say nothing to a person."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One act as it touched one row, in words."""

    actor: User | None
    at: datetime
    text: str
    because: str
    changes: list[FieldChange]
    undo_url: str = ""


def of_row(row: Recorded, user: User) -> list[Entry]:
    """The newest acts that touched the row, with the values this person may see, in words."""
    changes = Change.objects.visible_to(user).of(row).select_related("event__actor").order_by("-event_id")[:SHOWN]
    newest = list(changes)
    taking_back = Change.objects.of(row).filter(event__undoes__in=[change.event_id for change in newest])
    taken_back = set(taking_back.values_list("event__undoes", flat=True))
    return [entry for _, entry in _entries(type(row), newest, user, taken_back)]


def between(model: type[Recorded], ids: Collection[int], since: int, until: int, user: User) -> dict[int, list[Entry]]:
    """What happened to rows of the model after one event and up to another, oldest first, by id: where this person sees what."""
    rows = Change.objects.visible_to(user).filter(subject_type=model._meta.label_lower, event_id__gt=since, event_id__lte=until)
    changes = [change for change in rows.select_related("event__actor").order_by("event_id") if change.subject_id in ids]
    found: dict[int, list[Entry]] = {}
    for change, entry in _entries(model, changes, user):
        if entry.changes:
            found.setdefault(change.subject_id, []).append(entry)
    return found


def _entries(
    model: type[Recorded], changes: list[Change], user: User, taken_back: Collection[int | None] | None = None
) -> list[tuple[Change, Entry]]:
    """The changes of rows of one model in words; where `taken_back` names the events that were, with the way back of the others."""
    names, subject = _names(model, changes, user), subject_of(model)
    hidden = {name for name, kind in subject.classes.items() if not user.rights.sees(kind)} | subject.echoes
    entries, custom = [], _custom_fields(model, changes, user)
    for change in changes:
        of_custom = custom.get((change.event_id, change.subject_id), [])
        event, fields = change.event, _fields(model, change, names, hidden) + of_custom
        is_offered = taken_back is not None and event.number not in taken_back and can_offer_undo(user, change, bool(of_custom))
        undo_url = reverse("event-undo", args=[event.number]) if is_offered else ""
        entries.append(
            (change, Entry(event.actor, event.at, _sentence(change, fields, subject.noun), event.because_label, fields, undo_url))
        )
    return entries


@dataclass(frozen=True)
class Touched:
    """What one act did to one row, in words; `label` is empty where the row is out of sight by now."""

    noun: str
    label: str
    url: str
    text: str
    changes: list[FieldChange]


def of_event(event: Event, user: User, most: int = 100) -> list[Touched]:
    """The rows the act touched, first to last, as far as this person may see them: values too, also of rows it made."""
    changes = Change.objects.visible_to(user).exclude(subject_type=VALUES)  # told with the row they are part of
    rows = changes.filter(event=event).select_related("event").order_by("id")[:most]
    by_model: dict[type[Recorded], list[Change]] = {}
    for change in rows:
        by_model.setdefault(apps.get_model(change.subject_type), []).append(change)
    return [touched for model, changes in by_model.items() for touched in _touched(model, changes, user)]


def in_words(acts: Iterable[Event], user: User) -> dict[int, tuple[str, str]]:
    """{number: (what holds since that act, where it is seen)}, a few statements for all of them; what is out of sight is left out."""
    place = Window(RowNumber(), partition_by=F("event_id"), order_by=F("id"))
    count = Window(Count("pk"), partition_by=F("event_id"))
    told = Change.objects.visible_to(user).exclude(subject_type=VALUES)
    seen = told.filter(event__in=[event.pk for event in acts]).annotate(place=place, count=count)
    by_model: dict[type[Recorded], list[Any]] = {}
    for change in seen.filter(place=1).select_related("event").order_by("id"):
        by_model.setdefault(apps.get_model(change.subject_type), []).append(change)
    found = {}
    for model, changes in by_model.items():
        for one, touched in zip(changes, _touched(model, changes, user), strict=True):
            found[one.event_id] = (_news(one, touched), touched.url)
    return found


def _news(change: Any, touched: Touched) -> str:
    """What holds of the first row since the act, and how many more it touched."""
    name = touched.label or f"a {touched.noun}"
    after, fields = change.after or {}, touched.changes
    if change.before is None:
        said = f"Added {name}"
    elif "deleted_at" in after:
        said = f"{'Removed' if after['deleted_at'] else 'Brought back'} {name}"
    elif not fields:
        said = f"Changed {name}"
    else:
        said = f"{fields[0].label.capitalize()} of {name}{': ' + Truncator(fields[0].after).chars(60) if fields[0].after else ''}"
        said += f", {len(fields) - 1} more field{'s' if len(fields) > 2 else ''}" if len(fields) > 1 else ""
    return f"{said}, and {change.count - 1} more" if change.count > 1 else said


def _touched(model: type[Recorded], changes: list[Change], user: User) -> list[Touched]:
    subject, names = subject_of(model), _names(model, changes, user)
    hidden = {name for name, kind in subject.classes.items() if not user.rights.sees(kind)} | subject.echoes
    there = model._default_manager.visible_to(user).in_bulk([change.subject_id for change in changes])
    found, custom = [], _custom_fields(model, changes, user)
    for change in changes:
        row = there.get(change.subject_id)
        is_told = row is not None or not subject.is_seen_by_row
        fields = _fields(model, change, names, hidden, with_new=True) if is_told else []
        fields += custom.get((change.event_id, change.subject_id), [])
        label, url = (subject.label(row), subject.url(row) if subject.url else "") if row else ("", "")
        found.append(Touched(subject.noun, label, url, _sentence(change, fields, subject.noun), fields))
    return found


def _sentence(change: Change, fields: list[FieldChange], noun: str) -> str:
    if change.event.undoes is not None:
        return f"took back a change of this {noun}"
    if change.before is None:
        return f"added this {noun}"
    after = change.after or {}
    if "deleted_at" in after:
        return f"{'removed' if after['deleted_at'] else 'brought back'} this {noun}"
    if not fields:
        return f"changed this {noun}"
    return f"changed {', '.join(field.label for field in fields)}"


def _fields(row: type[Recorded] | Recorded, change: Change, names: dict, hidden: set[str], with_new: bool = False) -> list[FieldChange]:
    if change.after is None or (change.before is None and not with_new):
        return []
    before, wordless, found = change.before or {}, subject_of(change.subject_type).wordless, []
    kept = {field.name: field for field in row.recorded_fields()}
    for name, value in change.after.items():
        if name in hidden or name not in kept:  # what a field held that is kept no more is in the record alone
            continue
        words = ("", "") if name in wordless else (word(row, name, before.get(name), names), word(row, name, value, names))
        found.append(FieldChange(str(kept[name].verbose_name), *words))
    return found


def _custom_fields(model: type[Recorded], changes: Collection[Change], user: User) -> dict[tuple[int, int], list[FieldChange]]:
    """{(event, row): what the event did to custom fields of the row, as far as this person sees them}; nothing asked of other models."""
    if model._meta.label_lower not in custom_subjects:
        return {}
    rows = CustomValue.objects.ever_visible_to(user).filter(field__subject=model._meta.label_lower)
    values = {value.pk: value for value in rows.filter(subject_id__in={change.subject_id for change in changes})}
    events = {change.event_id for change in changes}
    made = list(Change.objects.visible_to(user).filter(subject_type=VALUES, subject_id__in=values, event_id__in=events)) if values else []
    held = [(change, values[change.subject_id], *_held(change, values[change.subject_id])) for change in made]
    people = {raw for _, value, *both in held if value.field.kind == CustomField.Kind.PERSON for raw in both}
    names = dict(User.objects.visible_to(user).filter(pk__in=people - {None}).values_list("pk", "name")) if people else {}
    found: dict[tuple[int, int], list[FieldChange]] = {}
    for change, value, *both in held:
        before, after = (said(value.field, raw, names.get(raw, "somebody out of sight")) or "blank" for raw in both)
        found.setdefault((change.event_id, value.subject_id), []).append(FieldChange(value.field.label, before, after))
    return found


def _held(change: Change, value: CustomValue) -> tuple[Any, Any]:
    """What the value's column held before and after the change, raw; None for blank. One that was taken away held what it holds."""
    field = value._meta.get_field(value.field.column)
    before, after = change.before or {}, change.after or {}
    if field.name not in after:
        return (value.held, None) if after.get("deleted_at") else (None, value.held)
    was = None if before.get("deleted_at") else before.get(field.name)
    return field.to_python(was) if was != "" else None, field.to_python(after[field.name])


def word(row: type[Recorded] | Recorded, name: str, value: Any, names: dict) -> str:
    """A recorded value as a person reads it."""
    field = row._meta.get_field(name)
    if value in (None, ""):
        return "blank"
    if isinstance(field, ForeignKey):
        return names.get((field.related_model, int(value)), "something out of sight")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateField) and not isinstance(field, DateTimeField) and (day := parse_date(str(value))):
        return date_format(day, "j M Y")
    return str(value)


def _names(model: type[Recorded], changes: list[Change], user: User) -> dict:
    return names_of(model, [values for change in changes for values in (change.before, change.after) if values], user)


def names_of(model: type[Recorded], held: Iterable[Mapping[str, Any]], user: User) -> dict:
    """The names of the rows in sight that these values of the model's fields point to, read in one statement per model; for `word`."""
    kept, wanted = {field.name: field for field in model.recorded_fields()}, dict[type[Model], set[int]]()
    for values in held:
        for name, value in values.items():
            field = kept.get(name)
            if isinstance(field, ForeignKey) and value is not None:
                wanted.setdefault(field.related_model, set()).add(int(value))
    return {
        (related, row.pk): str(row)
        for related, ids in wanted.items()
        for row in related._default_manager.visible_to(user).filter(pk__in=ids)
    }


def explain_conflict(row: Recorded, conflict: Conflict) -> dict[str, Any]:
    """What the conflict panel shows: who changed it, when, and both values of each field."""
    last = Change.objects.of(row).select_related("event__actor").last()
    sides = [_sides(row, clash) if clash.custom is None else _custom_sides(clash.custom, clash) for clash in conflict.clashes]
    kept = [(name, _sent(value)) for name, value in conflict.kept.items()]
    return {"who": last.event.actor, "at": last.event.at, "fields": sides, "version": conflict.current, "kept": kept}


def _sides(row: Recorded, clash: Clash) -> dict[str, str]:
    """Mine and theirs, as a form would send them and as a person reads them."""
    field = row._meta.get_field(clash.field)
    return {
        "name": clash.field, "label": field.verbose_name.capitalize(), "mine": _sent(clash.mine), "theirs": _sent(clash.theirs),
        "mine_text": _spoken(field, clash.mine), "theirs_text": _spoken(field, clash.theirs),
    }  # fmt: skip


def _custom_sides(field: CustomField, clash: Clash) -> dict[str, str]:
    texts = {"mine": clash.mine, "theirs": clash.theirs}
    people = User._base_manager.in_bulk([raw for raw in texts.values() if raw]) if field.kind == CustomField.Kind.PERSON else {}
    said_of = {f"{side}_text": said(field, raw, str(people.get(raw, ""))) or "blank" for side, raw in texts.items()}
    return {"name": clash.field, "label": field.label, **{side: sent(field, raw) for side, raw in texts.items()}, **said_of}


def _sent(value: Any) -> str:
    """The value as a form would send it."""
    return "" if value in (None, False) else "on" if value is True else str(value)


def _spoken(field, value: Any) -> str:
    if value in (None, ""):
        return "blank"
    if isinstance(field, ForeignKey):
        return str(field.related_model._base_manager.filter(pk=value).first() or "something out of sight")
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)

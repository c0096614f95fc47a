"""Custom fields, and what rows hold in them."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from core import events
from core.acts import RowChange, acts, current_act
from core.custom_fields import fields_of, raw_of, sent
from core.exceptions import Clash, Conflict, Outdated, OutOfSight, RuleBroken
from core.models import Change, CustomField, CustomValue, Product, User, Versioned
from core.permissions import must_edit, must_keep_custom_fields
from core.registry import custom_subjects
from core.writes import insert, insert_many, remove, touch, update

Kind = CustomField.Kind
LARGEST = Decimal(10) ** 11  # with four decimals, all that SQLite keeps of a number
LONGEST_WORD = 40
MOST_CHOICES, LONGEST_CHOICE = 100, 60
NOT_A_CHOICE = re.compile(r"none|#[0-9]+", re.IGNORECASE)
MOST_POSITION = 9_999
CHANGEABLE = {"label", "hint", "is_internal", "choices", "position"}


@acts
def create_custom_field(
    *,
    actor: User,
    subject: str,
    key: str,
    label: str,
    kind: str,
    product: Product | None = None,
    choices: Sequence[str] = (),
    **values: Any,
) -> CustomField:
    """Rows of this kind have one field more, behind the others: of one product, or everywhere. `choices` are labels in their order.

    The word of a product's own field begins with the product's key.
    """
    must_keep_custom_fields(actor, product.pk if product else None)
    if subject not in custom_subjects:
        raise RuleBroken("Things of this kind have no custom fields.", "subject")
    if kind not in Kind.values:
        raise RuleBroken(f"A field is one of these: {', '.join(Kind.values)}.", "kind")
    key = _word(subject, key, product)
    last = CustomField.objects.filter(subject=subject).order_by("-position").values_list("position", flat=True).first()
    row = CustomField(
        subject=subject, product=product, key=key, label=_labelled(label), kind=kind, position=min((last or 0) + 1, MOST_POSITION), **values
    )
    row.choices = _choices(row, [{"label": text} for text in choices])
    return insert(row, events.CUSTOM_FIELD_CREATED)


@acts
def change_custom_field(*, actor: User, field: CustomField, seen: int | None = None, merge: bool = True, **values: Any) -> CustomField:
    """Label, help, place, whether it is internal, and choices are as given: `{"id", "label"}`, new ones without an id."""
    must_keep_custom_fields(actor, field.product_id)
    if unknown := sorted(set(values) - CHANGEABLE):
        raise RuleBroken(f"A field’s {unknown[0]} stays as it was made.", unknown[0])
    if not 0 <= values.get("position", 0) <= MOST_POSITION:
        raise RuleBroken(f"A place lies between 0 and {MOST_POSITION:,}.", "position")
    if "label" in values:
        values["label"] = _labelled(values["label"])
    if "choices" in values:
        values["choices"] = _choices(field, values["choices"])
    return update(field, values, events.CUSTOM_FIELD_CHANGED, seen=seen, merge=merge)


@acts
def delete_custom_field(*, actor: User, field: CustomField, seen: int | None = None) -> None:
    """The field is gone from every page; its values stay and are back with it."""
    must_keep_custom_fields(actor, field.product_id)
    remove(field, events.CUSTOM_FIELD_DELETED, seen=seen)


@acts
def restore_custom_field(*, actor: User, field: CustomField) -> CustomField:
    """The field is back with its values, unless its word was taken since."""
    must_keep_custom_fields(actor, field.product_id)
    return update(field, {"deleted_at": None}, events.CUSTOM_FIELD_RESTORED)


@acts
def set_custom_values(
    *, actor: User, row: Versioned, values: Mapping[str, Any], seen: int | None = None, merge: bool = True, verb: str
) -> None:
    """The row holds these values, by the fields' words; None leaves a field blank. The row counts as changed, under `verb`.

    `seen` is the version of the row that the person's values were drawn from: a value changed by both raises `Conflict`, others merge;
    with `merge=False` any newer version raises `Outdated`. Values equal to what the person saw are not changes.
    """
    model, fields = type(row), _fields_for(actor, row, values)
    version = _hold(row)
    is_held = (row._meta.label_lower, row.pk) in current_act().rows  # this act changed it already, and its version was checked then
    if seen is not None and not merge and not is_held and seen != version:
        raise Outdated(version)
    held = _held(row, fields)
    wanted = {key: _read(fields[key], value) for key, value in values.items()}
    if seen is not None and seen < version:
        wanted = _own_changes(row, fields, held, wanted, seen, version)
    changed = {key: value for key, value in wanted.items() if raw_of(value) != _current(fields[key], held.get(fields[key].pk))}
    if not changed:
        return
    touch(model, [row.pk], verb)
    row.version = version + 1
    for key, value in changed.items():
        field = fields[key]
        _check_active(field, value)
        given = {field.column: field.blank if value is None else value}
        if known := held.get(field.pk):
            update(known, given | {"deleted_at": None}, events.CUSTOM_VALUE_SET)
        else:
            insert(_value(field, row, value), events.CUSTOM_VALUE_SET)


@acts
def own_custom_changes(*, actor: User, row: Versioned, values: Mapping[str, Any], seen: int) -> dict[str, Any]:
    """Of these values, by word, those the person changed against what they saw at the row's version `seen`; the row is held until the act
    ends. Raises `Conflict` where another changed the same since, and writes nothing.
    """
    fields = _fields_for(actor, row, values)
    version = _hold(row)
    wanted = {key: _read(fields[key], value) for key, value in values.items()}
    return _own_changes(row, fields, _held(row, fields), wanted, seen, version)


@acts
def fill_custom_fields(*, actor: User, rows: Sequence[tuple[Versioned, Mapping[str, Any]]]) -> None:
    """Rows of one product that hold nothing in these fields yet hold these values, by the fields' words, in few statements."""
    words = {key for _, values in rows for key in values}
    if not words:
        return
    fields = _fields_for(actor, rows[0][0], words)
    read = [(row, fields[key], _read(fields[key], value)) for row, values in rows for key, value in values.items()]
    for _, field, value in read:
        _check_active(field, value)
    insert_many([_value(field, row, value) for row, field, value in read if value is not None], events.CUSTOM_VALUE_SET)
    standing = [row for row, _ in rows if (row._meta.label_lower, row.pk) not in current_act().rows]
    touch(type(rows[0][0]), [row.pk for row in standing], events.CUSTOM_VALUE_SET)
    for row in standing:
        row.version += 1


def close_custom_fields(changes: dict[tuple[str, int], RowChange], is_alone: bool) -> None:
    """What an act has done to fields and values, by whatever door: choices in use stay, and a row counts as changed with its values."""
    for (label, _), change in changes.items():
        if label == "core.customfield" and "choices" in change.after:
            _keep_used(cast("CustomField", change.row))
    values = [cast("CustomValue", change.row) for (label, _), change in changes.items() if label == "core.customvalue"]
    fields = CustomField.objects.in_bulk({value.field_id for value in values}) if values else {}
    for value in values:
        field = fields[value.field_id]
        if field.kind == Kind.CHOICE and value.choice is not None and value.deleted_at is None and not field.choice_label(value.choice):
            raise RuleBroken(f"“{field.label}” has no such choice any more.", "choices")
    for subject in {field.subject for field in fields.values()}:
        ids = {value.subject_id for value in values if fields[value.field_id].subject == subject}
        if untouched := [pk for pk in ids if (subject, pk) not in changes]:
            touch(custom_subjects[subject].model, untouched, events.CUSTOM_VALUE_SET)


def _hold(row: Versioned) -> int:
    """The version of the row, which nobody else changes until the act ends."""
    version, deleted_at = type(row)._base_manager.select_for_update().values_list("version", "deleted_at").get(pk=row.pk)
    if deleted_at is not None:
        raise OutOfSight("This was deleted while you were editing. What you typed was not saved.")
    return version


def _held(row: Versioned, fields: Mapping[str, CustomField]) -> dict[int, CustomValue]:
    """What the row holds in these fields, by field."""
    found = CustomValue.objects.filter(subject_id=row.pk, field__in=list(fields.values())).select_related("field")
    return {value.field_id: value for value in found}


def _check_active(field: CustomField, value: Any) -> None:
    if isinstance(value, User) and not value.is_active:
        raise RuleBroken(f"{value.name} does not work here any more.", field.key)


def _fields_for(actor: User, row: Versioned, keys: Collection[str]) -> dict[str, CustomField]:
    """The fields of these words that the row has and the person may fill."""
    product_id = row.product_for_rights
    if product_id is None:
        raise RuleBroken("What belongs to no product has no custom fields.")
    must_edit(actor, product_id)
    known = fields_of(actor, row._meta.label_lower, product_id)
    if unknown := sorted(set(keys) - set(known)):
        raise RuleBroken(f"There is no field “{unknown[0]}” here, or it is not yours to see.", unknown[0])
    return {key: known[key] for key in keys}


def _own_changes(
    row: Versioned, fields: Mapping[str, CustomField], held: Mapping[int, CustomValue], wanted: dict[str, Any], seen: int, version: int
) -> dict[str, Any]:
    """Of the wanted values, those the person changed against what they saw; raises `Conflict` where another did so too."""
    base = _held_at(row, held, seen)
    began = {key: base.get(field.pk, _current(field, held.get(field.pk))) for key, field in fields.items()}
    mine = {key: value for key, value in wanted.items() if raw_of(value) != began[key]}
    clashes = []
    for key, value in mine.items():
        field = fields[key]
        theirs = _current(field, held.get(field.pk))
        if field.pk in base and theirs not in (base[field.pk], raw_of(value)):
            clashes.append(Clash(key, mine=raw_of(value), theirs=theirs, base=base[field.pk], custom=field))
    if clashes:
        clashing = {clash.field for clash in clashes}
        raise Conflict(clashes, version, {key: sent(fields[key], raw_of(value)) for key, value in mine.items() if key not in clashing})
    return mine


def _held_at(row: Versioned, held: Mapping[int, CustomValue], seen: int) -> dict[int, Any]:
    """{field: what the row held in it when its version was `seen`} of those fields that were filled since."""
    event = Change.objects.of(row).filter(version_after__lte=seen).values_list("event_id", flat=True).last()
    by_id = {value.pk: value for value in held.values()}
    later = Change.objects.filter(subject_type="core.customvalue", subject_id__in=by_id, event_id__gt=event or 0)
    base: dict[int, Any] = {}
    for pk, before in later.order_by("-event_id").values_list("subject_id", "before"):
        field = by_id[pk].field
        if before is None or before.get("deleted_at"):
            base[field.pk] = None
        elif field.column in before:
            was = by_id[pk]._meta.get_field(field.column).to_python(before[field.column])
            base[field.pk] = None if was == "" else was
        else:  # taken away since, with what its column still holds
            base[field.pk] = by_id[pk].held
    return base


def _value(field: CustomField, row: Versioned, value: Any) -> CustomValue:
    return CustomValue(field=field, subject_id=row.pk, product_id=row.product_for_rights, **{field.column: value})


def _current(field: CustomField, value: CustomValue | None) -> Any:
    """What is held, raw; None for blank."""
    return value.held if value is not None and value.deleted_at is None else None


def _word(subject: str, word: str, product: Product | None) -> str:
    """The word of a new field, as filters, imports and the API will know it."""
    word = word.strip().casefold()
    if product is not None and word and not word.startswith(begin := f"{product.key.casefold()}_"):
        word = begin + word
    if word in custom_subjects[subject].words():
        raise RuleBroken(f"“{word}” is a word of Waymark's own. Choose another one.", "key")
    if len(word) > LONGEST_WORD:
        raise RuleBroken(f"A word has at most {LONGEST_WORD} characters.", "key")
    return word


def _labelled(label: str) -> str:
    label = " ".join(label.split())
    if not label:
        raise RuleBroken("Give the field a name.", "label")
    if len(label) > 60:
        raise RuleBroken("A name has at most 60 characters.", "label")
    return label


def _choices(field: CustomField, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The choices with ids: known ones keep theirs, and an id is never given twice."""
    if field.kind != Kind.CHOICE:
        if given:
            raise RuleBroken("Only a field of choices has choices.", "choices")
        return []
    known = {choice["id"] for choice in field.choices}
    labels = [" ".join(str(choice.get("label", "")).split()) for choice in given]
    if not labels or not all(labels):
        raise RuleBroken("Give every choice a name, and at least one.", "choices")
    if len(labels) > MOST_CHOICES or max(map(len, labels)) > LONGEST_CHOICE:
        raise RuleBroken(f"A field has at most {MOST_CHOICES} choices, of at most {LONGEST_CHOICE} characters each.", "choices")
    if any(NOT_A_CHOICE.fullmatch(label) for label in labels):
        raise RuleBroken("“None” and numbers behind a # mean something else in filters. Call this choice otherwise.", "choices")
    if len({label.casefold() for label in labels}) < len(labels):
        raise RuleBroken("Two choices have the same name.", "choices")
    kept = [choice["id"] for choice in given if choice.get("id")]
    if not known.issuperset(kept) or len(set(kept)) < len(kept):
        raise RuleBroken("One of these choices is not known any more. Open the page again.", "choices")
    fresh = iter(range(max(known, default=0) + 1, max(known, default=0) + 1 + len(given)))
    return [{"id": choice.get("id") or next(fresh), "label": label} for choice, label in zip(given, labels, strict=True)]


def _keep_used(field: CustomField) -> None:
    """Refuse to take a choice away that rows hold: its values would say nothing."""
    kept = [choice["id"] for choice in field.choices]
    if CustomValue.objects.alive().filter(field=field, choice__isnull=False).exclude(choice__in=kept).exists():
        raise RuleBroken("This choice is in use. Rename it, or give the things that have it another one first.", "choices")


def _read(field: CustomField, value: Any) -> Any:
    """The value as its column keeps it; None for blank. A value of another kind is refused with a sentence."""
    if value is None or value == "":
        return None
    match field.kind:
        case Kind.TEXT if isinstance(value, str) and len(value) <= 500:
            return value.strip() or None
        case Kind.NUMBER | Kind.MONEY if isinstance(value, int | Decimal) and not isinstance(value, bool) and _fits(Decimal(value)):
            number = Decimal(value).quantize(Decimal("0.0001"))
            if abs(number) < LARGEST:
                return number
        case Kind.DATE if isinstance(value, date):
            return value
        case Kind.CHOICE if isinstance(value, int) and field.choice_label(value):
            return value
        case Kind.PERSON if isinstance(value, User):
            return value
        case Kind.FLAG if isinstance(value, bool):
            return value
    raise RuleBroken(f"“{field.label}” {MUST_BE[Kind(field.kind)]}.", field.key)


def _fits(number: Decimal) -> bool:
    return number.is_finite() and number.adjusted() <= LARGEST.adjusted()


MUST_BE = {
    Kind.TEXT: "is a text of at most 500 characters",
    Kind.NUMBER: "is a number of at most eleven digits before the point",
    Kind.MONEY: "is an amount of money of at most eleven digits before the point",
    Kind.DATE: "is a date",
    Kind.CHOICE: "is one of its choices",
    Kind.PERSON: "is a person",
    Kind.FLAG: "is yes or no",
}

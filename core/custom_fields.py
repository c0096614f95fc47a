"""Custom fields as lists, forms and files read them: which there are for a person, what rows hold, what people type and read."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Case, Expression, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from core.exceptions import RuleBroken
from core.models import CustomField, CustomValue, User
from core.sql import Anything

Kind = CustomField.Kind
type Held = Subquery | Coalesce | NullIf
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y")  # as people write days in cells
YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0")
REMOVED = "a removed choice"
LARGEST_POWER = 15  # beyond it reckoning is of no use, and may take for ever


def fields_of(user: User, subject: str, product_id: int | None = None) -> dict[str, CustomField]:
    """The fields this person sees on rows of this kind, of one product or of all, by their words and in their order; one statement."""
    rows = CustomField.objects.visible_to(user).filter(subject=subject)
    return {field.key: field for field in (rows.of(subject, product_id) if product_id else rows)}


def alias(field: CustomField) -> str:
    """What the field's value is called in statements."""
    return f"custom_{field.pk}"


def held(field: CustomField) -> Held:
    """What a row of a statement holds in the field, raw: a person by id, a choice by its id; a blank text is an empty one."""
    value = _held(field, field.column)
    return Coalesce(value, Value("")) if field.kind == Kind.TEXT else value


def named(field: CustomField) -> Held:
    """What lists show of it: a person's name, else the value; nothing for a blank."""
    value = _held(field, "person__name" if field.kind == Kind.PERSON else field.column)
    return NullIf(value, Value("")) if field.kind == Kind.TEXT else value


def sorted_by(field: CustomField) -> Held:
    """What rows are sorted by: choices in the order they are offered in, people by name."""
    if field.kind == Kind.CHOICE:
        places = [When(choice=choice["id"], then=Value(place)) for place, choice in enumerate(field.choices)]
        return _held(field, Case(*places, output_field=IntegerField()))
    return named(field)


def _held(field: CustomField, what: str | Expression) -> Subquery:
    rows = CustomValue._base_manager.filter(field=field, subject_id=OuterRef("pk"), deleted_at=None).order_by()
    return Subquery((rows.values(what) if isinstance(what, str) else rows.values(place=what))[:1])


def said(field: CustomField, value: Any, name: str = "") -> str:
    """The raw value as a person reads it, a person by their `name`; empty for blank."""
    if value in (None, ""):
        return ""
    match field.kind:
        case Kind.CHOICE:
            return field.choice_label(value) or REMOVED
        case Kind.PERSON:
            return name
        case Kind.FLAG:
            return "yes" if value else "no"
        case Kind.NUMBER | Kind.MONEY:
            return f"{value.normalize():f}"
        case Kind.DATE:
            return value.isoformat()
    return str(value)


def read_given(field: CustomField, given: Any, user: User) -> Any:
    """What somebody typed, or a program sent, as the services take it; None for blank. Raises `RuleBroken` at the field's word.

    A choice is given by its name, a person by name, address or id.
    """
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    text = given.strip() if isinstance(given, str) else str(given)
    if "\x00" in text or not is_writable(text):
        raise RuleBroken(f"{field.label} is made of characters that can be read.", field.key)
    match field.kind:
        case Kind.NUMBER | Kind.MONEY if not isinstance(given, bool):
            return _number(field, text)
        case Kind.DATE:
            return _day(field, text)
        case Kind.CHOICE:
            return _choice(field, text)
        case Kind.PERSON:
            return _person(field, text, user)
        case Kind.FLAG:
            return _flag(field, text)
        case Kind.TEXT if isinstance(given, str):
            return text
    raise RuleBroken(f"“{text[:60]}” cannot be read as what {field.label} holds.", field.key)


def is_writable(text: str) -> bool:
    """Whether the text can be stored: half a pair of surrogates, which JSON may spell, is no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(field: CustomField, text: str) -> Decimal:
    plain = "".join(text.split()).replace("_", "")
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise RuleBroken(f"“{text[:60]}” is no number. Write it like 1200 or 2.5.", field.key) from error
    if not number.is_finite() or number.adjusted() > LARGEST_POWER:
        raise RuleBroken(f"“{text[:60]}” is no number that can be kept.", field.key)
    return number


def _day(field: CustomField, text: str) -> date:
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise RuleBroken(f"“{text[:60]}” is no day. Write it like 2027-02-27 or 27 Feb 2027.", field.key)


def _choice(field: CustomField, text: str) -> int:
    found = next((choice["id"] for choice in field.choices if choice["label"].casefold() == text.casefold()), None)
    if found is None:
        known = ", ".join(choice["label"] for choice in field.choices)
        raise RuleBroken(f"{field.label} cannot be “{text[:60]}”. Known are: {known}.", field.key)
    return found


def _person(field: CustomField, text: str, user: User) -> User:
    people = User.objects.visible_to(user)
    if text.isascii() and text.isdigit() and len(text) < 19:
        found = list(people.filter(pk=int(text)))  # whoever is left in a field may stay there, active or not
    else:
        called = Q(name__iexact=text) | Q(email__iexact=text)
        found = list(people.filter(called, is_active=True)[:2])
    if len(found) != 1:
        raise RuleBroken(f"There {'are several people' if found else 'is nobody'} called “{text[:60]}” here.", field.key)
    return found[0]


def _flag(field: CustomField, text: str) -> bool:
    if text.casefold() in (*YES, *NO):
        return text.casefold() in YES
    raise RuleBroken(f"{field.label} is yes or no, not “{text[:60]}”.", field.key)


def is_any_filled() -> Anything:
    """Whether a row of a statement holds anything in any field, of whatever it may be told."""
    return Anything(CustomValue._base_manager.filter(subject_id=OuterRef("pk"), deleted_at=None))


def values_of(user: User, subject: str, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """{row: {word: value}} of what these rows hold, as the API tells it: a choice by its name, a person by id; one statement."""
    found: dict[int, dict[str, Any]] = {}
    for value in CustomValue.objects.visible_to(user).filter(subject_id__in=ids, field__subject=subject):
        if value.held is not None:
            found.setdefault(value.subject_id, {})[value.field.key] = _plain(value.field, value.held)
    return found


def raw_of(value: Any) -> Any:
    """The value as it is held: a person by id."""
    return value.pk if isinstance(value, User) else value


def sent(field: CustomField, value: Any) -> str:
    """The raw value as a form would send it, and `read_given` reads it."""
    return str(value) if field.kind == Kind.PERSON and value is not None else said(field, value)


def sent_all(user: User, subject: str, values: Mapping[str, Any]) -> dict[str, str]:
    """{word: the value as a form would send it} of values as the services take them."""
    fields = fields_of(user, subject) if values else {}
    return {word: sent(fields[word], raw_of(value)) for word, value in values.items() if word in fields}


def texts_of(subject: str, ids: Collection[int]) -> dict[int, str]:
    """{row: the texts it holds} in fields that whoever sees the row may read; one statement. What search finds it by."""
    rows = CustomValue._base_manager.filter(subject_id__in=ids, deleted_at=None, field__subject=subject, field__kind=Kind.TEXT)
    told = rows.filter(field__deleted_at=None, field__is_internal=False).exclude(text="").order_by("field__position", "pk")
    found: dict[int, str] = {}
    for pk, text in told.values_list("subject_id", "text"):
        found[pk] = f"{found[pk]}\n{text}" if pk in found else text
    return found


def _plain(field: CustomField, value: Any) -> Any:
    return value if field.kind in (Kind.PERSON, Kind.FLAG, Kind.TEXT) else said(field, value)


def read_all(user: User, subject: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """{word: what was sent} as the services take it. Raises `RuleBroken` at the first word that means nothing or cannot be read."""
    fields = fields_of(user, subject) if given else {}
    if unknown := sorted(set(given) - set(fields)):
        word = unknown[0][:60].encode(errors="replace").decode()
        raise RuleBroken(f"There is no field “{word}” here, or it is not yours to see.", word)
    return {word: read_given(fields[word], value, user) for word, value in given.items()}


class Cell:
    """One custom field of one row: its value, and how it reads."""

    def __init__(self, field: CustomField, value: CustomValue | None):
        self.field = field
        self.value = value.held if value is not None else None
        self.name = value.person.name if value is not None and value.person_id else ""

    @property
    def said(self) -> str:
        """As a person reads it; empty for blank."""
        return said(self.field, self.value, self.name)


def cells_of(user: User, subject: str, row_id: int, product_id: int) -> list[Cell]:
    """The fields a row has, filled or not, in their order; two statements at most."""
    fields = fields_of(user, subject, product_id)
    if not fields:
        return []
    rows = CustomValue.objects.visible_to(user).filter(subject_id=row_id, field__in=list(fields.values())).select_related("person")
    values = {value.field_id: value for value in rows}
    return [Cell(field, values.get(field.pk)) for field in fields.values()]

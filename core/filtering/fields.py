"""What can be filtered by, and how a test becomes a condition of the database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db.models import Expression, Model, Q, QuerySet, Subquery

from core import clock
from core.filtering.days import HINT, span
from core.filtering.syntax import Compare, FilterError
from core.models import Organisation, User

NONE, ME = "none", "me"
COMPARED = {":": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
SIZES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
LARGEST_POWER = 15  # of a number that is reckoned with
MOST_NAMES = 2_000  # looked through for what a misspelt name may mean


class Reader:
    """Reads the tests of one filter for one person: today, their time zone's, and the rows they may name. `aliases` are the
    expressions that the conditions read besides columns. Where the filter is asked of the past, today is the day of that moment.
    """

    def __init__(self, user: User, at: datetime | None = None):
        self.user, self.at = user, at
        self.aliases: dict[str, Expression | Subquery] = {}
        self._found: dict[tuple[type[Model], str], list[tuple[int, str]]] = {}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The organisation's: its days begin there."""
        return ZoneInfo(Organisation._base_manager.values_list("timezone", flat=True).get(pk=1))

    @cached_property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date() if self.at else clock.today(self.zone.key)

    def midnight(self, day: date) -> datetime:
        """When the day begins."""
        return datetime.combine(day, time(), self.zone)

    def rows(self, kind: "Rows", text: str) -> list[tuple[int, str]]:
        """(id, name) of the rows in sight that are meant: by #id, by key, by name, or by how the name begins."""
        key = (kind.model, text.casefold())
        if key not in self._found:
            self._found[key] = self._look(kind, text)
        return self._found[key]

    def _look(self, kind: "Rows", text: str) -> list[tuple[int, str]]:
        rows = kind.in_sight(self.user)
        if text.startswith("#") and text[1:].isascii() and text[1:].isdigit() and len(text) < 19:
            return list(rows.filter(pk=int(text[1:])).values_list("pk", kind.name))
        names = {kind.name, *([kind.key] if kind.key else [])}
        exact = Q(*[(f"{name}__iexact", text) for name in sorted(names)], _connector=Q.OR)
        begins = Q(*[(f"{name}__istartswith", text) for name in sorted(names)], _connector=Q.OR)
        found = list(rows.filter(begins).order_by("pk").values_list("pk", kind.name, kind.key or kind.name)[:MOST_NAMES])
        meant = [(pk, name) for pk, name, other in found if text.casefold() in (name.casefold(), other.casefold())]
        if not meant and len(found) == MOST_NAMES:
            meant = list(rows.filter(exact).values_list("pk", kind.name))
        return meant or [(pk, name) for pk, name, _ in found]


@dataclass(frozen=True)
class Option:
    """A value to choose."""

    value: str
    label: str
    is_chosen: bool


class Kind:
    """How the values of a field are read. `operators` are those it knows, in the order in which they are offered."""

    operators: ClassVar[tuple[str, ...]] = (":",)
    words: ClassVar[Mapping[str, str]] = {":": "is", ">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most"}
    hint = ""

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        """The condition. Raises `FilterError` on a value that cannot be read."""
        raise NotImplementedError

    def spoken(self, value: str, reader: Reader) -> str:
        """A value in words."""
        return "nothing" if value.casefold() == NONE else value

    def lasting(self, value: str, reader: Reader) -> str:
        """The value as it stays true when things are renamed."""
        return value

    def options(self, chosen: Sequence[str], reader: Reader, most: int) -> list[Option] | None:
        """The values to choose from, in order; None where they are written instead."""
        return None


@dataclass(frozen=True)
class Text(Kind):
    """Text that holds the value, in any case; `begins` where it must begin with it."""

    begins: bool = False
    words: ClassVar[Mapping[str, str]] = {":": "contains"}

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        lookup = "istartswith" if self.begins else "icontains"
        parts = (Q(**{path: ""}) if v.casefold() == NONE and not self.begins else Q(**{f"{path}__{lookup}": v}) for v in test.values)
        return _any(parts)


@dataclass(frozen=True)
class Choice(Kind):
    """One of few words, by its value or its label."""

    choices: tuple[tuple[str, str], ...]
    nothing: str | None = None  # what is stored where there is none

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        return Q(**{f"{path}__in": [self._value(given) for given in test.values]})

    def spoken(self, value: str, reader: Reader) -> str:
        return dict(self.choices).get(self._value(value), "nothing")

    def options(self, chosen: Sequence[str], reader: Reader, most: int) -> list[Option] | None:
        wanted = {value.casefold() for value in chosen}
        known = [*self.choices, *([(NONE, "Nothing")] if self.nothing is not None else [])]
        return [Option(value, label, not wanted.isdisjoint((value.casefold(), label.casefold()))) for value, label in known if value]

    def _value(self, given: str) -> str:
        folded = given.casefold()
        if folded == NONE and self.nothing is not None:
            return self.nothing
        for value, label in self.choices:
            if folded in (value.casefold(), label.casefold()):
                return value
        known = ", ".join(value for value, _ in self.choices)
        raise FilterError(f"“{given}” is not known here. Known are: {known}{', none' if self.nothing is not None else ''}.")


@dataclass(frozen=True)
class Rows(Kind):
    """Rows in sight, by name; `key` is a column that never changes, `nothing` says that there may be none.

    `through(ids)` answers the condition where the field is no column: for several links, or for what hangs on a link.
    """

    model: type[Model]
    noun: str
    name: str = "name"
    key: str = ""
    nothing: str = ""
    through: Callable[[Sequence[int] | None], Q] | None = None

    def in_sight(self, user: User) -> QuerySet:
        """The rows this person may name."""
        return self.model.objects.visible_to(user)

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        is_none = bool(self.nothing) and any(value.casefold() == NONE for value in test.values)
        ids = [pk for value in test.values if not (is_none and value.casefold() == NONE) for pk in self._ids(value, reader)]
        if self.through is not None:
            return _any([self.through(ids)] * bool(ids) + [self.through(None)] * is_none)
        return _any([Q(**{f"{path}_id__in": ids})] * bool(ids) + [Q(**{f"{path}__isnull": True})] * is_none)

    def spoken(self, value: str, reader: Reader) -> str:
        if self._is_word(value):
            return self.nothing if value.casefold() == NONE else "me"
        found = dict.fromkeys(name for _, name in reader.rows(self, value))
        return " or ".join(found) or "something unknown"

    def lasting(self, value: str, reader: Reader) -> str:
        if self._is_word(value):
            return value
        found = reader.rows(self, value)
        return f"#{found[0][0]}" if len(found) == 1 and not self.key else value

    def options(self, chosen: Sequence[str], reader: Reader, most: int) -> list[Option] | None:
        rows = list(self.in_sight(reader.user).order_by(self.name, "pk").values_list("pk", self.name, self.key or self.name)[: most + 1])
        if len(rows) > most:
            return None
        words = {value.casefold() for value in chosen}
        wanted = {pk for value in chosen if not self._is_word(value) for pk, _ in reader.rows(self, value)}
        times = Counter(name.casefold() for _, name, _ in rows)
        found = [Option(ME, "Me", ME in words)] if self.model is User else []
        found += [Option(NONE, self.nothing.capitalize(), NONE in words)] if self.nothing else []
        for pk, name, key in rows:
            is_told = times[name.casefold()] == 1 and name.casefold() not in (ME, NONE)
            found.append(Option(key if self.key else name if is_told else f"#{pk}", name, pk in wanted))
        return found

    def _is_word(self, value: str) -> bool:
        return (bool(self.nothing) and value.casefold() == NONE) or (self.model is User and value.casefold() == ME)

    def _ids(self, value: str, reader: Reader) -> list[int]:
        if self.model is User and value.casefold() == ME:
            return [reader.user.pk]
        if value.casefold() == NONE and not self.nothing:
            raise FilterError(f"There is always a {self.noun}, so “none” finds nothing.")
        found = reader.rows(self, value)
        if not found:
            names = self.in_sight(reader.user).values_list(self.key or self.name, flat=True).order_by("pk")[:MOST_NAMES]
            close = get_close_matches(value.casefold(), {str(name).casefold(): name for name in names}, n=1)
            meant = f" Did you mean “{close[0]}”?" if close else ""
            raise FilterError(f"There is no {self.noun} “{value}”, or it is not yours to see.{meant}")
        return [pk for pk, _ in found]


@dataclass(frozen=True)
class Number(Kind):
    """A number, `70` or `400k`, or all from one to another: `10..20`. Stored whole, or as a share of one that is asked for in percent."""

    is_whole: bool = False
    is_share: bool = False
    operators: ClassVar[tuple[str, ...]] = (">=", "<=", ">", "<", ":")
    hint = "A number, like 70 or 400k, or from one to another: 10..20."

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        return _any(self._one(path, test.operator, value, reader) for value in _comparable(test))

    def _one(self, path: str, operator: str, value: str, reader: Reader) -> Q:
        if value.casefold() == NONE and operator == ":":
            return Q(**{f"{path}__isnull": True})
        low, dots, high = value.partition("..")
        if dots and operator == ":":
            return self._compared(path, ">=", low) & self._compared(path, "<=", high)
        return self._compared(path, operator, value)

    def _compared(self, path: str, operator: str, text: str) -> Q:
        number = amount(text.removesuffix("%")) / 100 if self.is_share else amount(text)
        if self.is_whole and number != int(number):
            if operator == ":":
                return Q(pk__in=[])
            # The column's type would cut the fraction off, whichever way is compared.
            number = number.to_integral_value(ROUND_CEILING if operator in (">=", "<") else ROUND_FLOOR)
        return Q(**{f"{path}__{COMPARED[operator]}": number})


@dataclass(frozen=True)
class Day(Kind):
    """A day, a month, a quarter, a year, or a day that moves with today."""

    operators: ClassVar[tuple[str, ...]] = (":", "<", ">", "<=", ">=")
    words: ClassVar[Mapping[str, str]] = {":": "is within", "<": "is before", ">": "is after", "<=": "is until", ">=": "is from"}
    hint = HINT

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        return _any(self._one(path, test.operator, value, reader) for value in _comparable(test))

    def _one(self, path: str, operator: str, value: str, reader: Reader) -> Q:
        if value.casefold() == NONE and operator == ":":
            return Q(**{f"{path}__isnull": True})
        low, dots, high = value.partition("..")
        first, last = _days(low, reader.today)
        if dots:
            last = _days(high, reader.today)[1]
        return self.compared(path, operator, first, last, reader)

    def compared(self, path: str, operator: str, first: date, last: date, reader: Reader) -> Q:
        """The condition that a day lies before, within or after these."""
        return {
            ":": Q(**{f"{path}__gte": first, f"{path}__lte": last}),
            "<": Q(**{f"{path}__lt": first}),
            "<=": Q(**{f"{path}__lte": last}),
            ">": Q(**{f"{path}__gt": last}),
            ">=": Q(**{f"{path}__gte": first}),
        }[operator]


@dataclass(frozen=True)
class Moment(Day):
    """A moment, asked for by its day in the organisation's time zone."""

    def compared(self, path: str, operator: str, first: date, last: date, reader: Reader) -> Q:
        begins, ends = reader.midnight(first), reader.midnight(last + timedelta(1))
        return {
            ":": Q(**{f"{path}__gte": begins, f"{path}__lt": ends}),
            "<": Q(**{f"{path}__lt": begins}),
            "<=": Q(**{f"{path}__lt": ends}),
            ">": Q(**{f"{path}__gte": ends}),
            ">=": Q(**{f"{path}__gte": begins}),
        }[operator]


@dataclass(frozen=True)
class Age(Moment):
    """For how many days something has been so: the whole days since a moment."""

    operators: ClassVar[tuple[str, ...]] = Number.operators
    words: ClassVar[Mapping[str, str]] = Kind.words
    hint = "A number of days, or from one to another: 10..20."
    TURNED: ClassVar[Mapping[str, str]] = {":": ":", ">": "<", ">=": "<=", "<": ">", "<=": ">="}

    def _one(self, path: str, operator: str, value: str, reader: Reader) -> Q:
        low, dots, high = value.partition("..")
        fewest, most = int(amount(low)), int(amount(high if dots else low))
        try:
            first, last = reader.today - timedelta(most), reader.today - timedelta(fewest)
        except OverflowError as error:
            raise FilterError(f"“{value}” days are more than there are.") from error
        return self.compared(path, self.TURNED[operator], first, last, reader)


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no; `holds(reader)` is the condition for yes."""

    holds: Callable[[Reader], Q]

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        return _any(self.holds(reader) if self._is_yes(value) else ~self.holds(reader) for value in test.values)

    def options(self, chosen: Sequence[str], reader: Reader, most: int) -> list[Option] | None:
        wanted = {value.casefold() for value in chosen}
        return [Option(value, value.capitalize(), value in wanted) for value in ("yes", "no")]

    @staticmethod
    def _is_yes(value: str) -> bool:
        if value.casefold() not in ("yes", "no"):
            raise FilterError(f"“{value}” is neither yes nor no.")
        return value.casefold() == "yes"


@dataclass(frozen=True)
class Field:
    """Something a list is filtered by: `name` in texts, `label` for people, `path` the column.

    `sees` is the class of fields it belongs to, empty where everybody sees it; `reads(reader)` answers the expression under `path` where
    that is no column.
    """

    name: str
    label: str
    kind: Kind
    path: str = ""
    sees: str = ""
    reads: Callable[[Reader], Expression | Subquery] | None = None

    def condition(self, test: Compare, reader: Reader) -> Q:
        """What the rows must be."""
        if test.operator not in self.kind.operators:
            known = " and ".join(f"“{operator}”" for operator in self.kind.operators)
            raise FilterError(f"{self.label} cannot be compared by “{test.operator}”, only by {known}.")
        path = self.path or self.name
        if self.reads is not None:
            reader.aliases[path] = self.reads(reader)
        return self.kind.condition(path, test, reader)


def amount(text: str) -> Decimal:
    """`400k` as a number. Raises `FilterError` where the text is none."""
    folded = text.casefold().replace("_", "")
    size = next((size for size in ("bn", "k", "m") if folded.endswith(size)), "")
    try:
        number = Decimal(folded.removesuffix(size))
    except InvalidOperation:
        number = None
    if number is not None and number.is_finite() and number.adjusted() <= LARGEST_POWER:
        number *= SIZES.get(size, 1)
    if number is None or not number.is_finite() or number.adjusted() > LARGEST_POWER or abs(number) >= 10**13:
        raise FilterError(f"“{text}” is no number. {Number.hint}")
    return number


def _comparable(test: Compare) -> Sequence[str]:
    """The values; one only where more would mean nothing."""
    if len(test.values) > 1 and test.operator != ":":
        raise FilterError(f"“{test.field}{test.operator}” compares with one value, not with several.")
    return test.values


def _days(text: str, today: date) -> tuple[date, date]:
    found = span(text, today)
    if found is None:
        raise FilterError(f"“{text}” is no day. {HINT}")
    return found


def _any(parts: Iterable[Q]) -> Q:
    return Q(*parts, _connector=Q.OR)

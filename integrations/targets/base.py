"""The form of a target: its fields, how a known row is found again, how rows are made and changed."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import F

from core.models import Product, User, Versioned
from integrations import values

type Read = Callable[[str, str], Any]  # (cell, date order) → value; raises values.Unreadable
type Choices = Callable[[User, Product | None], Mapping[str, Any]]  # words in lower case → value


@dataclass(frozen=True)
class Field:
    """A field a column can fill. With `choices`, cells are words of a known set and unknown ones are asked about, or made where `make`
    (actor, product, word) can; a reference names other rows of the file or of here, several in a cell. A dated field says when a row that
    is made was made, or with `has_step` since when it was in the step its column names.
    """

    key: str
    label: str
    read: Read = lambda text, order: values.read_text(text) or None
    choices: Choices | None = None
    is_required: bool = False
    may_append: bool = False
    guesses: tuple[str, ...] = ()
    longest: int | None = None
    make: Callable[[User, Any, str], Any] | None = None
    is_reference: bool = False
    is_dated: bool = False
    has_step: bool = False


type Identity = tuple[str, str]  # how a row is known: ("id", its id in the file) or ("key", its key)


@dataclass(frozen=True)
class Links:
    """How rows of a target point at each other, by the fields that are references.

    `names(actor, product, source, texts)` answers the rows there are, and what they are called; `standing(actor, product, field)` the pairs
    (from, to) that stand; `join(actor, product, field, pairs)` makes pairs stand; of fields in `mutual` one direction says both.
    """

    names: Callable[[User, Any, str, Collection[str]], Iterable[tuple[Identity, str, list[str]]]]
    standing: Callable[[User, Any, str], set[tuple[Identity, Identity]]]
    join: Callable[[User, Any, str, Sequence[tuple[Identity, Identity]]], Any]
    mutual: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Dated:
    """How rows come with their past: `field` holds the step a row is in, `steps(actor)` are (word, name, step) in their order, `days(actor,
    product)` the days that words mean besides dates, and `enter(actor, row, step)` has a row enter one.
    """

    field: str
    steps: Callable[[User], Sequence[tuple[str, str, Any]]]
    days: Callable[[User, Product | None], Mapping[str, dt.date]]
    enter: Callable[[User, Any, Any], Any]


@dataclass(frozen=True)
class Target[Row: Versioned]:
    """One kind of row.

    `find(actor, product, keys)` answers known rows by outside id, deleted ones too; `make(actor, product, rows)` makes rows of
    values in few statements, raising when one breaks a rule; `change(actor, row, values)` changes a known one; `label(values)` names
    a row to a person; `page` is the route on which the rows are seen; `identify(product, values)` is the id `find` knows a row by, and
    `identity` the fields it is made of; `own_heads` stand beside each other, in lower case, where a file is of our own export. `more(actor,
    product)` are the fields of their own.
    """

    kind: str
    noun: str
    page: str
    needs_product: bool
    fields: tuple[Field, ...]
    find: Callable[[User, Product | None, Sequence[str]], dict[str, Row]]
    make: Callable[[User, Any, Sequence[dict[str, Any]]], Sequence[Row]]  # with a Product where one is needed
    change: Callable[[User, Row, dict[str, Any]], Row]
    label: Callable[[dict[str, Any]], str]
    identity: tuple[str, ...] = ("outside_id",)
    identify: Callable[[Product | None, dict[str, Any]], str] = lambda product, values: values["outside_id"]
    links: Links | None = None
    dated: Dated | None = None
    own_heads: tuple[str, ...] = ()
    more: Callable[[User, Product | None], tuple[Field, ...]] = lambda user, product: ()

    def for_run(self, user: User, product: Product | None) -> Self:
        """The target with all fields this person's file may fill."""
        return replace(self, fields=self.fields + self.more(user, product))

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


OWN_SOURCE = "waymark"  # the source of a file that left by our own export
# A row that was removed gives way to a living one of the same id, which is read after it.
REMOVED_FIRST = (F("deleted_at").asc(nulls_last=True), "pk")
OUTSIDE_ID = Field(
    "outside_id", "Id in the file", is_required=True, guesses=("id", "number", "key", "ref", "reference", "uuid"), longest=99
)


def date(text: str, order: str) -> Any:
    return values.read_date(text, order)


def number(text: str, order: str) -> Any:
    return values.read_number(text)


def effort(text: str, order: str) -> Any:
    return values.read_effort(text)


def by_name(rows, name: str = "name") -> dict[str, Any]:
    """Choices from rows by one of their columns."""
    return {str(getattr(row, name)).lower(): row for row in rows}


def of_choices(choices) -> dict[str, str]:
    """Choices of a field, by value and by label."""
    return {str(value).lower(): value for value, _ in choices} | {str(label).lower(): value for value, label in choices}

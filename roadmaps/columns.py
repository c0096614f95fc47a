"""The columns of the features grid."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from django.db.models import QuerySet

from core.custom_fields import Held, alias, fields_of, named, sorted_by
from core.models import CustomField, User
from roadmaps.models import Feature


@dataclass(frozen=True)
class Column:
    """A column of the grid.

    `css` sets its usual width, `width` the one somebody gave it, in pixels; `sort` is the path it is sorted by, empty where it is not, and
    `is_age` says that what is older counts as more; `field` names the input that edits its cells, empty where nobody does; `shown_in`
    places the cell on a phone (l1 first line, l2 second); `reads` are the paths its cells are drawn from, the column's name where it
    says none, and `adds` those of them that statements must be given first; `sees` is the class of fields it belongs to, `custom` the
    custom field it shows.
    """

    name: str
    label: str
    css: str = ""
    sort: str = ""
    field: str = ""
    is_number: bool = False
    shown_in: str = ""
    hides_label: bool = False
    reads: tuple[str, ...] = ()
    is_age: bool = False
    sees: str = ""
    width: int = 0
    adds: Mapping[str, Held] = MappingProxyType({})
    custom: CustomField | None = None

    def is_of(self, product_id: int) -> bool:
        """Whether features of the product have it: a custom field may be another product's."""
        return self.custom is None or self.custom.product_id in (None, product_id)

    @property
    def address(self) -> str:
        """How addresses name it: `stage`, or `stage~140` with its width."""
        return f"{self.name}~{self.width}" if self.width else self.name

    @property
    def classes(self) -> str:
        """The classes of its cells."""
        return " ".join(filter(None, ("n" if self.is_number else "", "t" if self.name == "title" else "", self.shown_in)))


SCORE = ("score", "score_low", "score_high", "score_completeness", "score_in", "score_rev")
DEMAND = ("demand_people", "demand_revenue")
EFFORT = ("effort_low", "effort_likely", "effort_high")
COLUMNS = {
    column.name: column
    for column in (
        Column("key", "Key", "c-key", "number", shown_in="l1"),
        Column("title", "Title", "", "title", "title", shown_in="l1"),
        Column("product", "Product", "c-word", "product__name", reads=("product__name",)),
        Column("initiative", "Initiative", "c-wide", "initiative__name", "initiative", reads=("initiative__name",)),
        Column("stage", "Stage", "c-stage", "stage__position", "stage", shown_in="l2", reads=("stage_id", "stage__slug", "stage__name")),
        Column("status", "Status", "c-word", "status"),
        Column("owner", "Owner", "c-owner", "owner__name", "owner", hides_label=True, reads=("owner_id", "owner__name")),
        Column("team", "Team", "c-word", "team__name", "team", reads=("team__name",)),
        Column("kind", "Kind", "c-word", "kind", "kind"),
        Column("score", "Score", "c-score", "score", is_number=True, shown_in="l1", reads=SCORE),
        Column("demand", "People, revenue", "c-demand", "demand_people", is_number=True, shown_in="l2", reads=DEMAND),
        Column("effort", "Effort", "c-effort", "effort_likely", "effort", is_number=True, reads=EFFORT),
        Column("start_date", "Start", "c-date", "start_date", "start_date", is_number=True),
        Column("target_date", "Target", "c-date", "target_date", "target_date", is_number=True, reads=("target_date", "date_confidence")),
        Column("date_confidence", "Date is sure", "c-word", "date_confidence", "date_confidence"),
        Column("release", "Release", "c-rel", "release__day", "release", reads=("release__version_name",)),
        Column("order", "By hand", "c-date", "sort_key", is_number=True, reads=("position",)),
        Column("people", "People", "c-effort", "demand_people", is_number=True, reads=("demand_people",)),
        Column("accounts", "Accounts", "c-rel", "demand_accounts", is_number=True, reads=("demand_accounts",)),
        Column("revenue", "Revenue", "c-rel", "demand_revenue", is_number=True, reads=("demand_revenue",), sees="revenue"),
        Column("completeness", "Score known to", "c-date", "score_completeness", is_number=True, reads=("score_completeness",)),
        Column("in_stage", "In stage", "c-rel", "stage_since", is_number=True, reads=("stage_since",), is_age=True),
        Column("created", "Created", "c-date", "created_at", is_number=True, reads=("created_at",)),
        Column("changed", "Changed", "c-date", "updated_at", is_number=True, reads=("updated_at",)),
    )
}
ALWAYS = ("key", "title")
WORD = re.compile(r"[a-z][a-z0-9_]*")
MOST_TERMS = 3  # columns a list is sorted by
NARROWEST, WIDEST = 32, 800  # pixels
USUAL = ("stage", "owner", "score", "demand", "effort", "target_date", "release")


@dataclass(frozen=True)
class Term:
    """A column to sort by, and which way."""

    column: Column
    is_descending: bool

    @property
    def falls(self) -> bool:
        """Whether the values of its path fall."""
        return self.is_descending != self.column.is_age

    def __str__(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.column.name}"


class Columns:
    """The columns one person knows: ours, and those of custom fields, which are read once and only where they are asked for."""

    def __init__(self, user: User):
        self.user = user

    @cached_property
    def custom(self) -> dict[str, Column]:
        """A column for each custom field in sight, by its word."""
        return {key: _custom_column(field) for key, field in fields_of(self.user, Feature._meta.label_lower).items()}

    def shown(self) -> list[Column]:
        """The columns this person may choose, besides those that are always there."""
        return [column for column in (*COLUMNS.values(), *self.custom.values()) if column.name not in ALWAYS and self._sees(column)]

    def get(self, name: str) -> Column | None:
        """The column of this name, if this person may see it."""
        found = COLUMNS.get(name) or (self.custom.get(name) if WORD.fullmatch(name) else None)
        return found if found is not None and self._sees(found) else None

    def chosen(self, texts: Sequence[str]) -> list[Column]:
        """The columns asked for, in that order, behind key and title; the usual ones where none is. Unknown ones are left out.

        Each text is one or several separated by commas: `stage` or, with its width, `stage~140`.
        """
        asked: dict[str, str] = {}
        for part in ",".join(texts).split(","):
            name, _, width = part.partition("~")
            asked.setdefault(name, width)
        wanted = [name for name in asked if name not in ALWAYS and self.get(name)]
        found = [self.get(name) for name in (*ALWAYS, *(wanted or USUAL))]
        return [replace(column, width=_width(asked.get(column.name, ""))) for column in found if column is not None]

    def read_sort(self, text: str) -> list[Term]:
        """`-score,target_date` as terms, at most three; by score where nothing readable is asked for."""
        terms = {}
        for part in text.split(","):
            column = self.get(part.removeprefix("-"))
            if column is not None and column.sort:
                terms.setdefault(column.name, Term(column, part.startswith("-")))
        return list(terms.values())[:MOST_TERMS] or [Term(COLUMNS["score"], True)]

    def _sees(self, column: Column) -> bool:
        return not column.sees or self.user.rights.sees(column.sees)


CSS = {
    CustomField.Kind.TEXT: "c-wide", CustomField.Kind.NUMBER: "c-rel", CustomField.Kind.MONEY: "c-rel", CustomField.Kind.DATE: "c-date",
    CustomField.Kind.CHOICE: "c-word", CustomField.Kind.PERSON: "c-word", CustomField.Kind.FLAG: "c-word",
}  # fmt: skip


def _custom_column(field: CustomField) -> Column:
    name, kind = alias(field), CustomField.Kind(field.kind)
    is_number = kind in (CustomField.Kind.NUMBER, CustomField.Kind.MONEY, CustomField.Kind.DATE)
    adds = {name: named(field), f"{name}_place": sorted_by(field)}
    return Column(
        field.key, field.label, CSS[kind], f"{name}_place", field.key, is_number=is_number, reads=(name,), adds=adds, custom=field
    )


def _width(text: str) -> int:
    return min(max(int(text), NARROWEST), WIDEST) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def paths(columns: Sequence[Column]) -> set[str]:
    """What lines with these columns are drawn from."""
    return {"key", "version", "product_id"}.union(*(column.reads or (column.name,) for column in columns))


def with_added(rows: QuerySet, columns: Iterable[Column], what: Callable[[Column], Collection[str]]) -> QuerySet:
    """The rows with the values of custom fields that `what` names of these columns."""
    return rows.annotate(**{name: column.adds[name] for column in columns for name in what(column) if name in column.adds})

"""The columns of the features grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.models import User


@dataclass(frozen=True)
class Column:
    """A column of the grid.

    `css` sets its usual width, `width` the one somebody gave it, in pixels; `sort` is the path it is sorted by, empty where it is not, and
    `is_age` says that what is older counts as more; `field` names the input that edits its cells, empty where nobody does; `shown_in`
    places the cell on a phone (l1 first line, l2 second); `reads` are the paths its cells are drawn from, the column's name where it
    says none; `sees` is the class of fields it belongs to.
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
MOST_TERMS = 3  # columns a list is sorted by
NARROWEST, WIDEST = 32, 800  # pixels
USUAL = ("stage", "owner", "score", "demand", "effort", "target_date", "release")


def shown_to(user: User) -> list[Column]:
    """The columns this person may choose, besides those that are always there."""
    return [column for column in COLUMNS.values() if column.name not in ALWAYS and (not column.sees or user.rights.sees(column.sees))]


def chosen(texts: Sequence[str], user: User) -> list[Column]:
    """The columns asked for, in that order, behind key and title; the usual ones where none is. Unknown ones are left out.

    Each text is one or several separated by commas: `stage` or, with its width, `stage~140`.
    """
    known = {column.name for column in shown_to(user)}.union(ALWAYS)
    asked: dict[str, str] = {}
    for part in ",".join(texts).split(","):
        name, _, width = part.partition("~")
        asked.setdefault(name, width)
    wanted = [name for name in asked if name in known and name not in ALWAYS]
    return [replace(COLUMNS[name], width=_width(asked.get(name, ""))) for name in (*ALWAYS, *(wanted or USUAL))]


def _width(text: str) -> int:
    return min(max(int(text), NARROWEST), WIDEST) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def paths(columns: Sequence[Column]) -> set[str]:
    """What lines with these columns are drawn from."""
    return {"key", "version", "product_id"}.union(*(column.reads or (column.name,) for column in columns))


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


def read_sort(text: str) -> list[Term]:
    """`-score,target_date` as terms, at most three; by score where nothing readable is asked for."""
    terms = {}
    for part in text.split(","):
        column = COLUMNS.get(part.removeprefix("-"))
        if column is not None and column.sort:
            terms.setdefault(column.name, Term(column, part.startswith("-")))
    return list(terms.values())[:MOST_TERMS] or [Term(COLUMNS["score"], True)]

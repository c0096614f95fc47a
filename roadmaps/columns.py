"""The columns of the features grid."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of the grid.

    `css` sets its width; `sort` is the path it is sorted by, empty where it is not; `field` names the input that edits its cells, empty
    where nobody does; `shown_in` places the cell on a phone (l1 first line, l2 second); `reads` are the paths its cells are drawn from,
    the column's name where it says none.
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
        Column("rank", "Manual rank", "c-effort", "manual_rank", "manual_rank", is_number=True, reads=("manual_rank",)),
        Column("in_stage", "In stage since", "c-date", "stage_since", is_number=True, reads=("stage_since",)),
        Column("changed", "Changed", "c-date", "updated_at", is_number=True, reads=("updated_at",)),
    )
}
ALWAYS = ("key", "title")
USUAL = ("stage", "owner", "score", "demand", "effort", "target_date", "release")


def chosen(names: Sequence[str]) -> list[Column]:
    """The columns asked for, in that order, behind key and title; the usual ones where none is. Unknown names are left out."""
    wanted = [name for name in dict.fromkeys(names) if name in COLUMNS and name not in ALWAYS]
    return [COLUMNS[name] for name in (*ALWAYS, *(wanted or USUAL))]


def paths(columns: Sequence[Column]) -> set[str]:
    """What lines with these columns are drawn from."""
    return {"key", "version", "product_id"}.union(*(column.reads or (column.name,) for column in columns))


@dataclass(frozen=True)
class Term:
    """A column to sort by, and which way."""

    column: Column
    is_descending: bool

    def __str__(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.column.name}"


def read_sort(text: str) -> list[Term]:
    """`-score,target_date` as terms, at most three; by score where nothing readable is asked for."""
    terms = {}
    for part in text.split(","):
        column = COLUMNS.get(part.removeprefix("-"))
        if column is not None and column.sort:
            terms.setdefault(column.name, Term(column, part.startswith("-")))
    return list(terms.values())[:3] or [Term(COLUMNS["score"], True)]

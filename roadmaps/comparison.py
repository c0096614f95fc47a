"""What moved between two moments of a plan, line by line, and how much. Plain values in, plain values out.

A row is {field: value}: the recorded fields of a feature, its effort as one `estimate`, the `release_day` of the release it was to go
with, and its description as `text` where that was changed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean, median
from typing import Any

type Row = Mapping[str, Any]
type Rows = Mapping[int, Row]

DATES = ("start_date", "target_date", "release_day")
SCOPE = (
    "title", "text", "stage", "estimate", "release", "initiative", "owner", "team", "kind", "deal_account", "date_confidence", "horizon",
)  # fmt: skip


class Kind(StrEnum):
    """What can become of an item between two moments."""

    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    RESCOPED = "re-scoped"


class How(StrEnum):
    """How an item came or left."""

    MADE = "made"
    BROUGHT_BACK = "brought back"
    REOPENED = "taken up again"
    CAME_IN = "came into the filter"
    DELETED = "deleted"
    MERGED = "merged"
    DECLINED = "declined"
    RETIRED = "retired"
    LEFT = "left the filter"


@dataclass(frozen=True)
class Difference:
    """A field at the first and at the second moment; of two dates `days` is how much later the second is, less than 0 for earlier."""

    field: str
    before: Any
    after: Any
    days: int | None = None


@dataclass(frozen=True)
class Line:
    """An item that came or left, and how; or what differs of one that stayed."""

    kind: Kind
    item: int
    how: How | None = None
    differences: tuple[Difference, ...] = ()


def compare(was: Rows, now: Rows, members: Collection[int], later: Collection[int]) -> list[Line]:
    """The lines between two moments, by kind, then by item: one that moved and was re-scoped has two.

    `was` and `now` are all rows there were, deleted ones too; `members` and `later` are those on the roadmap at either moment.
    """
    before, after = set(members), set(later)
    lines = [Line(Kind.ADDED, pk, _came(was.get(pk))) for pk in sorted(after - before)]
    lines += [Line(Kind.DROPPED, pk, _left(now[pk])) for pk in sorted(before - after)]
    for kind, fields in ((Kind.MOVED, DATES), (Kind.RESCOPED, SCOPE)):
        for pk in sorted(before & after):
            if found := tuple(_differences(was[pk], now[pk], fields)):
                lines.append(Line(kind, pk, differences=found))
    return lines


def _differences(was: Row, now: Row, fields: Sequence[str]) -> Iterator[Difference]:
    for field in fields:
        before, after = was.get(field), now.get(field)
        if before != after:
            days = (after - before).days if isinstance(before, date) and isinstance(after, date) else None
            yield Difference(field, before, after, days)


def _came(was: Row | None) -> How:
    if was is None:
        return How.MADE
    if was["deleted_at"] is not None:
        return How.BROUGHT_BACK
    return How.REOPENED if was["merged_into"] or was["status"] in ("declined", "retired") else How.CAME_IN


def _left(now: Row) -> How:
    if now["deleted_at"] is not None:
        return How.DELETED
    if now["merged_into"]:
        return How.MERGED
    return {"declined": How.DECLINED, "retired": How.RETIRED}.get(now["status"], How.LEFT)


@dataclass(frozen=True)
class Figures:
    """How much moved. `slips` are the days by which each item on both sides with a target date on both sides moved later, 0 for none."""

    at_first: int
    at_second: int
    added: int
    dropped: int
    slips: tuple[int, ...]

    @property
    def either(self) -> int:
        """The items on the roadmap at either moment."""
        return self.at_first + self.added

    @property
    def churn(self) -> float | None:
        """The share of the items at either moment that came or left; None where there were none."""
        return (self.added + self.dropped) / self.either if self.either else None

    @property
    def mean_slip(self) -> float | None:
        """Days later, on average; None where no item has a target date on both sides."""
        return fmean(self.slips) if self.slips else None

    @property
    def median_slip(self) -> float | None:
        """Days later, of the item in the middle."""
        return median(self.slips) if self.slips else None

    @property
    def later(self) -> int:
        return sum(days > 0 for days in self.slips)

    @property
    def earlier(self) -> int:
        return sum(days < 0 for days in self.slips)


def measure(was: Rows, now: Rows, members: Collection[int], later: Collection[int]) -> Figures:
    """The figures between two moments of a roadmap; the same as `compare` is handed."""
    before, after = set(members), set(later)
    pairs = ((was[pk]["target_date"], now[pk]["target_date"]) for pk in sorted(before & after))
    slips = tuple((second - first).days for first, second in pairs if first is not None and second is not None)
    return Figures(len(before), len(after), len(after - before), len(before - after), slips)

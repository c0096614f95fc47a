"""The features grid: which rows, in which order, in which groups, with which sums. Reads only."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db.models import Avg, Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.models import CustomField, User
from core.models.ordering import DescNullsLast
from core.rows import Row, as_rows
from portfolio.models import Objective
from roadmaps.columns import Column, Columns, Term, paths, with_added
from roadmaps.models import Feature, FeatureObjective
from roadmaps.models.plan import Status

MOST_ROWS = 20_000
WINDOW = 200


@dataclass(frozen=True)
class Grouping:
    """A way to group: `path` is the column that tells groups apart, `label` and `order` those that name and sort them.

    `add(user, rows)` brings those columns where the rows have none of their own; `words` say what labels stand for.
    """

    name: str
    title: str
    path: str
    label: str
    order: str
    nothing: str = ""
    add: Callable[[User, QuerySet], QuerySet] = lambda user, rows: rows
    words: Mapping[Any, str] = field(default_factory=dict)


def by_strongest_objective(user: User, rows: QuerySet) -> QuerySet:
    """Each feature with the objective it serves most, of those in sight: `objective_id` and `objective`, its title."""
    seen = Objective.objects.visible_to(user).order_by().values("pk")
    served = (
        FeatureObjective.objects.visible_to(user).filter(feature=OuterRef("pk"), objective__in=seen).order_by("-strength", "objective_id")
    )
    first, title = served.values("objective_id")[:1], served.values("objective__title")[:1]
    return rows.annotate(objective_id=Subquery(first), objective=Subquery(title))


GROUPINGS = {
    grouping.name: grouping
    for grouping in (
        Grouping("initiative", "Initiative", "initiative_id", "initiative__name", "initiative__name", "No initiative"),
        Grouping("product", "Product", "product_id", "product__name", "product__name"),
        Grouping("objective", "Objective", "objective_id", "objective", "objective", "Serves no objective", by_strongest_objective),
        Grouping("stage", "Stage", "stage_id", "stage__name", "stage__position"),
        Grouping("release", "Release", "release_id", "release__version_name", "release__day", "No release"),
        Grouping("team", "Team", "team_id", "team__name", "team__name", "No team"),
        Grouping("owner", "Owner", "owner_id", "owner__name", "owner__name", "Nobody"),
        Grouping("kind", "Kind", "kind", "kind", "kind", words=dict(Feature.Kind.choices)),
        Grouping("status", "Status", "status", "status", "status", words=dict(Status.choices)),
    )
}
YES_OR_NO = {True: "Yes", False: "No"}
SORTS_INTO_FEW = (CustomField.Kind.TEXT, CustomField.Kind.CHOICE, CustomField.Kind.PERSON, CustomField.Kind.FLAG)


def groupings_of(columns: Columns) -> dict[str, Grouping]:
    """All ways to group a person knows: ours, and the custom fields that sort into few."""
    return {**GROUPINGS, **{key: _by_custom(column) for key, column in columns.custom.items() if column.custom.kind in SORTS_INTO_FEW}}


def grouping_called(name: str, columns: Columns) -> Grouping | None:
    """The way to group of this name; custom fields are read only where it is none of ours."""
    return GROUPINGS.get(name) or (groupings_of(columns).get(name) if name else None)


def _by_custom(column: Column) -> Grouping:
    custom, (value, place) = column.custom, column.adds
    words = {CustomField.Kind.CHOICE: {choice["id"]: choice["label"] for choice in custom.choices}, CustomField.Kind.FLAG: YES_OR_NO}
    nothing = f"No {custom.label[:1].lower()}{custom.label[1:]}"
    added = lambda user, rows: rows.annotate(**column.adds)  # noqa: E731
    return Grouping(column.name, column.label, value, value, place, nothing, added, words.get(custom.kind, {}))


@dataclass
class Figures:
    """Sums over features: how many, mean score of those that have one, people and revenue asked (per feature), person-weeks."""

    count: int = 0
    scored: int = 0
    score: float = 0.0
    people: int = 0
    revenue: Decimal = Decimal(0)
    effort_low: Decimal = Decimal(0)
    effort_high: Decimal = Decimal(0)

    @property
    def mean_score(self) -> float | None:
        return self.score / self.scored if self.scored else None

    def add(self, row: dict) -> None:
        """Add one line of the aggregate statement."""
        self.count += row["count"]
        self.scored += row["scored"]
        self.score += float(row["mean"] or 0) * row["scored"]
        self.people += row["people"] or 0
        self.revenue += row["revenue"] or 0
        self.effort_low += row["low"] or 0
        self.effort_high += row["high"] or 0


@dataclass
class Window:
    """Up to 200 rows that are fetched together; `rows` are there in windows the page begins with."""

    number: int
    ids: tuple[int, ...]
    first: int
    rows: list[Row] | None = None

    @property
    def height(self) -> int:
        """The pixels its rows take."""
        return 32 * len(self.ids)

    @property
    def last(self) -> int:
        return self.first + len(self.ids) - 1


@dataclass
class Group:
    """Rows of one initiative, product…; without a grouping there is one group without a label."""

    key: str
    label: str
    figures: Figures
    windows: list[Window] = field(default_factory=list)


@dataclass
class Grid:
    """All a page of the grid needs; `is_cut` where more rows pass the filter than a grid holds."""

    groups: list[Group]
    total: Figures
    is_cut: bool


def build_grid(user: User, rows: QuerySet, columns: Sequence[Column], sort: Sequence[Term], grouping: Grouping | None, at: int = 0) -> Grid:
    """The grid over these features in three statements: ids in order, sums, and the rows of the windows from number `at` on."""
    path = grouping.path if grouping else "deleted_at"
    grouped = grouping.add(user, rows) if grouping else rows
    ids: dict = defaultdict(list)
    found = list(in_order(grouped, sort, grouping).values_list(path, "pk")[: MOST_ROWS + 1])
    for key, pk in found[:MOST_ROWS]:
        ids[key].append(pk)
    total, groups, number, first = Figures(), [], 0, 1
    sums = _sums(grouped, path, grouping)
    for key, members in ids.items():
        label, figures = sums.get(key, ("", Figures(count=len(members))))
        group = Group(str(key), label, figures)
        for part in batched(members, WINDOW):
            group.windows.append(Window(number, part, first))
            number, first = number + 1, first + len(part)
        groups.append(group)
    for _, figures in sums.values():
        _add(total, figures)
    _fill(_drawn_from(rows, columns), [window for group in groups for window in group.windows], at)
    return Grid(groups, total, len(found) > MOST_ROWS)


def in_order(rows: QuerySet, sort: Sequence[Term], grouping: Grouping | None) -> QuerySet:
    """The rows as the grid sorts them: group by group, blanks last, ties by id."""
    order = [_ascending(grouping.order), grouping.path] if grouping else []
    order += [DescNullsLast(term.column.sort) if term.falls else _ascending(term.column.sort) for term in sort]
    return with_added(rows, [term.column for term in sort], lambda column: [column.sort]).order_by(*order, "pk")


def rows_in_order(rows: QuerySet, ids: Sequence[int], columns: Sequence[Column]) -> list[Row]:
    """The rows of these ids that are there, in the order of the ids, with what these columns are drawn from."""
    by_id = {row.pk: row for row in _drawn_from(rows, columns).filter(pk__in=ids).order_by()}
    return [by_id[pk] for pk in ids if pk in by_id]


def _drawn_from(rows: QuerySet, columns: Sequence[Column]) -> QuerySet:
    """The rows with what these columns are drawn from; a position is counted where it is shown."""
    read = paths(columns)
    return as_rows(with_added(rows.with_position() if "position" in read else rows, columns, lambda column: column.reads), read)


def _sums(rows: QuerySet, path: str, grouping: Grouping | None) -> dict[object, tuple[str, Figures]]:
    """{group: (label, sums)}."""
    names = [path, grouping.label] if grouping and grouping.label != path else [path]
    lines = rows.order_by().values(*names).annotate(
        count=Count("pk"), scored=Count("score"), mean=Avg("score"), people=Sum("demand_people"), revenue=Sum("demand_revenue"),
        low=Sum(Coalesce("effort_low", "effort_likely")), high=Sum(Coalesce("effort_high", "effort_likely")),
    )  # fmt: skip
    found: dict[object, tuple[str, Figures]] = {}
    for line in lines:
        label = line[names[-1]] if grouping else ""
        figures = Figures()
        figures.add(line)
        found[line[path]] = ((grouping.words.get(label, label) or grouping.nothing) if grouping else "", figures)
    return found


def _add(total: Figures, part: Figures) -> None:
    for name in ("count", "scored", "score", "people", "revenue", "effort_low", "effort_high"):
        setattr(total, name, getattr(total, name) + getattr(part, name))


def _fill(rows: QuerySet, windows: list[Window], at: int) -> None:
    """Read the rows of the first windows from `at` on, as many as make about one window."""
    shown, wanted = [], 0
    for window in windows[max(0, at) :]:
        if shown and wanted + len(window.ids) > WINDOW:
            break
        shown.append(window)
        wanted += len(window.ids)
    by_id = {row.pk: row for row in rows.filter(pk__in=[pk for window in shown for pk in window.ids]).order_by()}
    for window in shown:
        window.rows = [by_id[pk] for pk in window.ids if pk in by_id]


def _ascending(path: str):
    return F(path).asc(nulls_last=True)

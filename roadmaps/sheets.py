"""Features and themes as tables for spreadsheets: the columns of the grid as plain values, all rows of it. Reads only."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.timezone import localdate

from core.custom_fields import said
from core.days import RoundedDay
from core.models import CustomField, User
from core.rows import Row
from core.sheets import Heading, Plain, Table
from roadmaps.columns import ALWAYS, COLUMNS, Column
from roadmaps.effort import say_effort
from roadmaps.grid import Grouping, rows_in_order
from roadmaps.lanes import in_lanes
from roadmaps.looks import Look
from roadmaps.models import Feature
from roadmaps.models.plan import Status

BATCH = 500  # rows read at once
WIDTHS = {"title": 60, "initiative": 30, "product": 24, "owner": 24}
LISTED = {  # the columns that stand for a fact of a roadmap's list
    "owner": ("owner",), "dates": ("start_date", "target_date", "date_confidence"), "team": ("team",), "effort": ("effort",),
    "release": ("release",), "score": ("score",),
}  # fmt: skip


class Said(NamedTuple):
    """What a sheet says of a row under one head."""

    name: str
    value: Callable[[Row], Plain]


class Told(NamedTuple):
    """A fact as a sheet tells it to an audience under a head."""

    name: str
    title: str
    value: Callable[[Any], Plain]


TITLE = Told("title", "Title", lambda f: f.title)
TOLD = [
    Told("key", "Key", lambda f: f.key),
    Told("stage", "Stage", lambda f: f.stage.name),
    Told("status", "Status", lambda f: f.get_status_display()),
    Told("product", "Product", lambda f: f.product_name),
    Told("dates", "Start", lambda f: _day(f.start_date)),
    Told("dates", "Target", lambda f: _day(f.target_date)),
    Told("confidence", "Date is sure", lambda f: f.get_date_confidence_display()),
    Told("owner", "Owner", lambda f: f.owner_name),
    Told("team", "Team", lambda f: f.team),
    Told("effort", "Effort", lambda f: f.effort_words),
    Told("release", "Release", lambda f: f.release),
    Told("score", "Score", lambda f: f.score),
]


def _confidence(f: Row) -> str:
    return Feature.Confidence(f.date_confidence).label if f.date_confidence else ""


SAYS: dict[str, Sequence[Said]] = {
    "status": [Said("Status", lambda f: Status(f.status).label)],
    "kind": [Said("Kind", lambda f: Feature.Kind(f.kind).label)],
    "stage": [Said("Stage", lambda f: f.stage__name)],
    "owner": [Said("Owner", lambda f: f.owner__name)],
    "score": [
        Said("Score", lambda f: f.score),
        Said("Score low", lambda f: f.score_low),
        Said("Score high", lambda f: f.score_high),
    ],
    "effort": [Said("Effort", lambda f: say_effort(f.effort_low, f.effort_likely, f.effort_high, whole=True))],
    "target_date": [Said("Target", lambda f: f.target_date)],
    "date_confidence": [Said("Date is sure", _confidence)],
    "in_stage": [Said("In stage since", lambda f: localdate(f.stage_since))],
    "created": [Said("Created", lambda f: localdate(f.created_at))],
    "changed": [Said("Changed", lambda f: localdate(f.updated_at))],
}
PEOPLE, REVENUE = Said("People", lambda f: f.demand_people), Said("Revenue", lambda f: f.demand_revenue)


def table_of_grid(user: User, rows: QuerySet, columns: Sequence[Column], name: str = "Features") -> Table:
    """These features, as they are ordered, with these columns as this person sees them."""
    said = {one.name: one for column in columns for one in _said(column, user)}
    headings = [Heading(one, WIDTHS.get(one.lower(), 14)) for one in said]
    return Table(name, headings, _batches(rows, columns, list(said.values())))


def table_of_look(look: Look, name: str) -> Table:
    """What a roadmap lists, whatever its layout: its features by lane and target, or its themes alone."""
    if look.is_theme_only:
        return _table_of_themes(look, name)
    if look.is_masked:
        return _table_of_shown(look, name)
    names = [*ALWAYS, "stage", "status", *(column for fact in look.fields for column in LISTED[fact])]
    columns = [COLUMNS[column] for column in names]
    grouping = look.grouping("initiative")
    laned, order = in_lanes(look.user, look.rows, grouping)
    rows = laned.order_by(*order, F("target_date").asc(nulls_last=True), "pk")
    if grouping is None:
        return table_of_grid(look.user, rows, columns, name)
    return table_of_grid(look.user, rows, [_lane(grouping), *columns], name)


def _lane(grouping: Grouping) -> Column:
    return Column(grouping.name, grouping.title, reads=(grouping.label,))


def _said(column: Column, user: User) -> Sequence[Said]:
    """What the column says; where nothing else is laid down, the value it is drawn from."""
    if column.name == "demand":
        return [PEOPLE, REVENUE] if user.rights.sees("revenue") else [PEOPLE]
    path = column.reads[0] if column.reads else column.name
    if (custom := column.custom) is not None:
        return [Said(custom.label, lambda f: _custom(custom, getattr(f, path)))]
    return SAYS.get(column.name) or [Said(column.label, lambda f: getattr(f, path))]


def _custom(field: CustomField, value: Plain) -> Plain:
    """Numbers and days as such, all else in words."""
    return value if field.column in ("number", "day") else said(field, value, str(value or ""))


def _batches(rows: QuerySet, columns: Sequence[Column], said: Sequence[Said]) -> Iterator[list[list[Plain]]]:
    """The rows in batches; their ids are read once, so that a row that changes meanwhile comes neither twice nor not at all."""
    zone = timezone.get_current_timezone()  # of who asks: the batches are read after their request

    def read() -> Iterator[list[list[Plain]]]:
        for ids in batched(list(rows.values_list("pk", flat=True)), BATCH):
            with timezone.override(zone):
                batch = [[one.value(row) for one in said] for row in rows_in_order(rows, ids, columns)]
            yield batch

    return read()


def _table_of_themes(look: Look, name: str) -> Table:
    headings = [Heading("Initiative", 40), Heading("Outcome", 60), *map(Heading, ("Horizon", "From", "Until", "Shipped", "Features"))]
    lines: Iterable[Sequence[Plain]] = (
        [theme.name, theme.outcome, theme.get_horizon_display(), _day(theme.start), _day(theme.target), theme.shipped, theme.features]
        for theme in look.themes
    )
    return Table(name, headings, [lines])


def _day(day: date | None) -> Plain:
    """The day; of a rounded one its words, because a cell of a date is a day."""
    return str(day) if isinstance(day, RoundedDay) else day


def _table_of_shown(look: Look, name: str) -> Table:
    """What an audience is shown of each feature: what pages draw of it."""
    grouping, told = look.grouping("initiative"), [fact for fact in TOLD if fact.name in look.shows or fact.name in look.fields]
    told = [TITLE, *told] if "key" not in look.shows else [told[0], TITLE, *told[1:]]
    if grouping:
        told.insert(0, Told(grouping.name, grouping.title, lambda f: getattr(f, grouping.path)))
    headings = [Heading(one.title, WIDTHS.get(one.title.lower(), 14)) for one in told]
    return Table(name, headings, [[[one.value(feature) for one in told] for feature in look.laned(grouping)]])

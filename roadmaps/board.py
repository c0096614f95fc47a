"""What a board shows: columns of cards by stage, by status or by horizon, in lanes or not; and the list. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from core.models.ordering import DescNullsLast
from roadmaps.grid import Grouping
from roadmaps.lanes import in_lanes, label_of
from roadmaps.looks import Look
from roadmaps.models import Feature, Initiative, Stage
from roadmaps.models.plan import Horizon, Status
from roadmaps.planned import Planned
from roadmaps.timeline import add_quarters, quarter_of

WINDOW, MOST = 30, 500  # cards of a column that are drawn at first, and of one that was opened
LONGEST_LIST = 500
LIVING = (Status.OPEN, Status.PLANNED, Status.IN_PROGRESS, Status.SHIPPED)


@dataclass
class Column:
    """A column: `to` is what a card dropped in it becomes, blank where it takes none."""

    name: str
    title: str
    to: str = ""
    stage: Stage | None = None
    count: int = 0
    limit: int | None = None
    drawn: int = 0

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.count > self.limit

    @property
    def more(self) -> int:
        return self.count - self.drawn


@dataclass
class Lane:
    """A lane of a board: its cards, column by column; without lanes there is one without a label."""

    label: str
    cells: list[tuple[Column, list[Feature]]]


@dataclass
class Board:
    """Everything a board draws."""

    columns: list[Column]
    lanes: list[Lane]
    total: int


def build_board(look: Look, grouping: Grouping | None) -> Board:
    """The features by stage or by status, best score first, in four statements; of a long column the first cards."""
    path = "status" if look.by == "status" else "stage_id"
    stages = [stage for stage in look.stages if stage.status != Status.RETIRED]
    columns = _by_status(stages) if look.by == "status" else _by_stage(stages)
    cards = _masked_cards(look, columns, path, grouping) if look.is_masked else _cards(look, columns, path, grouping)
    for card in cards:
        columns[str(getattr(card, path))].drawn += 1
    return Board(list(columns.values()), _lanes(cards, columns, path, grouping), sum(column.count for column in columns.values()))


def _masked_cards(look: Look, columns: dict[str, Column], path: str, grouping: Grouping | None) -> list[Planned]:
    """All cards an audience is shown; nothing is moved there, and limits are ours."""
    for column in columns.values():
        column.to, column.limit = "", None
    cards = [card for card in look.laned(grouping) if str(getattr(card, path)) in columns]
    for card in cards:
        columns[str(getattr(card, path))].count += 1
    return cards


def _cards(look: Look, columns: dict[str, Column], path: str, grouping: Grouping | None) -> list[Feature]:
    user, rows, opened = look.user, look.rows, look.params.get("open", "")
    for name, count in rows.order_by().values_list(path).annotate(Count("pk")):
        if str(name) in columns:
            columns[str(name)].count = count
    place = Window(RowNumber(), partition_by=[F(path)], order_by=[DescNullsLast("score"), F("pk").asc()])
    first = rows.annotate(place=place).filter(place__lte=WINDOW).order_by().values_list("pk", flat=True)
    ids = set(first)
    if opened in columns:
        ids |= set(rows.filter(**{path: opened}).order_by(DescNullsLast("score"), "pk").values_list("pk", flat=True)[:MOST])
    laned, order = in_lanes(user, Feature.objects.visible_to(user).filter(pk__in=ids).for_list(), grouping)
    return list(laned.order_by(*order, DescNullsLast("score"), "pk"))


def _by_stage(stages: Sequence[Stage]) -> dict[str, Column]:
    return {str(stage.pk): Column(str(stage.pk), stage.name, stage.slug, stage, limit=stage.wip_limit) for stage in stages}


def _by_status(stages: Sequence[Stage]) -> dict[str, Column]:
    """A card that is dropped enters the first stage of the status; the limit is that of its stages together, where each has one."""
    columns = {status.value: Column(status.value, status.label) for status in LIVING}
    for status, column in columns.items():
        of_it = [stage for stage in stages if stage.status == status]
        column.to = of_it[0].slug if of_it else ""
        limits = [stage.wip_limit for stage in of_it]
        column.limit = sum(limits) if limits and None not in limits else None
    return columns


def _lanes(cards: Sequence[Feature], columns: dict[str, Column], path: str, grouping: Grouping | None) -> list[Lane]:
    lanes = []
    for _, members in groupby(cards, key=lambda card: getattr(card, grouping.path) if grouping else None):
        some = list(members)
        cells = [(column, [card for card in some if str(getattr(card, path)) == name]) for name, column in columns.items()]
        lanes.append(Lane(label_of(some[0], grouping), cells))
    return lanes or [Lane("", [(column, []) for column in columns.values()])]


@dataclass
class Theme:
    """An initiative in its horizon, with those of its features that are shown; None: features without one, by their dates."""

    initiative: Initiative | None
    features: list[Feature] = field(default_factory=list)


@dataclass
class HorizonColumn:
    """Now, next or later."""

    name: str
    title: str
    themes: list[Theme] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(len(theme.features) for theme in self.themes)


def build_horizons(themes: Iterable[Initiative], features: Iterable[Feature], today: date) -> list[HorizonColumn]:
    """Initiatives in their horizons with their features; a feature without an initiative stands where its dates put it."""
    columns = {name: HorizonColumn(name, label) for name, label in Horizon.choices}
    known = {theme.pk: Theme(theme) for theme in themes}
    loose = {name: Theme(None) for name in columns}
    for feature in features:
        (known.get(feature.initiative_id) or loose[horizon_of(feature, today)]).features.append(feature)
    for theme in known.values():
        columns[theme.initiative.horizon].themes.append(theme)
    for name, theme in loose.items():
        if theme.features:
            columns[name].themes.append(theme)
    return list(columns.values())


def horizon_of(feature: Feature, today: date) -> str:
    """Now: being built, or due this quarter or before; next: promised, or due in the quarter after; later: everything else."""
    following = add_quarters(quarter_of(today), 1)
    target = feature.target_date
    if feature.status == Status.IN_PROGRESS or (target and target < following):
        return Horizon.NOW
    if feature.status == Status.PLANNED or (target and target < add_quarters(following, 1)):
        return Horizon.NEXT
    return Horizon.LATER


@dataclass
class Group:
    """Lines of the list under one heading."""

    label: str
    features: list[Feature]


def build_list(look: Look, grouping: Grouping | None) -> tuple[list[Group], bool]:
    """The features in groups, in the order of their dates; whether there are more than are shown."""
    if look.is_masked:
        found = look.laned(grouping)
    else:
        laned, order = in_lanes(look.user, look.rows.for_list(), grouping)
        found = list(laned.order_by(*order, F("target_date").asc(nulls_last=True), "pk")[: LONGEST_LIST + 1])
    shown, groups = found[:LONGEST_LIST], []
    for _, members in groupby(shown, key=lambda feature: getattr(feature, grouping.path) if grouping else None):
        some = list(members)
        groups.append(Group(label_of(some[0], grouping), some))
    return groups, len(found) > LONGEST_LIST

"""What a timeline shows: lanes of bars, releases, dependencies. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import F, Q, QuerySet

from core.models import User
from core.templatetags.waymark import short_date
from roadmaps.effort import say_effort, usual_days
from roadmaps.forecast import Forecast
from roadmaps.grid import GROUPINGS, Grouping
from roadmaps.models import Dependency, Feature, Release
from roadmaps.models.plan import Status
from roadmaps.reports import outlooks_of
from roadmaps.schedule import late_days, sentence_of
from roadmaps.timeline import ROW, Bar, Connector, Scale, bar_of, connect, free_spot, label_box

LANES = {name: GROUPINGS[name] for name in ("initiative", "product", "team", "release", "owner")}
MOST_BARS = 1_000


@dataclass(frozen=True)
class Item:
    """A feature in its row of the timeline."""

    feature: Feature
    bar: Bar
    start: date
    is_guess: bool  # nobody has said when it starts
    is_editable: bool
    forecast: Forecast | None

    @property
    def span(self) -> str:
        """Its dates in words, with those forecast."""
        about = "about " if self.is_guess else ""
        said = f"{about}{short_date(self.start)} to {short_date(self.feature.target_date)}"
        if self.forecast is None:
            return said
        days = ", ".join(f"{share} % by {short_date(day)}" for share, day in self.forecast.days.items())
        return f"{said}. Done {days}; the target is {self.forecast.percent} % likely"


@dataclass
class Lane:
    """The features of one initiative, product…; without lanes there is one without a label."""

    label: str
    row: int
    items: list[Item] = field(default_factory=list)
    effort: str = ""

    @property
    def y(self) -> int:
        return self.row * ROW

    @property
    def left(self) -> float:
        return min(item.bar.x for item in self.items)

    @property
    def right(self) -> float:
        return max(item.bar.end for item in self.items)


@dataclass(frozen=True)
class Link:
    """A dependency between two bars, with its sentence where it is broken."""

    connector: Connector
    late: int | None
    sentence: str


@dataclass(frozen=True)
class Marker:
    """A day of releases; `spot` is (x, anchor) of its label, None where there is no room for one."""

    x: float
    label: str
    words: str
    spot: tuple[float, str] | None


@dataclass
class Plan:
    """Everything a timeline draws; `undated` counts the features that have no target date, `beyond` those outside its window."""

    scale: Scale
    lanes: list[Lane]
    links: list[Link]
    markers: list[Marker]
    rows: int
    shown: int
    undated: int
    beyond: int
    is_cut: bool

    @property
    def height(self) -> int:
        return max(self.rows, 1) * ROW

    @property
    def broken(self) -> list[Link]:
        return [link for link in self.links if link.late]


def build_plan(user: User, rows: QuerySet, scale: Scale, grouping: Grouping | None) -> Plan:
    """The timeline of these features in the window, in seven statements."""
    rows = rows.exclude(status__in=(Status.DECLINED, Status.RETIRED))
    order = [F(grouping.order).asc(nulls_last=True), grouping.path] if grouping else []
    dated = rows.filter(target_date__isnull=False).order_by(*order, "start_date", "target_date", "pk")
    found = list(dated.filter(target_date__gte=scale.start).filter(Q(start_date__lt=scale.end) | Q(start_date=None))[: MOST_BARS + 1])
    features = [f for f in found[:MOST_BARS] if scale.shows(start_of(f), f.target_date)]
    counts = rows.values_list("target_date", flat=True).order_by()
    undated = sum(day is None for day in counts)
    lanes, used = _lanes(user, features, scale, grouping)
    items = {item.feature.pk: item for lane in lanes for item in lane.items}
    beyond = len(counts) - undated - len(items)
    return Plan(scale, lanes, _links(user, items), _markers(user, rows, scale), used, len(items), undated, beyond, len(found) > MOST_BARS)


def start_of(feature: Feature) -> date:
    """When the feature starts: as said, else as long before its target as it takes."""
    if feature.start_date is not None:
        return feature.start_date
    return feature.target_date - timedelta(days=usual_days(feature.effort_likely))


def _lanes(user: User, features: Sequence[Feature], scale: Scale, grouping: Grouping | None) -> tuple[list[Lane], int]:
    """The lanes with their bars, and how many rows they take."""
    lanes, row, outlooks = [], 0, outlooks_of(user, features)
    for _, members in groupby(features, key=lambda f: getattr(f, grouping.path) if grouping else None):
        lane = Lane("", row)
        row += grouping is not None
        for feature in members:
            start = start_of(feature)
            forecast = outlooks[feature.pk].forecast if feature.pk in outlooks else None
            ends = (forecast.days[50], forecast.days[95]) if forecast else None
            bar = bar_of(scale, row, start, feature.target_date, feature.date_confidence, feature.title, ends)
            lane.items.append(Item(feature, bar, start, feature.start_date is None, feature.product_id in user.rights.editable, forecast))
            row += 1
        lane.label = _label(lane.items[0].feature, grouping)
        low = sum((f.effort_low or f.effort_likely or 0 for f in (item.feature for item in lane.items)), Decimal(0))
        high = sum((f.effort_high or f.effort_likely or 0 for f in (item.feature for item in lane.items)), Decimal(0))
        lane.effort = say_effort(low, None, high) if high else ""
        lanes.append(lane)
    return lanes, row


def _label(feature: Feature, grouping: Grouping | None) -> str:
    if grouping is None:
        return ""
    linked = getattr(feature, grouping.name)
    return str(linked) if linked is not None else grouping.nothing


def _links(user: User, items: dict[int, Item]) -> list[Link]:
    """The dependencies between bars that are drawn, broken ones last, so that they lie on top."""
    rows = Dependency.objects.visible_to(user).scheduled()
    links = []
    for row in rows.filter(predecessor_id__in=items, successor_id__in=items):
        giver, waiter = items[row.predecessor_id], items[row.successor_id]
        row.predecessor, row.successor = giver.feature, waiter.feature
        late = late_days(row)
        links.append(Link(connect(row.kind, giver.bar, waiter.bar), late, sentence_of(row, late)))
    return sorted(links, key=lambda link: link.late or 0)


def _markers(user: User, rows: QuerySet, scale: Scale) -> list[Marker]:
    """The days in the window on which the features' products release, alone or together."""
    days: dict[date, list[Release]] = {}
    of_these = Q(product__in=rows.order_by().values("product")) | Q(product=None)
    releases = Release.objects.visible_to(user).filter(of_these, day__gte=scale.start, day__lt=scale.end)
    for release in releases.select_related("product").order_by("day", "version_name"):
        days.setdefault(release.day, []).append(release)
    markers, taken = [], [label_box(tick.x + 8, tick.label) for tick in scale.upper()]
    for day, together in days.items():
        names = list(dict.fromkeys(release.version_name for release in together))
        words = ", ".join(
            f"{release.product.key} {release.version_name}" if release.product else release.version_name for release in together
        )
        label, x = names[0] + (f" +{len(names) - 1}" if len(names) > 1 else ""), scale.x(day)
        markers.append(Marker(x, label, f"{words} on {short_date(day)}", free_spot(x, label, taken, scale.width)))
    return markers

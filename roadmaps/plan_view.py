"""What a timeline shows: lanes of bars, releases, dependencies. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core.models import User
from core.templatetags.waymark import short_date
from roadmaps.effort import say_effort, usual_days
from roadmaps.forecast import Forecast
from roadmaps.grid import Grouping
from roadmaps.lanes import in_lanes, label_of
from roadmaps.looks import Look
from roadmaps.models import Dependency, Feature, Release, Stage
from roadmaps.models.plan import Horizon, Status
from roadmaps.reports import outlooks_of
from roadmaps.schedule import late_days, sentence_of
from roadmaps.timeline import ROW, ZOOMS, Bar, Connector, Scale, bar_of, connect, free_spot, label_box, read_day, scale_at

MOST_BARS = 1_000
STAGE_OF = {Horizon.NOW: "delivery", Horizon.NEXT: "definition", Horizon.LATER: "discovery"}  # the colour of a theme's bar


@dataclass
class Item:
    """A feature in its row of the timeline."""

    feature: "Feature | ThemeBar"
    bar: Bar
    start: date
    is_guess: bool  # nobody has said when it starts
    is_editable: bool
    forecast: Forecast | None
    url: str
    gives: bool = False  # whether anything waits for it, so that its move may push

    @property
    def dates(self) -> str:
        """Its dates in words."""
        about = "about " if self.is_guess else ""
        return f"{about}{short_date(self.start)} to {short_date(self.feature.target_date)}"

    @property
    def span(self) -> str:
        """Its dates in words, with those forecast."""
        said = self.dates
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
    kind: str
    giver: int  # the ids of the features that give and wait
    waiter: int
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


def plan_of(look: Look, today: date, width: float | None = None) -> Plan:
    """The timeline of the look, in the window its address says; as wide as a screen, or as is said."""
    zoom = look.params.get("zoom", "")
    scale = scale_at(zoom if zoom in ZOOMS else "months", read_day(look.params.get("from", "")) or today, width)
    return build_theme_plan(look, scale) if look.is_theme_only else build_plan(look.user, look.rows, scale, lanes_of(look))


def lanes_of(look: Look) -> Grouping | None:
    """The lanes of its timeline; themes lie in none."""
    return None if look.is_theme_only else look.grouping("initiative")


def build_plan(user: User, rows: QuerySet, scale: Scale, grouping: Grouping | None) -> Plan:
    """The timeline of these features in the window, in seven statements."""
    laned, order = in_lanes(user, rows.for_list().defer("description"), grouping)
    dated = laned.filter(target_date__isnull=False).order_by(*order, "start_date", "target_date", "pk")
    found = list(dated.filter(target_date__gte=scale.start).filter(Q(start_date__lt=scale.end) | Q(start_date=None))[: MOST_BARS + 1])
    features = [f for f in found[:MOST_BARS] if scale.shows(start_of(f), f.target_date)]
    counts = rows.order_by().aggregate(all=Count("pk"), dated=Count("target_date"))
    lanes, used = _lanes(user, features, scale, grouping)
    items = {item.feature.pk: item for lane in lanes for item in lane.items}
    undated, beyond = counts["all"] - counts["dated"], counts["dated"] - len(items)
    return Plan(scale, lanes, _links(user, items), _markers(user, rows, scale), used, len(items), undated, beyond, len(found) > MOST_BARS)


@dataclass(frozen=True)
class ThemeBar:
    """An initiative as a bar, from when its first feature starts until its last one ends; for templates as a feature would be."""

    pk: int
    title: str
    stage: Stage
    status: str
    target_date: date
    key: str = ""


def build_theme_plan(look: Look, scale: Scale) -> Plan:
    """The timeline of the look's initiatives, in the order of their beginning; none of them is moved by hand."""
    dated = sorted((theme for theme in look.themes if theme.target), key=lambda theme: (theme.start, theme.name))
    shown = [theme for theme in dated if scale.shows(theme.start, theme.target)]
    lane = Lane("", 0)
    for row, theme in enumerate(shown):
        is_done = theme.shipped == theme.features
        bar = bar_of(scale, row, theme.start, theme.target, Feature.Confidence.HIGH, theme.name)
        stands = Status.SHIPPED if is_done else ""
        as_feature = ThemeBar(theme.pk, theme.name, Stage(slug=STAGE_OF[theme.horizon]), stands, theme.target)
        lane.items.append(Item(as_feature, bar, theme.start, False, False, None, reverse("initiative", args=[theme.pk])))
    undated, beyond = len(look.themes) - len(dated), len(dated) - len(shown)
    markers = _markers(look.user, look.rows, scale)
    return Plan(scale, [lane] if shown else [], [], markers, len(shown), len(shown), undated, beyond, False)


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
            is_guess, is_editable = feature.start_date is None, feature.product_id in user.rights.editable
            lane.items.append(Item(feature, bar, start, is_guess, is_editable, forecast, reverse("feature", args=[feature.key])))
            row += 1
        lane.label = label_of(lane.items[0].feature, grouping)
        low = sum((f.effort_low or f.effort_likely or 0 for f in (item.feature for item in lane.items)), Decimal(0))
        high = sum((f.effort_high or f.effort_likely or 0 for f in (item.feature for item in lane.items)), Decimal(0))
        lane.effort = say_effort(low, None, high) if high else ""
        lanes.append(lane)
    return lanes, row


def _links(user: User, items: dict[int, Item]) -> list[Link]:
    """The dependencies between bars that are drawn, broken ones last, so that they lie on top."""
    # Found by their bars first: asked with the rights at once, SQLite begins with all features of the products, times themselves.
    known = Dependency._base_manager.filter(deleted_at=None, kind__in=Dependency.SCHEDULED, predecessor_id__in=items)
    links = []
    for row in Dependency.objects.visible_to(user).filter(pk__in=list(known.values_list("pk", flat=True))):
        giver, waiter = items[row.predecessor_id], items.get(row.successor_id)
        giver.gives = True
        if waiter is None:
            continue
        row.predecessor, row.successor = giver.feature, waiter.feature
        late = late_days(row)
        line = connect(row.kind, giver.bar, waiter.bar)
        links.append(Link(line, row.kind, row.predecessor_id, row.successor_id, late, sentence_of(row, late)))
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

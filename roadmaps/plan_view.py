"""What a timeline shows: lanes of bars, releases, dependencies. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from core.models import User
from core.rows import Row, as_rows
from core.templatetags.waymark import say_day, short_date
from roadmaps.effort import say_effort
from roadmaps.forecast import Forecast
from roadmaps.grid import Grouping
from roadmaps.lanes import in_lanes
from roadmaps.looks import Look
from roadmaps.models import Dependency, Feature, FreezePeriod, Release
from roadmaps.models.plan import Horizon, Status
from roadmaps.planned import READ, Planned, Step, planned
from roadmaps.reports import outlooks_of
from roadmaps.schedule import late_between, sentence_of
from roadmaps.timeline import ROW, ZOOMS, Bar, Connector, Scale, bar_of, connect, free_spot, label_box, read_day, scale_at

MOST_BARS = 1_000
STAGE_OF = {Horizon.NOW: "delivery", Horizon.NEXT: "definition", Horizon.LATER: "discovery"}  # the colour of a theme's bar


@dataclass
class Item:
    """A feature, or a theme, in its row of the timeline."""

    feature: Planned
    bar: Bar
    start: date
    is_guess: bool  # nobody has said when it starts
    is_editable: bool
    forecast: Forecast | None
    url: str
    dates: str  # in words
    this_year: int
    gives: bool = False  # whether anything waits for it, so that its move may push

    @property
    def span(self) -> str:
        """Its dates in words, with those forecast."""
        if self.forecast is None:
            return self.dates
        days = ", ".join([f"{share} % by {say_day(day, self.this_year)}" for share, day in self.forecast.days.items()])
        return f"{self.dates}. Done {days}; the target is {self.forecast.percent} % likely"


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
    giver: int | str  # the ids of the features that give and wait
    waiter: int | str
    late: int | None
    sentence: str


@dataclass(frozen=True)
class Marker:
    """A day of releases; `spot` is (x, anchor) of its label, None where there is no room for one."""

    x: float
    label: str
    words: str
    spot: tuple[float, str] | None


@dataclass(frozen=True)
class Freeze:
    """Days on which nothing is released, as far as they are in the window; `spot` as a marker's."""

    x: float
    width: float
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
    freezes: list[Freeze]
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
    return build_theme_plan(look, scale) if look.is_theme_only else build_plan(look, scale, lanes_of(look))


def lanes_of(look: Look) -> Grouping | None:
    """The lanes of its timeline; themes lie in none."""
    return None if look.is_theme_only else look.grouping("initiative")


def build_plan(look: Look, scale: Scale, grouping: Grouping | None) -> Plan:
    """The timeline of the look's features in the window, in eight statements."""
    found, every, with_dates = _masked(look, grouping) if look.is_masked else _read(look, scale, grouping)
    lanes, used = _lanes(look.user, found[:MOST_BARS], scale, grouping)
    items = {item.feature.pk: item for lane in lanes for item in lane.items}
    links = _masked_links(look, items) if look.is_masked else _links(look.user, items)
    undated, beyond = every - with_dates, with_dates - len(items)
    return Plan(scale, lanes, links, *_marked(look, scale), used, len(items), undated, beyond, len(found) > MOST_BARS)


type Found = Sequence[tuple[Row | Planned, Planned]]  # what the lane of a bar is read from, and what is drawn of it


def _read(look: Look, scale: Scale, grouping: Grouping | None) -> tuple[Found, int, int]:
    """The bars that may be in the window, one more than are drawn at most; how many features there are, and how many have dates."""
    laned, order = in_lanes(look.user, look.rows, grouping)
    lane = (grouping.path, grouping.label) if grouping else ()
    dated = as_rows(laned.filter(target_date__isnull=False), (*READ, *lane)).order_by(*order, "start_date", "target_date", "pk")
    found = list(dated.filter(target_date__gte=scale.start).filter(Q(start_date__lt=scale.end) | Q(start_date=None))[: MOST_BARS + 1])
    counts = look.rows.order_by().aggregate(all=Count("pk"), dated=Count("target_date"))
    return list(zip(found, planned(found), strict=True)), counts["all"], counts["dated"]


def _masked(look: Look, grouping: Grouping | None) -> tuple[Found, int, int]:
    """The same of a look whose rows were masked when they were read."""
    dated = [(one, one) for one in look.laned(grouping) if one.target_date]
    return dated, len(look.features), len(dated)


def build_theme_plan(look: Look, scale: Scale) -> Plan:
    """The timeline of the look's initiatives, in the order of their beginning; none of them is moved by hand."""
    dated = sorted((theme for theme in look.themes if theme.target), key=lambda theme: (theme.start, theme.name))
    shown = [theme for theme in dated if scale.shows(theme.start, theme.target)]
    lane, this_year = Lane("", 0), localdate().year
    for row, theme in enumerate(shown):
        status = Status.SHIPPED if theme.shipped == theme.features else ""
        step = Step(STAGE_OF.get(theme.horizon, "definition"))
        drawn = Planned(theme.pk, theme.name, step, status, theme.target, theme.start, Feature.Confidence.HIGH)
        bar = bar_of(scale, row, theme.start, theme.target, drawn.date_confidence, theme.name)
        url = "" if look.is_masked else reverse("initiative", args=[theme.pk])
        lane.items.append(Item(drawn, bar, theme.start, False, False, None, url, _say_dates(drawn, this_year), this_year))
    undated, beyond = len(look.themes) - len(dated), len(dated) - len(shown)
    return Plan(scale, [lane] if shown else [], [], *_marked(look, scale), len(shown), len(shown), undated, beyond, False)


def _say_dates(drawn: Planned, this_year: int) -> str:
    about = "" if drawn.start_date else "about "
    start, target = say_day(drawn.start, this_year), say_day(drawn.target_date, this_year)
    return target if start == target and drawn.start_date else f"{about}{start} to {target}"


def _lanes(user: User | None, found: Found, scale: Scale, grouping: Grouping | None) -> tuple[list[Lane], int]:
    """The lanes with the bars that are in the window, and how many rows they take; for nobody in particular without forecasts and links."""
    shown = [(row, drawn) for row, drawn in found if scale.shows(drawn.start, drawn.target_date)]
    lanes, row, outlooks = [], 0, outlooks_of(user, [drawn for _, drawn in shown]) if user else {}
    this_year, address, editable = localdate().year, reverse("features"), user.rights.editable if user else ()
    for _, members in groupby(shown, key=lambda pair: getattr(pair[0], grouping.path) if grouping else None):
        lane = Lane("", row)
        row += grouping is not None
        for read, drawn in members:
            forecast = outlooks[drawn.pk].forecast if drawn.pk in outlooks else None
            ends = (forecast.days[50], forecast.days[95]) if forecast else None
            bar = bar_of(scale, row, drawn.start, drawn.target_date, drawn.date_confidence, drawn.title, ends)
            is_guess, is_editable = drawn.start_date is None, drawn.product_id in editable
            url, dates = f"{address}{drawn.key}/" if user else "", _say_dates(drawn, this_year)
            lane.items.append(Item(drawn, bar, drawn.start, is_guess, is_editable, forecast, url, dates, this_year))
            lane.label = (getattr(read, grouping.label) or grouping.nothing) if grouping else ""
            row += 1
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
        late = late_between(row, giver.feature, waiter.feature)
        sentence = sentence_of(row.kind, giver.feature.key, waiter.feature.key, late)
        line = connect(row.kind, giver.bar, waiter.bar)
        links.append(Link(line, row.kind, row.predecessor_id, row.successor_id, late, sentence))
    return sorted(links, key=lambda link: link.late or 0)


def _masked_links(look: Look, items: dict[str, Item]) -> list[Link]:
    """The dependencies an audience is shown; whether one is late would tell of exact days."""
    drawn = [(kind, giver, waiter) for kind, giver, waiter in look.dependencies if giver in items and waiter in items]
    return [Link(connect(kind, items[giver].bar, items[waiter].bar), kind, giver, waiter, None, "") for kind, giver, waiter in drawn]


def _marked(look: Look, scale: Scale) -> tuple[list[Marker], list[Freeze]]:
    """The days in the window on which the features' products release, and those on which they release nothing; no audience is told."""
    if look.is_masked:
        return [], []
    user, products = look.user, look.rows.order_by().values("product")
    taken = [label_box(tick.x + 8, tick.label) for tick in scale.upper()]
    return _markers(user, products, scale, taken), _freezes(user, products, scale, taken)


def _freezes(user: User, products: QuerySet, scale: Scale, taken: list[tuple[float, float]]) -> list[Freeze]:
    freezes = []
    last = scale.end - timedelta(days=1)
    for freeze in FreezePeriod.objects.visible_to(user).of_products(products).between(scale.start, last).select_related("product"):
        x, end = scale.x(max(freeze.starts_on, scale.start)), scale.x(min(freeze.ends_on, last) + timedelta(days=1))
        of = f" of {freeze.product.key}" if freeze.product else ""
        words = f"Freeze{of}: {freeze.reason}, {short_date(freeze.starts_on)} to {short_date(freeze.ends_on)}"
        freezes.append(Freeze(x, round(end - x, 1), freeze.reason, words, free_spot(x, freeze.reason, taken, scale.width)))
    return freezes


def _markers(user: User, products: QuerySet, scale: Scale, taken: list[tuple[float, float]]) -> list[Marker]:
    days: dict[date, list[Release]] = {}
    of_these = Q(product__in=products) | Q(product=None)
    releases = Release.objects.visible_to(user).filter(of_these, day__gte=scale.start, day__lt=scale.end)
    for release in releases.select_related("product").order_by("day", "version_name"):
        days.setdefault(release.day, []).append(release)
    markers = []
    for day, together in days.items():
        names = list(dict.fromkeys(release.version_name for release in together))
        words = ", ".join(
            f"{release.product.key} {release.version_name}" if release.product else release.version_name for release in together
        )
        label, x = names[0] + (f" +{len(names) - 1}" if len(names) > 1 else ""), scale.x(day)
        markers.append(Marker(x, label, f"{words} on {short_date(day)}", free_spot(x, label, taken, scale.width)))
    return markers

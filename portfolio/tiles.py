"""What the dashboard shows of objectives, the lifecycle and metrics."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from core.derivation import Input
from core.models import Product, User
from portfolio import charts
from portfolio.dashboard import Figures, Look, Tile, register_tile
from portfolio.models import KeyResult, Metric, MetricPoint, Objective, Strategy
from portfolio.reports import objective_lines

POINTS = 13  # of each metric: a quarter of weeks
OBJECTIVES, METRICS = 3, 6  # shown on the dashboard; the rest on their own pages


def together(parts: list[Figures]) -> Figures:
    """The parts' entries in one: each thing belongs to one product or to the organisation."""
    return {key: value for part in parts for key, value in part.items()}


# --- objectives -----------------------------------------------------------------------------------------------------


def _progress(rows) -> dict[int | None, Figures]:
    """{product or None: {objective: {key result: [current, progress]}}}; numbers as text, so that decimals stay exact."""
    found: dict[int | None, Figures] = defaultdict(dict)
    for result in rows.filter(deleted_at=None, objective__deleted_at=None).select_related("objective").order_by("pk"):
        current = None if result.current is None else str(result.current.normalize())
        of_objective = found[result.objective.product_id].setdefault(str(result.objective_id), {})
        of_objective[str(result.pk)] = [current, None if result.progress is None else round(result.progress, 4)]
    return found


def objective_figures(products: Collection[int]) -> dict[int, Figures]:
    """Where the key results of the products' objectives stand."""
    return _progress(KeyResult._base_manager.filter(objective__product__in=products))


def organisation_objectives() -> Figures:
    """The same of the objectives of lines and of the organisation."""
    return _progress(KeyResult._base_manager.filter(objective__product=None)).get(None, {})


def show_objectives(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """The objectives under way with their key results as the figures say, the weightiest first."""
    rows = Objective.objects.visible_to(look.user).filter(pk__in=[int(pk) for pk in now])
    rows = rows.filter(starts_on__lte=look.today, ends_on__gte=look.today)
    if look.line is not None:
        rows = rows.filter(Q(product__in=look.products) | Q(line=look.line) | Q(line__parent=look.line))
    lines = objective_lines(rows.order_by("-weight", "title", "pk"), look.user, look.today, now, before)
    return {"lines": lines[:OBJECTIVES], "more": max(0, len(lines) - OBJECTIVES)}


register_tile(
    Tile(
        kind="objectives",
        title="Objectives",
        order=10,
        width="w5c",
        template="portfolio/tiles/objectives.html",
        inputs=(
            Input(Objective, ("product", "deleted_at"), "product_id"),
            Input(KeyResult, ("current", "start", "target", "objective", "deleted_at"), "objective__product_id"),
        ),
        organisation_inputs=(
            Input(Objective, ("product", "deleted_at"), lambda rows: [0]),
            Input(KeyResult, ("current", "start", "target", "objective", "deleted_at"), lambda rows: [0]),
        ),
        figures=objective_figures,
        organisation=organisation_objectives,
        merge=together,
        shown=show_objectives,
    )
)


# --- lifecycle ------------------------------------------------------------------------------------------------------


def lifecycle_figures(products: Collection[int]) -> dict[int, Figures]:
    """{product: {its id: the phase it is in}}; in development where nobody said otherwise."""
    said = dict(Strategy._base_manager.filter(product__in=products, deleted_at=None).values_list("product_id", "lifecycle"))
    living = Product._base_manager.filter(pk__in=products, deleted_at=None, archived_at=None).values_list("pk", flat=True)
    return {pk: {str(pk): said.get(pk, Strategy.Lifecycle.DEVELOPMENT)} for pk in living}


@dataclass(frozen=True)
class Phase:
    """A product, the phase it is in, its place on the curve, and the phase it was in before where that was another one."""

    product: Product
    label: str
    place: charts.Place
    was: str
    is_ending: bool


def show_lifecycle(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """Every product on the curve, and which of them moved."""
    products = {str(product.pk): product for product in Product.objects.visible_to(look.user).filter(pk__in=[int(pk) for pk in now])}
    order = list(Strategy.Lifecycle.values)
    known = sorted((pk for pk in now if pk in products), key=lambda pk: (order.index(now[pk]), products[pk].name))
    places = charts.lifecycle([(products[pk].name, now[pk]) for pk in known])
    label = dict(Strategy.Lifecycle.choices)
    phases = [
        Phase(
            product=products[pk],
            label=label[now[pk]],
            place=place,
            was=label[before[pk]] if before and pk in before and before[pk] != now[pk] else "",
            is_ending=now[pk] in (Strategy.Lifecycle.DECLINE, Strategy.Lifecycle.RETIRED),
        )
        for pk, place in zip(known, places, strict=True)
    ]
    return {"phases": phases, "moved": [phase for phase in phases if phase.was], "ending": [phase for phase in phases if phase.is_ending]}


register_tile(
    Tile(
        kind="lifecycle",
        title="Lifecycle",
        order=60,
        width="w3",
        template="portfolio/tiles/lifecycle.html",
        inputs=(
            Input(Strategy, ("lifecycle", "deleted_at"), "product_id"),
            Input(Product, ("archived_at", "deleted_at", "name"), "pk"),
        ),
        figures=lifecycle_figures,
        merge=together,
        shown=show_lifecycle,
    )
)


# --- metrics --------------------------------------------------------------------------------------------------------


def _points(rows) -> dict[int | None, Figures]:
    """{product or None: {metric: [[day, value, note], …]}}, the last points of each metric, oldest first."""
    newest = Window(RowNumber(), partition_by=F("metric_id"), order_by=F("day").desc())
    rows = rows.filter(deleted_at=None, metric__deleted_at=None).annotate(place=newest).filter(place__lte=POINTS)
    found: dict[int | None, Figures] = defaultdict(dict)
    values = rows.order_by("metric_id", "day").values_list("metric__product_id", "metric_id", "day", "value", "note")
    for product, metric, day, value, note in values:
        found[product].setdefault(str(metric), []).append([day.isoformat(), str(value.normalize()), note])
    return found


def metric_figures(products: Collection[int]) -> dict[int, Figures]:
    """The last points of the products' metrics."""
    return _points(MetricPoint._base_manager.filter(metric__product__in=products))


def organisation_metrics() -> Figures:
    """The last points of the organisation's metrics."""
    return _points(MetricPoint._base_manager.filter(metric__product=None)).get(None, {})


@dataclass(frozen=True)
class MetricLine:
    """A metric with its last points drawn: the value, the movement over them, and what to say of it."""

    metric: Metric
    value: float | None
    moved: float | None
    spark: charts.Spark | None
    note: str
    is_outside: bool

    @property
    def moved_words(self) -> str:
        """The movement with its sign and as many decimals as its size bears; empty where there is none to speak of."""
        size = abs(self.moved or 0)
        words = f"{size:,.{0 if size >= 100 else 1 if size >= 1 else 2}f}"
        return "" if float(words.replace(",", "")) == 0 else f"{'+' if self.moved > 0 else '−'}{words}"


def metric_line(metric: Metric, points: list, sees_notes: bool, size: tuple[float, float] = charts.SMALL) -> MetricLine:
    """The line of [day, value, note] points, oldest first."""
    values = [float(value) for _, value, _ in points]
    low, high = (None if edge is None else float(edge) for edge in (metric.normal_low, metric.normal_high))
    drawn = charts.spark(values, low, high, size)
    if drawn is None:
        return MetricLine(metric, None, None, None, "", False)
    moved = values[-1] - values[0] if len(values) > 1 else None
    note = next((note for _, _, note in reversed(points) if note), "") if sees_notes else ""
    return MetricLine(metric, values[-1], moved, drawn, note, drawn.is_end_outside)


def metric_lines(rows: QuerySet, user: User) -> list[MetricLine]:
    """The metrics in the order given with their last points, in two statements; without a point their value is None."""
    points = _points(MetricPoint.objects.visible_to(user).filter(metric__in=rows))
    known = together(list(points.values()))
    sees_notes = user.rights.sees("internal")
    return [metric_line(metric, known.get(str(metric.pk), []), sees_notes) for metric in rows]


def show_metrics(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """Metrics outside their band first, then by name."""
    rows = Metric.objects.visible_to(look.user).filter(pk__in=[int(pk) for pk in now]).select_related("product")
    if look.line is not None:
        rows = rows.filter(product__in=look.products)
    sees_notes = look.user.rights.sees("internal")
    lines = [metric_line(metric, now[str(metric.pk)], sees_notes) for metric in rows]
    lines.sort(key=lambda line: (not line.is_outside, line.metric.product_id is not None, line.metric.name))
    return {"lines": lines[:METRICS], "more": max(0, len(lines) - METRICS)}


register_tile(
    Tile(
        kind="metrics",
        title="Metrics",
        order=70,
        width="w12",
        template="portfolio/tiles/metrics.html",
        inputs=(
            Input(Metric, ("product", "deleted_at"), "product_id"),
            Input(MetricPoint, ("day", "value", "note", "deleted_at"), "metric__product_id"),
        ),
        organisation_inputs=(
            Input(Metric, ("product", "deleted_at"), lambda rows: [0]),
            Input(MetricPoint, ("day", "value", "note", "deleted_at"), lambda rows: [0]),
        ),
        figures=metric_figures,
        organisation=organisation_metrics,
        merge=together,
        shown=show_metrics,
    )
)

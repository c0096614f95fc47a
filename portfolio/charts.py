"""Geometry of the small charts, on plain values: what a template needs to draw them as SVG. Lengths are user units of the viewBox."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10, sqrt

# --- a line over time, with its normal band -------------------------------------------------------------------------

SMALL, LARGE = (172.0, 58.0), (720.0, 180.0)  # width and height
SPARK_MARGIN = 8.0


@dataclass(frozen=True)
class Spark:
    """A line's path, the band (top and height), where it ends, and the points outside the band, in a picture of this size."""

    width: float
    height: float
    path: str
    band: tuple[float, float] | None
    end: tuple[float, float]
    outside: list[tuple[float, float]]
    is_end_outside: bool


def spark(values: Sequence[float], low: float | None, high: float | None, size: tuple[float, float] = SMALL) -> Spark | None:
    """The line of the values, oldest first, in a scale that holds them and the band; an open band reaches the chart's edge."""
    if not values:
        return None
    ends = [*values, *(edge for edge in (low, high) if edge is not None)]
    bottom, top = min(ends), max(ends)
    span = (top - bottom) or 1.0
    width, height = size
    step = (width - SPARK_MARGIN) / max(1, len(values) - 1)
    x0 = SPARK_MARGIN / 2

    def y(value: float) -> float:
        return round(height - SPARK_MARGIN - (value - bottom) / span * (height - 2 * SPARK_MARGIN), 1)

    points = [(round(x0 + index * step, 1), y(value)) for index, value in enumerate(values)]
    outside = [point for point, value in zip(points, values, strict=True) if _is_outside(value, low, high)]
    band = None
    if low is not None or high is not None:
        over, under = (y(high) if high is not None else 0.0), (y(low) if low is not None else height)
        band = (over, round(under - over, 1))
    path = "M" + "L".join(f"{x} {y_}" for x, y_ in points)
    return Spark(width, height, path, band, points[-1], outside, _is_outside(values[-1], low, high))


def _is_outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


# --- value against effort -------------------------------------------------------------------------------------------

LEFT, TOP, RIGHT, BOTTOM = 30.0, 8.0, 470.0, 238.0
SMALLEST, LARGEST = 5.0, 22.0
LABEL_HEIGHT, LETTER = 13.0, 6.4
# What lies in each quarter, as (x, y, anchor, text) in its outer corner.
QUARTERS = (
    (LEFT + 8, TOP + 15, "start", "Do first"),
    (RIGHT - 8, TOP + 15, "end", "Plan with care"),
    (LEFT + 8, BOTTOM - 8, "start", "When there is room"),
    (RIGHT - 8, BOTTOM - 8, "end", "Question"),
)


@dataclass(frozen=True)
class Dot:
    """One thing to draw: how much effort, which value, and how much its area stands for (0 where nothing is known)."""

    id: int
    label: str
    effort: float
    value: float
    area: float


@dataclass(frozen=True)
class Bubble:
    """Where a dot lies; `text` is (x, y, anchor) of its label, None where there is no room for one."""

    id: int
    label: str
    x: float
    y: float
    r: float
    text: tuple[float, float, str] | None


@dataclass(frozen=True)
class Scatter:
    """Bubbles, largest first, so that small ones lie on top; ticks as (position, label), quarters as `QUARTERS`."""

    bubbles: list[Bubble]
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    quarters: Sequence[tuple[float, float, str, str]] = QUARTERS


def scatter(dots: Sequence[Dot]) -> Scatter | None:
    """Value (upwards) against effort (to the right). Labels go to the most valuable first."""
    if not dots:
        return None
    x_ticks = _ticks(0, 1.04 * max(dot.effort for dot in dots))
    lowest, highest = min(dot.value for dot in dots), max(dot.value for dot in dots)
    y_ticks = _ticks(lowest - 0.08 * (highest - lowest or 10), highest + 0.04 * (highest - lowest or 10))
    x, y = _scale(x_ticks, LEFT, RIGHT), _scale(y_ticks, BOTTOM, TOP)
    most = max(dot.area for dot in dots)
    placed = [(dot, x(dot.effort), y(dot.value), _radius(dot.area, most)) for dot in dots]
    taken = [(px - r, py - r, px + r, py + r) for _, px, py, r in placed]
    taken += [_label_box(text, x_, y_, anchor) for x_, y_, anchor, text in QUARTERS]
    labels: dict[int, tuple[float, float, str] | None] = {}
    for index in sorted(range(len(placed)), key=lambda i: -placed[i][0].value):
        dot, px, py, r = placed[index]
        labels[index] = _label(dot.label, px, py, r, [*taken[:index], *taken[index + 1 :]])
        if labels[index]:
            taken.append(_label_box(dot.label, *labels[index]))
    bubbles = [Bubble(dot.id, dot.label, px, py, r, labels[i]) for i, (dot, px, py, r) in enumerate(placed)]
    bubbles.sort(key=lambda bubble: -bubble.r)
    return Scatter(bubbles, [(x(t), f"{t:g}") for t in x_ticks], [(y(t), f"{t:g}") for t in y_ticks])


def _radius(area: float, most: float) -> float:
    """The area of the bubble is to the largest as what it stands for; a bubble that cannot be hit helps nobody."""
    return round(max(SMALLEST, LARGEST * sqrt(area / most)), 1) if most > 0 else 8.0


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers that hold both ends, at least a hundredth apart."""
    span = max(high - low, 0.01)
    size = 10 ** floor(log10(span / 3))
    step = next(size * factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 4)
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    return [round(step * index, 6) for index in range(first, last + 1)]


def _scale(ticks: Sequence[float], start: float, end: float):
    return lambda value: round(start + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (end - start), 1)


def _label(text: str, x: float, y: float, r: float, taken: list) -> tuple[float, float, str] | None:
    """A free place beside the bubble: right, left, above, below; None where all are taken or outside."""
    spots = [(x + r + 4, y + 4, "start"), (x - r - 4, y + 4, "end"), (x, y - r - 5, "middle"), (x, y + r + 12, "middle")]
    for spot in spots:
        box = _label_box(text, *spot)
        inside = box[0] >= LEFT and box[2] <= RIGHT and box[1] >= TOP and box[3] <= BOTTOM
        if inside and not any(_overlap(box, other) for other in taken):
            return tuple(round(part, 1) if isinstance(part, float) else part for part in spot)
    return None


def _label_box(text: str, x: float, y: float, anchor: str) -> tuple[float, float, float, float]:
    width = len(text) * LETTER
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left, y - LABEL_HEIGHT + 3, left + width, y + 3


def _overlap(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# --- the lifecycle --------------------------------------------------------------------------------------------------

# The curve in points, left to right: what is sold of a product over its life.
CURVE = [(4, 140), (30, 138), (52, 131), (70, 121), (90, 105), (108, 82), (128, 58), (150, 42), (170, 35), (190, 34), (212, 38), (226, 49)]
CURVE += [(242, 66), (258, 87), (276, 112)]
PHASES = {"development": (6, 30), "introduction": (34, 66), "growth": (80, 142), "maturity": (158, 214)}
PHASES |= {"decline": (230, 262), "retired": (268, 276)}
NAME_WIDTH = 5.7


@dataclass(frozen=True)
class Place:
    """A product on the curve: the dot, and its name as (x, y, anchor)."""

    name: str
    x: float
    y: float
    text: tuple[float, float, str]


def lifecycle(products: Sequence[tuple[str, str]]) -> list[Place]:
    """Places of (name, phase) on the curve, those of one phase spread over it; names alternate above and below, in the picture."""
    by_phase: dict[str, list[str]] = {}
    for name, phase in products:
        by_phase.setdefault(phase, []).append(name)
    places, boxes = [], []
    for phase, (start, end) in PHASES.items():
        names = by_phase.get(phase, [])
        for index, name in enumerate(names):
            x = (start + end) / 2 if len(names) == 1 else start + (end - start) * index / (len(names) - 1)
            y = _on_curve(x)
            text = _name_place(name, x, y, boxes)
            boxes.append(_name_box(name, text))
            places.append(Place(name, round(x, 1), round(y, 1), text))
    return places


def _on_curve(x: float) -> float:
    for (x1, y1), (x2, y2) in pairwise(CURVE):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return CURVE[-1][1]


def _name_place(name: str, x: float, y: float, taken: list) -> tuple[float, float, str]:
    """The first spot around the dot that is free and inside the picture; the last one where none is."""
    spots = [(x + 9, y + 12, "start"), (x - 9, y - 3, "end"), (x, y - 11, "middle"), (x, y + 20, "middle"), (x - 9, y + 12, "end")]
    spots += [(x - 4, y - 11, "start"), (x - 4, y - 23, "start"), (x - 4, y - 35, "start"), (x, y - 23, "middle"), (x + 9, y + 24, "start")]
    for spot in spots:
        box = _name_box(name, spot)
        if box[0] >= 0 and box[2] <= 280 and box[1] >= 0 and box[3] <= 148 and not any(_overlap(box, other) for other in taken):
            return spot
    return spots[-1]


def _name_box(name: str, text: tuple[float, float, str]) -> tuple[float, float, float, float]:
    width = len(name) * NAME_WIDTH
    left = {"start": text[0], "middle": text[0] - width / 2, "end": text[0] - width}[text[2]]
    return left, text[1] - 9, left + width, text[1] + 3

"""The geometry of a timeline on plain days and pixels; no HTML."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)  # of windows: beyond them a step would leave the calendar
ROW, BAR, BAR_TOP = 32, 22, 5  # pixels
LETTER = 6.6  # a letter of a bar's label, on average
SOFTNESS = {"low": 0.5, "medium": 0.2, "": 0.2, "high": 0.0}  # share of its length by which a date may be missed


class Zoom(NamedTuple):
    """How much a screen shows: pixels a day, quarters at once, quarters a step back or forth."""

    per_day: float
    quarters: int
    step: int


ZOOMS = {"weeks": Zoom(10.4, 1, 1), "months": Zoom(3.5, 3, 1), "quarters": Zoom(1.32, 8, 2)}


def quarter_of(day: date) -> date:
    """The first day of the day's quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def add_quarters(day: date, count: int) -> date:
    """The same day of the month so many quarters on; for first days of months."""
    months = day.year * 12 + day.month - 1 + 3 * count
    return day.replace(year=months // 12, month=months % 12 + 1)


class Tick(NamedTuple):
    """A line of the head with its label; `is_main` where a quarter (of weeks: a month) begins."""

    x: float
    label: str
    is_main: bool


@dataclass(frozen=True)
class Scale:
    """The window of time that is shown, `end` apart, and how days become pixels."""

    zoom: str
    start: date
    end: date
    per_day: float

    @property
    def width(self) -> float:
        return self.x(self.end)

    def x(self, day: date) -> float:
        """Pixels from the left edge to the morning of the day; beyond the window too."""
        return round((day - self.start).days * self.per_day, 1)

    def shows(self, start: date, end: date) -> bool:
        """Whether any of these days is in the window."""
        return start < self.end and end >= self.start

    def upper(self) -> list[Tick]:
        """The upper head: quarters; years where a screen shows many quarters."""
        quarters = self._quarters()
        if self.zoom == "quarters":
            return [Tick(self.x(day), str(day.year), True) for day in quarters if day.month == 1 or day == quarters[0]]
        return [Tick(self.x(day), f"Q{(day.month + 2) // 3} {day.year}", True) for day in quarters]

    def lower(self) -> list[Tick]:
        """The lower head: months; weeks by their Mondays; quarters where a screen shows many."""
        if self.zoom == "quarters":
            return [Tick(self.x(day), f"Q{(day.month + 2) // 3}", day.month == 1) for day in self._quarters()]
        if self.zoom == "months":
            months = [day.replace(month=day.month + n) for day in self._quarters() for n in range(3)]
            return [Tick(self.x(day), f"{day:%b}", day.month % 3 == 1) for day in months]
        monday = self.start + timedelta(days=-self.start.weekday() % 7)
        weeks = [monday + timedelta(weeks=n) for n in range((self.end - monday).days // 7 + 1)]
        return [Tick(self.x(day), f"{day.day} {day:%b}", day.day <= 7) for day in weeks if day < self.end]

    def _quarters(self) -> list[date]:
        found = [self.start]
        while (following := add_quarters(found[-1], 1)) < self.end:
            found.append(following)
        return found


def scale_at(zoom: str, day: date, width: float | None = None) -> Scale:
    """The window whose first quarter is that of the day, or of the nearest day a plan can have; as wide as a screen, or as is said."""
    start = quarter_of(min(max(day, EARLIEST), LATEST))
    end = add_quarters(start, ZOOMS[zoom].quarters)
    return Scale(zoom, start, end, width / (end - start).days if width else ZOOMS[zoom].per_day)


def read_day(text: str) -> date | None:
    """A day within living memory; nothing where the text is none."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2100 else None


def label_box(x: float, text: str, anchor: str = "start") -> tuple[float, float]:
    """From where to where a label reaches."""
    width = len(text) * LETTER
    return (x - width, x) if anchor == "end" else (x, x + width)


def free_spot(x: float, text: str, taken: list[tuple[float, float]], width: float) -> tuple[float, str] | None:
    """Where the label of a marker at `x` stands, before it or else behind it, and its anchor; taken from then on. None: no room."""
    for at, anchor in ((x - 6, "end"), (x + 8, "start")):
        left, right = label_box(at, text, anchor)
        if left >= 0 and right <= width and all(right + 4 < start or left - 4 > end for start, end in taken):
            taken.append((left, right))
            return round(at, 1), anchor
    return None


class Bar(NamedTuple):
    """A feature from its start to the end of its target day; what is not firm fades from `soft_from` to `soft_to`."""

    x: float
    y: float
    width: float
    soft_from: float
    soft_to: float
    label_fits: bool
    label_x: float = 0.0  # where the label stands beside a bar that is too short for it
    label_left: bool = False

    @property
    def end(self) -> float:
        return round(self.x + self.width, 1)

    @property
    def middle(self) -> float:
        return self.y + BAR / 2

    @property
    def is_soft(self) -> bool:
        return self.soft_to > self.soft_from

    @property
    def full_width(self) -> float:
        """To where it fades out."""
        return round(max(self.soft_to, self.end) - self.x, 1)

    @property
    def firm_percent(self) -> int:
        """The share of the full width after which it fades, in even per cent: bars that fade alike share their paint."""
        return 2 * round(50 * (self.soft_from - self.x) / self.full_width)


def bar_of(
    scale: Scale, row: int, start: date, target: date, confidence: str, label: str, forecast: tuple[date, date] | None = None
) -> Bar:
    """The bar in this row. It keeps two pixels at least; what lies outside the window is for the view box to cut.

    It fades from the one day of the forecast to the other, where it is likely to end late; without one, as its confidence says.
    """
    x = scale.x(start)
    width = max(2.0, scale.x(target) + scale.per_day - x)
    end = x + width
    slack = width * SOFTNESS[confidence]
    firm = end - slack
    if forecast is not None:
        firm, last = (max(x, scale.x(day) + scale.per_day) for day in forecast)
        firm, slack = (firm, last - end) if last > end else (end, 0)
    needed, visible = len(label) * LETTER + 16, min(end + slack, scale.width) - max(x, 0)
    is_left = end + slack + needed > scale.width
    label_x = min(x, scale.width) - 8 if is_left else end + slack + 8
    fits = needed <= visible
    return Bar(x, row * ROW + BAR_TOP, round(width, 1), round(firm, 1), round(end + slack, 1), fits, round(label_x, 1), is_left)


class Connector(NamedTuple):
    """A dependency drawn: its line, its arrow's tip, the middle of its upright, and the corners the line goes by."""

    path: str
    tip: str
    x: float
    y: float
    corners: tuple[tuple[float, float], ...]


def connect(kind: str, giver: Bar, waiter: Bar) -> Connector:
    """The line from the bar that gives to the bar that waits: from its end (FS, FF) or start (SS), to the other's start or end (FF)."""
    y1, y2 = giver.middle, waiter.middle
    down = 5 if y2 >= y1 else -5
    if kind == "FF":
        x, x1, x2 = max(giver.end, waiter.end) + 12, giver.end, waiter.end
        path = f"M{x1} {y1}H{x - 5:.1f}q5 0 5 {down}V{y2 - down}q0 {down} -5 {down}H{x2 + 2:.1f}"
        corners = ((x1, y1), (x, y1), (x, y2), (x2 + 4, y2))
        return Connector(path, f"M{x2 + 7:.1f} {y2 - 4}l-6 4 6 4z", x, (y1 + y2) / 2, corners)
    tip = f"M{waiter.x - 6:.1f} {y2 - 4}l6 4 -6 4z"
    if kind == "SS":
        x = min(giver.x, waiter.x) - 12
        path = f"M{giver.x} {y1}H{x + 5:.1f}q-5 0 -5 {down}V{y2 - down}q0 {down} 5 {down}H{waiter.x - 4:.1f}"
        return Connector(path, tip, x, (y1 + y2) / 2, ((giver.x, y1), (x, y1), (x, y2), (waiter.x - 4, y2)))
    if waiter.x - giver.end >= 20:
        x = waiter.x - 10
        path = f"M{giver.end} {y1}H{x - 5:.1f}q5 0 5 {down}V{y2 - down}q0 {down} 5 {down}H{waiter.x - 4:.1f}"
        return Connector(path, tip, x, (y1 + y2) / 2, ((giver.end, y1), (x, y1), (x, y2), (waiter.x - 4, y2)))
    between = y1 + (ROW / 2 if y2 >= y1 else -ROW / 2)
    out, back = giver.end + 8, waiter.x - 12
    path = f"M{giver.end} {y1}H{out:.1f}V{between}H{back:.1f}V{y2}H{waiter.x - 4:.1f}"
    corners = ((giver.end, y1), (out, y1), (out, between), (back, between), (back, y2), (waiter.x - 4, y2))
    return Connector(path, tip, back, (between + y2) / 2, corners)

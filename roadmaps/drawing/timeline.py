"""The timeline on paper: the head of months on every page, lanes kept together where a page holds them, bars, links, releases, today."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.drawing import palette
from core.drawing.fonts import cut, width_of
from core.drawing.palette import mixed, of_stage
from core.drawing.shapes import Box, Line, Page, Paper, Patch, Shape, Stroke, Text
from roadmaps.drawing import frame
from roadmaps.drawing.frame import MARGIN, Caption, Sign
from roadmaps.looks import Look
from roadmaps.models.plan import Status
from roadmaps.plan_view import MOST_BARS, Item, Lane, Link, Plan, lanes_of, plan_of
from roadmaps.timeline import BAR, BAR_TOP, ROW, Bar, connect

NAMES, MONTHS = 300, 52
LABEL = 12
FROZEN = mixed(palette.TEXT_3, 0.14)


class Row(NamedTuple):
    """A line of a page: the head of a lane, once more where it goes on, or a bar."""

    lane: Lane
    item: Item | None
    goes_on: bool = False


def draw(look: Look, paper: Paper, caption: Caption) -> list[Page]:
    """The look's timeline, its window as wide as the paper."""
    plan = plan_of(look, caption.today, paper.width - 2 * MARGIN - NAMES)
    top, in_lanes = frame.top_of() + MONTHS, lanes_of(look) is not None
    parts = list(_pages(plan, in_lanes, frame.rows_on(paper, top, ROW)))
    pages = []
    for rows in parts:
        page = frame.begin(paper, caption)
        page.shapes += _Chart(plan, rows, page, in_lanes).shapes(caption)
        pages.append(page)
    if not plan.shown:
        frame.say_nothing(pages[0], "Nothing here has a target date in these months.")
    end = top + max(len(parts[-1]) * ROW, 120)
    return frame.finish(pages, end, _legend(plan), _notes(plan, parts))


def _pages(plan: Plan, in_lanes: bool, most: int) -> Iterator[list[Row]]:
    """The rows page by page: a lane that a page holds is not parted where two thirds of the page are full already."""
    page: list[Row] = []
    for lane in plan.lanes:
        waiting = [Row(lane, item) for item in lane.items]
        needed = len(waiting) + in_lanes
        if page and len(page) + needed > most and ((needed <= most and 3 * len(page) > 2 * most) or most - len(page) < 2 + in_lanes):
            yield page
            page = []
        page += [Row(lane, None)] * in_lanes
        while waiting:
            room = most - len(page)
            page, waiting = page + waiting[:room], waiting[room:]
            if waiting:
                yield page
                page = [Row(lane, None, goes_on=True)] * in_lanes
    yield page


def _notes(plan: Plan, parts: Sequence[Sequence[Row]]) -> list[str]:
    """What the drawing does not show, in words."""
    place = {row.item.feature.pk: number for number, rows in enumerate(parts) for row in rows if row.item}
    parted = sum(place[link.giver] != place[link.waiter] for link in plan.links)
    said = [
        (parted, "dependency leads to another page", "dependencies lead to other pages"),
        (plan.undated, "feature has no target date", "features have no target date"),
        (plan.beyond, "lies outside these months", "lie outside these months"),
    ]
    cut = [f"Only the first {MOST_BARS:,} are drawn: narrow the filter"] if plan.is_cut else []
    return [*cut, *(f"{count} {one if count == 1 else many}" for count, one, many in said if count)]


def _legend(plan: Plan) -> list[Sign]:
    """The signs that are there, with their words."""
    items = [item for lane in plan.lanes for item in lane.items]
    stages = {item.feature.stage.slug: item.feature.stage.name for item in items if item.feature.key}
    order = list(palette.STAGES)
    known = sorted(stages.items(), key=lambda pair: (order.index(pair[0]) if pair[0] in order else len(order), pair[1]))
    legend = [Sign(name, frame.dot(0, 0, of_stage(slug)), frame.DOT) for slug, name in known]
    if any(item.bar.is_soft for item in items):
        legend.append(Sign("may end later", Box(0, -5, 26, 10, fill=mixed(palette.STAGES["delivery"], 0.4), fades_from=0.3), 26))
    if plan.freezes:
        legend.append(Sign("no releases", Box(0, -5, 16, 10, FROZEN), 16))
    if any(not link.late for link in plan.links):
        legend.append(Sign("waits for", Stroke([(0, 0), (22, 0)], palette.TEXT_3, 1.25, tip=True), 26))
    if plan.broken:
        legend.append(Sign("waits for what ends too late", Stroke([(0, 0), (22, 0)], palette.RED, 1.75, (5, 3), tip=True), 26))
    return legend


class _Chart:
    """The rows of one page, laid out."""

    def __init__(self, plan: Plan, rows: Sequence[Row], page: Page, in_lanes: bool):
        self.plan, self.rows, self.in_lanes = plan, rows, in_lanes
        self.left, self.right = MARGIN + NAMES, page.width - MARGIN
        self.head = frame.top_of()
        self.top = self.head + MONTHS
        self.bottom = self.top + len(rows) * ROW
        self.bars = {row.item.feature.pk: self._bar(row.item, at) for at, row in enumerate(rows) if row.item}

    def shapes(self, caption: Caption) -> Iterator[Shape]:
        """From what lies below to what lies on top."""
        for at, row in enumerate(self.rows):
            yield from self._name(row, self.top + at * ROW)
        yield from self._months()
        links = [link for link in self.plan.links if link.giver in self.bars and link.waiter in self.bars]
        items = [row.item for row in self.rows if row.item]
        for link in links:
            if not link.late:
                yield self._link(link)
        for item in items:
            yield from self._drawn(item, self.bars[item.feature.pk])
        for link in links:
            if link.late:
                yield self._link(link)
        yield from self._today(caption)

    def _bar(self, item: Item, at: int) -> Bar:
        """The bar where it lies on the page."""
        bar = item.bar
        y = self.top + at * ROW + BAR_TOP
        return bar._replace(x=bar.x + self.left, y=y, soft_from=bar.soft_from + self.left, soft_to=bar.soft_to + self.left)

    def _name(self, row: Row, y: float) -> Iterator[Shape]:
        middle, width = y + ROW / 2 + 4, NAMES - 16
        if row.item is None:
            effort = f"{row.lane.effort} pw" if row.lane.effort and not row.goes_on else ""
            label = f"{row.lane.label} (continued)" if row.goes_on else row.lane.label
            room = width - width_of(effort, 11) - 24
            yield Box(MARGIN, y, self.right - MARGIN, ROW, fill=palette.SUNKEN)
            yield Text(MARGIN + 8, middle, Line(cut(label, room, 12, is_bold=True), 12, palette.TEXT, True))
            if effort:
                yield Text(self.left - 12, middle, Line(effort, 11, palette.TEXT_3), "end")
        else:
            feature, x = row.item.feature, MARGIN + 8.0
            if feature.key:
                yield frame.dot(x, y + ROW / 2, of_stage(feature.stage.slug))
                yield Text(x + 14, middle, Line(feature.key, 11, palette.TEXT_3))
                x += 14 + max(52, width_of(feature.key, 11) + 8)
            yield Text(x, middle, Line(cut(feature.title, self.left - 8 - x, 12), 12, palette.TEXT))
        yield Stroke([(MARGIN, y + ROW), (self.right, y + ROW)], palette.LINE)

    def _months(self) -> Iterator[Shape]:
        """The head, its lines down to the last row, and the days of releases."""
        scale = self.plan.scale
        yield Stroke([(self.left, self.head), (self.left, self.bottom)], palette.LINE_STRONG)
        for tick in scale.upper():
            yield Stroke([(self.left + tick.x, self.head), (self.left + tick.x, self.top)], palette.LINE_STRONG)
            yield Text(self.left + tick.x + 8, self.head + 17, Line(tick.label, 12, palette.TEXT, True))
        for tick in scale.lower():
            x, color = self.left + tick.x, palette.LINE_STRONG if tick.is_main else palette.LINE
            yield Stroke([(x, self.head + 25), (x, self.bottom)], color)
            yield Text(x + 8, self.head + 42, Line(tick.label, 12, palette.TEXT_2))
        yield Stroke([(MARGIN, self.top), (self.right, self.top)], palette.LINE_STRONG)
        for freeze in self.plan.freezes:
            x = self.left + freeze.x
            yield Box(x, self.top, freeze.width, self.bottom - self.top, FROZEN, name=freeze.words)
            yield Stroke([(x, self.top - 2), (x + freeze.width, self.top - 2)], palette.TEXT_3, 3, name=freeze.words)
            if freeze.spot:
                yield Text(self.left + freeze.spot[0], self.head + 17, Line(freeze.label, 11, palette.TEXT_3), freeze.spot[1])
        for marker in self.plan.markers:
            x, y = self.left + marker.x, self.head + 46
            yield Stroke([(x, self.head + 24), (x, self.bottom)], palette.TEXT_3, 0.75, (2, 3), name=marker.words)
            yield Patch([(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)], palette.TEXT, name=marker.words)
            if marker.spot:
                yield Text(self.left + marker.spot[0], self.head + 17, Line(marker.label, 11, palette.TEXT_2), marker.spot[1])

    def _drawn(self, item: Item, bar: Bar) -> Iterator[Shape]:
        """The bar: as far as it is in the window, firm, then fading; shipped ones thicker; its title in it, or beside it."""
        feature, color = item.feature, of_stage(item.feature.stage.slug)
        x, end = max(bar.x, self.left), min(max(bar.soft_to, bar.end), self.right)
        width = max(end - x, 2.0)
        label, inside = self._label(feature.title, x, end, bar.middle + 4)
        firm = None
        if bar.is_soft and bar.soft_from < end:
            firm = min(max((bar.soft_from - x) / width, 0.0), 1.0)
        fill = mixed(color, 0.5 if feature.status == Status.SHIPPED else 0.26)
        yield Box(
            x, bar.y, width, BAR, fill, radius=4, fades_from=firm, lines=[Line(inside, LABEL, palette.TEXT)] if inside else [],
            key=f"bar-{feature.pk}", name=f"{feature.key} {feature.title}: {item.span}".strip(),
        )  # fmt: skip
        if firm is not None:
            for y in (bar.y + 0.5, bar.y + BAR - 0.5):
                yield Stroke([(max(bar.soft_from, x), y), (end, y)], mixed(color, 0.6), 1, (3, 3))
        if bar.is_soft and x < bar.end < self.right:
            yield Stroke([(bar.end, bar.y + 5), (bar.end, bar.y + 17)], color, 1.5)
        if bar.x >= self.left:
            yield Box(x, bar.y, 3, BAR, color if not item.is_guess else mixed(color, 0.4), radius=1.5)
        if label:
            yield label

    def _label(self, title: str, x: float, end: float, y: float) -> tuple[Text | None, str]:
        """(title beside the bar, title in it): in it where it fits or nothing is free beside it."""
        needed = width_of(title, LABEL)
        if needed + 18 <= end - x:
            return None, cut(title, end - x - 14, LABEL)
        line = Line(title, LABEL, palette.TEXT_2)
        if end + 8 + needed <= self.right:
            return Text(end + 8, y, line, clear=True), ""
        if x - 8 - needed >= self.left:
            return Text(x - 8, y, line, "end", clear=True), ""
        return None, cut(title, end - x - 14, LABEL)

    def _link(self, link: Link) -> Stroke:
        giver, waiter = self.bars[link.giver], self.bars[link.waiter]
        corners = connect(link.kind, giver, waiter).corners
        points = [(min(max(x, self.left), self.right), y) for x, y in corners]
        sides = {"SS": ("left", "left"), "FF": ("right", "right")}.get(link.kind, ("right", "left"))
        ends = {"begin": (f"bar-{link.giver}", sides[0]), "end": (f"bar-{link.waiter}", sides[1])}
        color, width, dash = (palette.RED, 1.75, (5, 3)) if link.late else (palette.TEXT_3, 1.25, None)
        return Stroke(points, color, width, dash, tip=True, name=link.sentence, **ends)

    def _today(self, caption: Caption) -> Iterator[Shape]:
        scale, day = self.plan.scale, caption.today
        if scale.start <= day < scale.end:
            x = self.left + scale.x(day)
            yield Stroke([(x, self.head + 46), (x, self.bottom)], palette.ACCENT_TEXT, 1.5, name="Today")
            words = [Line(f"{day.day} {day:%b}", 11, palette.ON_ACCENT, True)]
            yield Box(
                x - 23,
                self.head + 28,
                46,
                18,
                palette.ACCENT,
                radius=4,
                lines=words,
                inset=23 - width_of(words[0].text, 11, is_bold=True) / 2,
            )

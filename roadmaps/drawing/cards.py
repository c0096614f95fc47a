"""Boards and now/next/later on paper: columns of cards, heads on every page."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.drawing import palette
from core.drawing.fonts import cut, width_of, wrap
from core.drawing.palette import of_stage
from core.drawing.parts import PAD
from core.drawing.shapes import Box, Line, Page, Paper, Stroke, Text
from core.templatetags.waymark import short_date
from roadmaps.board import Theme, build_board, build_horizons, build_list
from roadmaps.drawing import frame
from roadmaps.drawing.frame import MARGIN, Caption
from roadmaps.looks import Look
from roadmaps.models import Feature

GAP, HEADS, LANE = 12, 36, 30
INSET = 12


@dataclass(frozen=True)
class Card:
    """A card: its colour and its lines, and what it stands for."""

    color: str
    lines: Sequence[Line]
    key: str
    name: str

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines) + 2 * PAD

    def parted(self, room: float) -> tuple["Card", "Card"]:
        """As many of its lines as have room, and the others."""
        count = max(1, sum(sum(line.height for line in self.lines[: n + 1]) + 2 * PAD <= room for n in range(len(self.lines))))
        return replace(self, lines=self.lines[:count]), replace(self, lines=self.lines[count:], key="")


type Lanes = Sequence[tuple[str, Sequence[Sequence[Card]]]]


def draw_board(look: Look, paper: Paper, caption: Caption) -> list[Page]:
    """The board as the page draws it: of a long column the first cards, and how many more there are."""
    board = build_board(look, look.grouping())
    width = _column_width(paper, len(board.columns))
    heads = [
        (column.title, f"{column.count} of {column.limit}" if column.limit is not None else str(column.count)) for column in board.columns
    ]
    lanes = [(lane.label, [[_card(look, feature, width) for feature in cards] for _, cards in lane.cells]) for lane in board.lanes]
    more = [f"{column.title}: {column.more} more" for column in board.columns if column.more]
    return _draw_columns(paper, caption, heads, lanes, more)


def draw_horizons(look: Look, paper: Paper, caption: Caption) -> list[Page]:
    """Now, next and later: initiatives with those of their features that are shown."""
    groups, is_cut = ([], False) if look.is_theme_only else build_list(look, None)
    columns = build_horizons(look.themes, [feature for group in groups for feature in group.features], caption.today)
    width = _column_width(paper, len(columns))
    heads = [(column.title, str(len(column.themes)) if look.is_theme_only else str(column.count)) for column in columns]
    lanes = [("", [[_theme(theme, width) for theme in column.themes] for column in columns])]
    return _draw_columns(paper, caption, heads, lanes, ["Only the first 500 features are drawn"] if is_cut else [])


def _column_width(paper: Paper, count: int) -> float:
    return (paper.width - 2 * MARGIN - GAP * (count - 1)) / count


def _card(look: Look, feature: Feature, width: float) -> Card:
    room = width - 2 * INSET
    facts = {
        "owner": feature.owner and feature.owner.name,
        "dates": short_date(feature.target_date),
        "team": feature.team and str(feature.team),
        "effort": feature.effort_words and f"{feature.effort_words} pw",
        "release": feature.release and str(feature.release),
        "score": feature.score is not None and f"{feature.score:.1f}",
    }
    said = " · ".join(str(facts[name]) for name in look.fields if facts[name])
    lines = [
        *([Line(feature.key, 10, palette.TEXT_3)] if feature.key else []),
        *(Line(text, 12, palette.TEXT, True) for text in wrap(feature.title, room, 12, 3, is_bold=True)),
    ]
    lines += [Line(cut(said, room, 10), 10, palette.TEXT_2)] if said else []
    return Card(of_stage(feature.stage.slug), lines, f"card-{feature.pk}", f"{feature.key} {feature.title}".strip())


def _theme(theme: Theme, width: float) -> Card:
    room, row = width - 2 * INSET, theme.initiative
    said = [Line(f"{one.key}  {cut(one.title, room - width_of(one.key, 11) - 14, 11)}".strip(), 11, palette.TEXT) for one in theme.features]
    if row is None:
        return Card(
            palette.LINE_STRONG,
            [Line("Without an initiative, by their dates", 12, palette.TEXT_2, True), *said],
            "",
            "Without an initiative",
        )
    head = [Line(text, 13, palette.TEXT, True) for text in wrap(row.name, room, 13, 2, is_bold=True)]
    head += [Line(text, 11, palette.TEXT_2) for text in wrap(row.outcome, room, 11, 3)] if row.outcome else []
    counted = f"{row.features} features" if row.shipped is None else f"{row.shipped} of {row.features} shipped"
    head.append(Line(cut(" · ".join(filter(None, (row.product and str(row.product), counted))), room, 11), 11, palette.TEXT_3))
    return Card(palette.ACCENT, [*head, *said], f"card-{row.pk}", row.name)


def _draw_columns(paper: Paper, caption: Caption, heads: Sequence[tuple[str, str]], lanes: Lanes, notes: Sequence[str]) -> list[Page]:
    """Columns of cards, lane under lane; what a page does not hold goes on under the same heads on the next one."""
    width, top, bottom = _column_width(paper, len(heads)), frame.top_of() + HEADS, frame.bottom_of(paper)
    pages, y = [_headed(paper, caption, heads, width)], top
    for label, columns in lanes:
        waiting = [deque(cards) for cards in columns]
        if label and y + LANE + 80 > bottom:
            pages, y = [*pages, _headed(paper, caption, heads, width)], top
        y = _lane(pages[-1], label, y)
        while any(waiting):
            ends = [_fill(pages[-1], cards, MARGIN + n * (width + GAP), y, width, bottom) for n, cards in enumerate(waiting)]
            y = max(ends)
            if any(waiting):
                pages.append(_headed(paper, caption, heads, width))
                y = _lane(pages[-1], f"{label} (continued)" if label else "", top)
    if not any(cards for _, columns in lanes for cards in columns):
        frame.say_nothing(pages[0], "No feature passes the filter.")
    return frame.finish(pages, max(y, top + 120), notes=notes)


def _fill(page: Page, cards: deque[Card], x: float, y: float, width: float, bottom: float) -> float:
    """As many of the cards as fit under each other, taken off the queue; one that no page holds is parted. Answers where they end."""
    start = y
    while cards:
        card = cards.popleft()
        if y + card.height > bottom:
            is_first = y == start
            if not is_first:
                cards.appendleft(card)
                break
            card, rest = card.parted(bottom - y)
            cards.extendleft([rest] if rest.lines else [])
        page.shapes.append(
            Box(x, y, width, card.height, palette.SURFACE, palette.LINE_STRONG, 5, None, card.lines, INSET, True, card.key, card.name)
        )
        page.shapes.append(Box(x, y, 3, card.height, card.color, radius=1.5))
        y += card.height + GAP * 0.66
    return y


def _headed(paper: Paper, caption: Caption, heads: Sequence[tuple[str, str]], width: float) -> Page:
    page, y = frame.begin(paper, caption), frame.top_of()
    for n, (title, count) in enumerate(heads):
        x = MARGIN + n * (width + GAP)
        page.shapes.append(Text(x, y + 16, Line(cut(title, width - 60, 13, is_bold=True), 13, palette.TEXT, True)))
        page.shapes.append(Text(x + width, y + 16, Line(count, 12, palette.TEXT_3), "end"))
        page.shapes.append(Stroke([(x, y + 26), (x + width, y + 26)], palette.LINE_STRONG))
    return page


def _lane(page: Page, label: str, y: float) -> float:
    if not label:
        return y
    page.shapes.append(Text(MARGIN, y + 16, Line(cut(label, page.width - 2 * MARGIN, 13, is_bold=True), 13, palette.TEXT_2, True)))
    return y + LANE

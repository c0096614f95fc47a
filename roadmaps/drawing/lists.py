"""The list on paper: the table that leaves as a sheet, lane by lane, its head on every page."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, groupby, islice
from operator import itemgetter

from core.drawing.shapes import Grid, Page, Paper
from core.sheets import Plain
from roadmaps.drawing import frame
from roadmaps.drawing.frame import MARGIN, Caption
from roadmaps.looks import Look
from roadmaps.sheets import table_of_look

ROW = 26
MOST = 1_000  # rows


def draw(look: Look, paper: Paper, caption: Caption) -> list[Page]:
    """The look as a table."""
    table, top = table_of_look(look, caption.title), frame.top_of()
    grouping = None if look.is_theme_only else look.grouping("initiative")
    found = list(islice(chain.from_iterable(table.batches), MOST + 1))
    rows = [(str(row[0] or grouping.nothing), _said(row[1:])) if grouping else ("", _said(row)) for row in found[:MOST]]
    headings = table.headings[1:] if grouping else table.headings
    share = (paper.width - 2 * MARGIN) / sum(heading.width for heading in headings)
    pages, parts = [], list(pages_of_lanes(rows, frame.rows_on(paper, top + ROW, ROW)))
    for part in parts:
        page = frame.begin(paper, caption)
        page.shapes.append(Grid(MARGIN, top, [h.width * share for h in headings], ROW, [h.name for h in headings], part))
        pages.append(page)
    if not found:
        frame.say_nothing(pages[0], "No feature passes the filter.")
    notes = [f"Only the first {MOST:,} are drawn; CSV and Excel hold all"] if len(found) > MOST else []
    return frame.finish(pages, top + max((len(parts[-1]) + 1) * ROW, 120), notes=notes)


def pages_of_lanes(rows: Sequence[tuple[str, list[str]]], most: int) -> Iterator[list[list[str]]]:
    """The rows page by page, each lane under its name, which stands again where the lane goes on and never alone at the foot."""
    page: list[list[str]] = []
    for lane, members in groupby(rows, key=itemgetter(0)):
        head = [[lane]] if lane else []
        for _, cells in members:
            if len(page) + len(head) + 1 > most:
                yield page
                page, head = [], head or ([[f"{lane} (continued)"]] if lane else [])
            page += [*head, cells]
            head = []
    yield page


def _said(row: Sequence[Plain]) -> list[str]:
    return [_word(value) for value in row]


def _word(value: Plain) -> str:
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, Decimal):
        return f"{value:.1f}"
    return "" if value is None else str(value)

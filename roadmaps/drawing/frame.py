"""What stands around every drawing of a roadmap: its name, what it shows, as of when, and the foot of the page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from core.drawing import palette
from core.drawing.fonts import cut, width_of
from core.drawing.shapes import Box, Line, Page, Paper, Stroke, Text
from roadmaps.looks import Look

MARGIN, HEAD, FOOT = 40, 72, 52
DOT = 8
ENDLESS = 100_000  # rows; more than any drawing has


@dataclass(frozen=True)
class Caption:
    """The words over a drawing: `says` is the layout and the filter, `whom` in whose rights it was drawn."""

    title: str
    says: str
    whom: str
    today: date


def caption_of(look: Look, today: date) -> Caption:
    """The words over the look."""
    grouping = look.grouping("initiative" if look.layout in ("timeline", "list") else "")
    says = [dict(look.layouts)[look.layout]]
    if look.is_theme_only:
        says[0] += " of themes"
    elif grouping and look.layout != "horizons":
        says[0] += f" by {grouping.title.lower()}"
    return Caption(look.title, " · ".join(says + look.says), look.whom, today)


def top_of() -> float:
    """Where the drawing begins."""
    return MARGIN + HEAD


def bottom_of(paper: Paper) -> float:
    """Where it ends; a picture has no end."""
    return paper.height - MARGIN - FOOT if paper.height else float("inf")


def rows_on(paper: Paper, top: float, height: float) -> int:
    """How many rows of this height a page holds from there on."""
    return int((bottom_of(paper) - top) // height) if paper.height else ENDLESS


def begin(paper: Paper, caption: Caption) -> Page:
    """A page with its head."""
    right, day = paper.width - MARGIN, f"As of {caption.today.day} {caption.today:%b %Y}"
    title = Line(cut(caption.title, paper.width - 2 * MARGIN - 260, 22, is_bold=True), 22, palette.TEXT, True)
    says = Line(cut(caption.says, paper.width - 2 * MARGIN - 260, 12), 12, palette.TEXT_2)
    return Page(paper.width, paper.height or 0, caption.title, [
        Text(MARGIN, MARGIN + 18, title),
        Text(MARGIN, MARGIN + 40, says),
        Text(right, MARGIN + 18, Line(day, 12, palette.TEXT, True), "end"),
        Text(right, MARGIN + 40, Line(cut(caption.whom, 240, 12), 12, palette.TEXT_3), "end"),
    ])  # fmt: skip


class Sign(NamedTuple):
    """A line of the legend: what its sign stands for, and the sign, around a middle height of zero and so wide."""

    word: str
    shape: Box | Stroke
    width: float


def finish(pages: Sequence[Page], end: float, legend: Sequence[Sign] = (), notes: Sequence[str] = ()) -> list[Page]:
    """The pages with their feet: the legend, notes, and the number of each of several. `end` is where a picture ends."""
    for number, page in enumerate(pages, start=1):
        page.height = page.height or end + MARGIN + FOOT
        y, x = page.height - MARGIN - 12, float(MARGIN)
        page.shapes.append(Stroke([(MARGIN, y - 18), (page.width - MARGIN, y - 18)], palette.LINE))
        for sign in legend:
            page.shapes += [_moved(sign.shape, x, y), Text(x + sign.width + 8, y + 4, Line(sign.word, 11, palette.TEXT_2))]
            x += sign.width + 8 + width_of(sign.word, 11) + 20
        if notes:
            words = cut(" · ".join(notes), page.width - 2 * MARGIN - 100, 11)
            page.shapes.append(Text(MARGIN, y + (22 if legend else 4), Line(words, 11, palette.TEXT_3)))
        if len(pages) > 1:
            page.shapes.append(Text(page.width - MARGIN, y + 4, Line(f"{number} of {len(pages)}", 11, palette.TEXT_3), "end"))
    return list(pages)


def _moved(shape: Box | Stroke, x: float, y: float) -> Box | Stroke:
    if isinstance(shape, Box):
        return replace(shape, x=shape.x + x, y=shape.y + y)
    return replace(shape, points=[(px + x, py + y) for px, py in shape.points])


def say_nothing(page: Page, sentence: str) -> None:
    """The sentence where there is nothing to draw."""
    page.shapes.append(Text(page.width / 2, top_of() + 120, Line(sentence, 14, palette.TEXT_2), "middle"))


def dot(x: float, y: float, color: str) -> Box:
    """The sign of a stage, its middle at this height."""
    return Box(x, y - DOT / 2, DOT, DOT, fill=color, radius=DOT / 2)

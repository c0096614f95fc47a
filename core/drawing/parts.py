"""Shapes taken apart, for writers that know rectangles, lines and text alone: what stands in a box, the tip of a stroke, a table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.drawing import palette
from core.drawing.fonts import cut, known
from core.drawing.shapes import Box, Grid, Line, Page, Patch, Shape, Stroke, Text

PAD = 8
NOTE = "A letter this font has not stands as ?; SVG and PowerPoint files keep it."


def in_known_letters(page: Page) -> Page:
    """The page in parts, in letters the font has alone, with a note where others were left out."""
    parts = [part for shape in page.shapes for part in parts_of(shape)]
    said = [replace(part, line=part.line._replace(text=known(part.line.text))) if isinstance(part, Text) else part for part in parts]
    if said != parts:
        said.append(Text(page.width / 2, page.height - 10, Line(NOTE, 9, palette.TEXT_3), "middle"))
    return replace(page, shapes=said)


def parts_of(shape: Shape) -> Iterator[Shape]:
    """The shape, then what lies upon it."""
    if isinstance(shape, Grid):
        yield from _table(shape)
        return
    yield replace(shape, lines=()) if isinstance(shape, Box) else replace(shape, tip=False) if isinstance(shape, Stroke) else shape
    if isinstance(shape, Box):
        yield from _lines(shape)
    elif isinstance(shape, Stroke) and shape.tip:
        yield _tip(shape)


def _lines(box: Box) -> Iterator[Text]:
    height = sum(line.height for line in box.lines)
    y = box.y + (PAD if box.is_top else (box.height - height) / 2)
    for line in box.lines:
        yield Text(box.x + box.inset, y + line.height / 2 + line.size * 0.36, line)
        y += line.height


def _tip(stroke: Stroke) -> Patch:
    """An arrow's head at the end of the line, which comes in from the left or the right."""
    x, y = stroke.points[-1]
    way = 1 if x >= stroke.points[-2][0] else -1
    return Patch([(x - 2 * way, y - 4), (x + 4 * way, y), (x - 2 * way, y + 4)], stroke.color)


def _table(grid: Grid) -> Iterator[Shape]:
    right, y = grid.x + sum(grid.widths), grid.y
    yield from _row(grid, grid.head, y, Line("", 11, palette.TEXT_3, True))
    yield Stroke([(grid.x, y + grid.row_height), (right, y + grid.row_height)], palette.LINE_STRONG)
    for row in grid.rows:
        y += grid.row_height
        if len(row) == 1:
            yield Box(grid.x, y + 0.5, right - grid.x, grid.row_height - 1, fill=palette.SUNKEN)
            yield _text(row[0], grid.x, right - grid.x, y, grid.row_height, Line("", 12, palette.TEXT, True))
        else:
            yield from _row(grid, row, y, Line("", 12, palette.TEXT))
        yield Stroke([(grid.x, y + grid.row_height), (right, y + grid.row_height)], palette.LINE)


def _row(grid: Grid, texts: Sequence[str], y: float, line: Line) -> Iterator[Text]:
    x = grid.x
    for text, width in zip(texts, grid.widths, strict=True):
        if text:
            yield _text(text, x, width, y, grid.row_height, line)
        x += width


def _text(text: str, x: float, width: float, y: float, height: float, line: Line) -> Text:
    said = cut(text, width - 2 * PAD, line.size, line.is_bold)
    return Text(x + PAD, y + height / 2 + line.size * 0.36, line._replace(text=said))

"""Pages as slides of shapes that can be edited: boxes with their text, connectors that hold on to them, tables."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from core.drawing import palette
from core.drawing.fonts import clean, width_of
from core.drawing.parts import PAD
from core.drawing.shapes import Box, Grid, Line, Page, Patch, Shape, Stroke, Text

PIXEL = 9525  # English Metric Units, of which an inch has 914,400
POINTS = 0.75  # of a pixel
FONT = "Arial"  # is everywhere, and no wider than the font texts were cut by
SIDES = {"left": 1, "right": 3}
ALIGN = {"start": PP_ALIGN.LEFT, "middle": PP_ALIGN.CENTER, "end": PP_ALIGN.RIGHT}
BLANK_CELL = "\u00a0"  # an empty one would be as high as the theme's letters
BLANK = 6  # of the layouts a presentation begins with
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a deck says when it was made; the same pages make the same file


def pieces(pages: Sequence[Page]) -> Iterator[bytes]:
    """The pages as a file, a slide each."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _px(pages[0].width), _px(pages[0].height)
    facts = deck.core_properties
    facts.title, facts.author, facts.created, facts.modified, facts.last_modified_by = pages[0].title, "Waymark", MADE, MADE, "Waymark"
    for page in pages:
        slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
        known: dict[str, Any] = {}
        for shape in sorted(page.shapes, key=_is_tied):
            DRAW[type(shape)](slide.shapes, shape, known)
    file = io.BytesIO()
    deck.save(file)
    yield _timeless(file)


def _timeless(file: io.BytesIO) -> bytes:
    """The same parts without the moment each was written."""
    again = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _px(value: float) -> Emu:
    return Emu(round(value * PIXEL))


def _plain(made: Any) -> None:
    """Without the theme's look, which brings shadows."""
    made._element.remove(made._element.find(qn("p:style")))


def _rgb(color: str) -> RGBColor:
    return RGBColor.from_string(color[1:].upper())


def _box(shapes: Any, box: Box, known: dict[str, Any]) -> None:
    kind = MSO_SHAPE.ROUNDED_RECTANGLE if box.radius else MSO_SHAPE.RECTANGLE
    made = shapes.add_shape(kind, _px(box.x), _px(box.y), _px(box.width), _px(box.height))
    if box.radius:
        made.adjustments[0] = min(0.5, box.radius / min(box.width, box.height))
    _plain(made)
    made.name = clean(box.name) or made.name
    if box.fades_from is not None:
        _fade(made, box)
    elif box.fill:
        made.fill.solid()
        made.fill.fore_color.rgb = _rgb(box.fill)
    else:
        made.fill.background()
    if box.stroke:
        made.line.color.rgb, made.line.width = _rgb(box.stroke), Pt(POINTS)
    else:
        made.line.fill.background()
    if box.lines:
        _write(made.text_frame, box.lines, box.inset, MSO_ANCHOR.TOP if box.is_top else MSO_ANCHOR.MIDDLE)
        made.text_frame.margin_top = _px(PAD if box.is_top else 0)
    if box.key:
        known[box.key] = made


def _fade(made: Any, box: Box) -> None:
    made.fill.gradient()
    made.fill.gradient_angle = 0
    first, last = made.fill.gradient_stops
    first.color.rgb, first.position = _rgb(box.fill), box.fades_from
    last.color.rgb, last.position = _rgb(palette.SURFACE), 1


def _write(frame: Any, lines: Sequence[Line], inset: float, anchor: Any, align: Any = PP_ALIGN.LEFT) -> None:
    frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = _px(inset), 0, 0, 0
    frame.word_wrap, frame.vertical_anchor = False, anchor
    for position, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        paragraph.alignment = align
        run = paragraph.add_run()
        run.text = clean(line.text)
        _set(run.font, line)


def _set(font: Any, line: Line) -> None:
    font.name, font.size, font.bold = FONT, Pt(round(line.size * POINTS, 1)), line.is_bold
    font.color.rgb = _rgb(line.color or palette.TEXT)


def _text(shapes: Any, text: Text, known: dict[str, Any]) -> None:
    line = text.line
    width, height = 1.1 * width_of(line.text, line.size, line.is_bold) + 6, line.height
    left = {"start": text.x, "middle": text.x - width / 2, "end": text.x - width}[text.anchor]
    made = shapes.add_textbox(_px(left), _px(text.y - line.size * 0.36 - height / 2), _px(width), _px(height))
    _write(made.text_frame, [line], 0, MSO_ANCHOR.MIDDLE, ALIGN[text.anchor])
    made.text_frame.word_wrap = True  # unwrapped, some programs move a line to the middle of its box


def _is_tied(shape: Shape) -> bool:
    """Whether it holds on to boxes, which have to be there first."""
    return isinstance(shape, Stroke) and shape.begin is not None


def _stroke(shapes: Any, stroke: Stroke, known: dict[str, Any]) -> None:
    """A straight line, or a connector that holds on to its boxes and goes its way between them by itself."""
    ends = [_px(value) for point in (stroke.points[0], stroke.points[-1]) for value in point]
    made = shapes.add_connector(MSO_CONNECTOR.ELBOW if stroke.begin else MSO_CONNECTOR.STRAIGHT, *ends)
    if stroke.begin and stroke.end:
        made.begin_connect(known[stroke.begin[0]], SIDES[stroke.begin[1]])
        made.end_connect(known[stroke.end[0]], SIDES[stroke.end[1]])
    _plain(made)
    made.name = clean(stroke.name) or made.name
    made.line.color.rgb, made.line.width = _rgb(stroke.color), Pt(stroke.width * POINTS)
    if stroke.dash:
        made.line.dash_style = MSO_LINE.SQUARE_DOT if stroke.dash[0] < stroke.dash[1] else MSO_LINE.DASH
    if stroke.tip:
        made.line._get_or_add_ln().append(made.line._ln.makeelement(qn("a:tailEnd"), {"type": "triangle", "w": "med", "len": "med"}))


def _patch(shapes: Any, patch: Patch, known: dict[str, Any]) -> None:
    (x, y), *others = patch.points
    builder = shapes.build_freeform(round(x * PIXEL), round(y * PIXEL), scale=1.0)
    builder.add_line_segments([(round(px * PIXEL), round(py * PIXEL)) for px, py in others], close=True)
    made = builder.convert_to_shape()
    _plain(made)
    made.fill.solid()
    made.fill.fore_color.rgb = _rgb(patch.fill)
    made.line.fill.background()
    made.name = clean(patch.name) or made.name


def _table(shapes: Any, grid: Grid, known: dict[str, Any]) -> None:
    size = (_px(grid.x), _px(grid.y), _px(sum(grid.widths)), _px(grid.row_height * (len(grid.rows) + 1)))
    table = shapes.add_table(len(grid.rows) + 1, len(grid.widths), *size).table
    table.horz_banding = False
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = _px(width)
    for position, row in enumerate([grid.head, *grid.rows]):
        table.rows[position].height = _px(grid.row_height)
        is_lane, is_head = len(row) == 1 and len(grid.widths) > 1, position == 0
        if is_lane:
            table.cell(position, 0).merge(table.cell(position, len(grid.widths) - 1))
        for place, text in enumerate(row):
            line = Line(text, 11 if is_head else 12, palette.TEXT_3 if is_head else palette.TEXT, is_head or is_lane)
            _cell(table.cell(position, place), line, palette.SUNKEN if is_lane else palette.SURFACE)


def _cell(cell: Any, line: Line, fill: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(fill)
    cell.margin_left = cell.margin_right = _px(PAD)
    cell.margin_top = cell.margin_bottom = 0
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    run = cell.text_frame.paragraphs[0].add_run()
    run.text = clean(line.text) or BLANK_CELL
    _set(run.font, line)


DRAW: dict[type, Callable[[Any, Any, dict[str, Any]], None]] = {Box: _box, Text: _text, Stroke: _stroke, Patch: _patch, Grid: _table}

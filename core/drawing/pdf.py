"""Pages as PDF: lines stay lines, and text is text that can be found and copied."""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from core.drawing import palette
from core.drawing.fonts import FAMILY, file_of, width_of
from core.drawing.parts import in_known_letters
from core.drawing.shapes import Box, Page, Patch, Stroke, Text

POINTS = 0.75  # of a pixel
FONTS = {False: FAMILY, True: f"{FAMILY} SemiBold"}
DRAWN = {"start": "drawString", "middle": "drawCentredString", "end": "drawRightString"}


def pieces(pages: Sequence[Page]) -> Iterator[bytes]:
    """The pages as a file; the same pages make the same bytes."""
    _learn_fonts()
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1, pageCompression=1)
    canvas.setTitle(pages[0].title)
    canvas.setCreator("Waymark")
    for page in map(in_known_letters, pages):
        canvas.setPageSize((page.width * POINTS, page.height * POINTS))
        canvas.transform(POINTS, 0, 0, POINTS, 0, page.height * POINTS)
        for part in page.shapes:
            DRAW[type(part)](canvas, part)
        canvas.showPage()
    canvas.save()
    yield file.getvalue()


@cache
def _learn_fonts() -> None:
    for is_bold, name in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(file_of(is_bold))))


def _text(canvas: Canvas, text: Text) -> None:
    line = text.line
    if text.clear:
        width = width_of(line.text, line.size, line.is_bold)
        canvas.setFillColor(HexColor(palette.SURFACE))
        canvas.rect(text.x - 2 - width * (text.anchor == "end"), -text.y - 3, width + 4, line.size, fill=1, stroke=0)
    canvas.setFillColor(HexColor(line.color or palette.TEXT))
    canvas.setFont(FONTS[line.is_bold], line.size)
    getattr(canvas, DRAWN[text.anchor])(text.x, -text.y, line.text)


def _box(canvas: Canvas, box: Box) -> None:
    place = (box.x, -box.y - box.height, box.width, box.height)
    if box.fades_from is not None:
        _fade(canvas, box, place)
        return
    if box.fill:
        canvas.setFillColor(HexColor(box.fill))
    if box.stroke:
        canvas.setStrokeColor(HexColor(box.stroke))
        canvas.setLineWidth(1)
        canvas.setDash()
    canvas.roundRect(*place, min(box.radius, box.width / 2, box.height / 2), fill=bool(box.fill), stroke=bool(box.stroke))


def _fade(canvas: Canvas, box: Box, place: tuple[float, float, float, float]) -> None:
    x, y, width, height = place
    canvas.saveState()
    path = canvas.beginPath()
    path.roundRect(x, y, width, height, min(box.radius, width / 2))
    canvas.clipPath(path, stroke=0, fill=0)
    colors, stops = [HexColor(box.fill), HexColor(box.fill), HexColor(palette.SURFACE)], [0, box.fades_from, 1]
    canvas.linearGradient(x, y, x + width, y, colors, stops, extend=False)
    canvas.restoreState()


def _stroke(canvas: Canvas, stroke: Stroke) -> None:
    canvas.setStrokeColor(HexColor(stroke.color))
    canvas.setLineWidth(stroke.width)
    canvas.setDash(*([list(stroke.dash)] if stroke.dash else []))
    path = canvas.beginPath()
    path.moveTo(stroke.points[0][0], -stroke.points[0][1])
    for x, y in stroke.points[1:]:
        path.lineTo(x, -y)
    canvas.drawPath(path, stroke=1, fill=0)


def _patch(canvas: Canvas, patch: Patch) -> None:
    canvas.setFillColor(HexColor(patch.fill))
    path = canvas.beginPath()
    path.moveTo(patch.points[0][0], -patch.points[0][1])
    for x, y in patch.points[1:]:
        path.lineTo(x, -y)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


DRAW: dict[type, Callable[[Canvas, Any], None]] = {Text: _text, Box: _box, Stroke: _stroke, Patch: _patch}

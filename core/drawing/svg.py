"""A page as SVG: shapes and text alone; no script, no style sheet, nothing from elsewhere."""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from html import escape

from core.drawing import palette
from core.drawing.fonts import FAMILY
from core.drawing.parts import parts_of
from core.drawing.shapes import Box, Line, Page, Patch, Shape, Stroke, Text

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{title}" '
    "font-family=\"{family}, 'Inter Variable', system-ui, sans-serif\">\n<title>{title}</title>\n"
    '<rect width="{w}" height="{h}" fill="{ground}"/>\n'
)


def pieces(pages: Sequence[Page]) -> Iterator[bytes]:
    """The first page as a file; a picture has one."""
    page = pages[0]
    fades: dict[tuple[str, float], str] = {}
    body = "".join(_drawn(part, fades) for shape in page.shapes for part in parts_of(shape))
    head = HEAD.format(w=_n(page.width), h=_n(page.height), title=escape(page.title), family=FAMILY, ground=palette.SURFACE)
    yield f"{head}{_paints(fades)}{body}</svg>\n".encode()


def _paints(fades: dict[tuple[str, float], str]) -> str:
    gradients = (
        f'<linearGradient id="{name}"><stop offset="{_n(share)}" stop-color="{color}"/>'
        f'<stop offset="1" stop-color="{color}" stop-opacity="0"/></linearGradient>'
        for (color, share), name in fades.items()
    )
    return f"<defs>{''.join(gradients)}</defs>\n" if fades else ""


@singledispatch
def _drawn(shape: Shape, fades: dict[tuple[str, float], str]) -> str:
    raise TypeError(f"No part of a drawing: {shape}")


@_drawn.register
def _(text: Text, fades: dict) -> str:
    line: Line = text.line
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    bold = ' font-weight="600"' if line.is_bold else ""
    color = line.color or palette.TEXT
    clear = f' paint-order="stroke" stroke="{palette.SURFACE}" stroke-width="4"' if text.clear else ""
    look = f'font-size="{_n(line.size)}" fill="{color}"{bold}{anchor}{clear}'
    return f'<text x="{_n(text.x)}" y="{_n(text.y)}" {look}>{escape(line.text)}</text>\n'


@_drawn.register
def _(box: Box, fades: dict) -> str:
    fill = box.fill or "none"
    if box.fades_from is not None:
        name = fades.setdefault((box.fill, round(box.fades_from, 2)), f"fade-{len(fades)}")
        fill = f"url(#{name})"
    stroke = f' stroke="{box.stroke}"' if box.stroke else ""
    radius = f' rx="{_n(box.radius)}"' if box.radius else ""
    place = f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'
    title = f"<title>{escape(box.name)}</title>" if box.name else ""
    return f'<rect {place}{radius} fill="{fill}"{stroke}>{title}</rect>\n' if title else f'<rect {place}{radius} fill="{fill}"{stroke}/>\n'


@_drawn.register
def _(stroke: Stroke, fades: dict) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in stroke.points)
    dash = f' stroke-dasharray="{_n(stroke.dash[0])} {_n(stroke.dash[1])}"' if stroke.dash else ""
    title = f"<title>{escape(stroke.name)}</title>" if stroke.name else ""
    line = f'points="{points}" fill="none" stroke="{stroke.color}" stroke-width="{_n(stroke.width)}" stroke-linejoin="round"{dash}'
    return f"<polyline {line}>{title}</polyline>\n"


@_drawn.register
def _(patch: Patch, fades: dict) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in patch.points)
    return f'<polygon points="{points}" fill="{patch.fill}"/>\n'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

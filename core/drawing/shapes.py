"""What a drawing is made of. Every writer knows these shapes and nothing else; what is not among them is not drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

type Point = tuple[float, float]


class Paper(NamedTuple):
    """The size of a page in pixels; without a height it is as high as what it holds."""

    width: float
    height: float | None


A3, SLIDE, PICTURE = Paper(1587, 1122), Paper(1280, 720), Paper(1600, None)  # 420 × 297 mm, 13⅓ × 7½ in, a screen


class Line(NamedTuple):
    """A line of text and how it is written."""

    text: str
    size: float = 12
    color: str = ""
    is_bold: bool = False

    @property
    def height(self) -> float:
        return self.size * 1.35


@dataclass(frozen=True)
class Text:
    """A line of text from `x` on, to `x`, or around it; `y` is its base line. A `clear` one keeps lines below it away from its letters."""

    x: float
    y: float
    line: Line
    anchor: str = "start"  # or middle, end
    clear: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle with lines of text in it, from `inset` on: in the middle of its height, or from its top.

    From the share `fades_from` of its width on its colour fades out. `key` is what strokes hold on to, `name` what it stands for.
    """

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    radius: float = 0
    fades_from: float | None = None
    lines: Sequence[Line] = ()
    inset: float = 10
    is_top: bool = False
    key: str = ""
    name: str = ""


@dataclass(frozen=True)
class Stroke:
    """A line through these points; with `tip` an arrow at its end. `begin` and `end` are the keys of the boxes it ties together, from
    which of their sides: left or right."""

    points: Sequence[Point]
    color: str
    width: float = 1
    dash: tuple[float, float] | None = None
    tip: bool = False
    begin: tuple[str, str] | None = None
    end: tuple[str, str] | None = None
    name: str = ""


@dataclass(frozen=True)
class Patch:
    """A filled shape with these corners."""

    points: Sequence[Point]
    fill: str
    name: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: a head over rows of texts, the widths of its columns; a row of one text goes over all of them."""

    x: float
    y: float
    widths: Sequence[float]
    row_height: float
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


type Shape = Text | Box | Stroke | Patch | Grid


@dataclass
class Page:
    """Shapes on a page, from those that lie below to those on top."""

    width: float
    height: float
    title: str
    shapes: list[Shape] = field(default_factory=list)

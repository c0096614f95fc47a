"""A page as PNG, from its SVG."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from resvg_py import svg_to_bytes

from core.drawing import svg
from core.drawing.fonts import file_of
from core.drawing.parts import in_known_letters
from core.drawing.shapes import Page

SHARP = 2.0  # pixels of the picture for one of the page
MOST_PIXELS = 24_000_000


def pieces(pages: Sequence[Page]) -> Iterator[bytes]:
    """The first page as a file, as sharp as a picture of its size may be."""
    page = in_known_letters(pages[0])
    zoom = min(SHARP, (MOST_PIXELS / (page.width * page.height)) ** 0.5)
    size = {"width": round(page.width * zoom), "height": round(page.height * zoom)}
    text = b"".join(svg.pieces([page])).decode()
    yield bytes(svg_to_bytes(svg_string=text, font_dirs=[_fonts().name], skip_system_fonts=True, **size))


@cache
def _fonts() -> tempfile.TemporaryDirectory:
    """A folder with the fonts, which the library reads from the disk; gone with this process."""
    folder = tempfile.TemporaryDirectory(prefix="waymark-fonts-")
    for is_bold in (False, True):
        Path(folder.name, f"{is_bold}.ttf").write_bytes(file_of(is_bold))
    return folder

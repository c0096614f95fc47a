"""A page as PNG, from its SVG. Drawn by a process of its own: the library would hold up every other request of this one meanwhile."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from core.drawing import svg
from core.drawing.fonts import file_of
from core.drawing.parts import in_known_letters
from core.drawing.shapes import Page
from core.exceptions import RuleBroken

SHARP = 2.0  # pixels of the picture for one of the page
MOST_PIXELS = 16_000_000
SECONDS = 30
RASTERISE = Path(__file__).with_name("rasterise.py")


def pieces(pages: Sequence[Page]) -> Iterator[bytes]:
    """The first page as a file, as sharp as a picture of its size may be. Raises RuleBroken where it takes too long or too much."""
    page = in_known_letters(pages[0])
    zoom = min(SHARP, (MOST_PIXELS / (page.width * page.height)) ** 0.5)
    size = [str(round(side * zoom)) for side in (page.width, page.height)]
    command = [sys.executable, "-I", str(RASTERISE), _fonts().name, *size]
    try:
        drawn = subprocess.run(command, input=b"".join(svg.pieces([page])), capture_output=True, check=True, timeout=SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise RuleBroken("This is too large for a picture. Take the PDF, or narrow the filter.") from error
    yield drawn.stdout


@cache
def _fonts() -> tempfile.TemporaryDirectory:
    """A folder with the fonts, which the library reads from the disk; gone with this process."""
    folder = tempfile.TemporaryDirectory(prefix="waymark-fonts-")
    for is_bold in (False, True):
        Path(folder.name, f"{is_bold}.ttf").write_bytes(file_of(is_bold))
    return folder

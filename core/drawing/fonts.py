"""The font of drawings: how wide a text is, where it is cut, which letters there are. Inter knows Latin, Greek and Cyrillic."""

import io
import re
from functools import cache
from typing import Any

from django.conf import settings
from fontTools.ttLib import TTFont

FAMILY = "Inter"
FILES = {False: "Inter-Regular.woff2", True: "Inter-SemiBold.woff2"}  # by whether it is bold
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\s]+")  # control characters, and blanks of every kind
MORE = "…"


@cache
def file_of(is_bold: bool) -> bytes:
    """The font as TrueType."""
    font = TTFont(settings.BASE_DIR / "static" / "vendor" / "inter-ui" / FILES[is_bold])
    font.flavor = None
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


@cache
def _metrics(is_bold: bool) -> tuple[dict[int, float], float]:
    """(width of each letter in ems, width of one it has not)."""
    font: Any = TTFont(io.BytesIO(file_of(is_bold)))
    widths, em = font["hmtx"], font["head"].unitsPerEm
    return {letter: widths[name][0] / em for letter, name in font.getBestCmap().items()}, 1.0


def known(text: str) -> str:
    """The text with a question mark for each letter the font has not."""
    letters = _metrics(False)[0]
    return text if all(ord(letter) in letters for letter in text) else "".join(one if ord(one) in letters else "?" for one in text)


def clean(text: str) -> str:
    """The text on one line, without what no page shows."""
    return UNSEEN.sub(" ", text).strip()


def width_of(text: str, size: float, is_bold: bool = False) -> float:
    """Pixels the text takes."""
    widths, other = _metrics(is_bold)
    return size * sum(widths.get(ord(letter), other) for letter in text)


def cut(text: str, width: float, size: float, is_bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    text = clean(text)
    if width_of(text, size, is_bold) <= width:
        return text
    room = width - width_of(MORE, size, is_bold)
    widths, other = _metrics(is_bold)
    for count, letter in enumerate(text):
        room -= size * widths.get(ord(letter), other)
        if room < 0:
            return text[:count].rstrip() + MORE if count else ""
    return text


def wrap(text: str, width: float, size: float, most: int, is_bold: bool = False) -> list[str]:
    """The text in at most so many lines of this width; the last one is cut where there is more."""
    lines, words = [""], clean(text).split(" ")
    for position, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size, is_bold) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = " ".join([lines[-1], *words[position:]])
            break
    return [cut(line, width, size, is_bold) for line in lines if line]

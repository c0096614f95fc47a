"""Reading one cell: dates, numbers, money, effort, yes and no, as people and exports write them.

Every reader answers the value, None for an empty cell, or raises Unreadable with a sentence that repeats what stood there.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser

EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "null", "nil", "#n/a"}
YES, NO = {"yes", "y", "true", "t", "1", "x", "si", "sí", "ja", "oui"}, {"no", "n", "false", "f", "0", "nein", "non"}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2}).*)?$")
PARTS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})(?: .*)?$")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WORDED = re.compile(r"(\d{1,2})\.? ([A-Za-z]{3})[a-z]*\.?,? (\d{4})$|([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})$")
UNITS = {"k": Decimal(1_000), "m": Decimal(1_000_000), "b": Decimal(1_000_000_000)}
NUMBER = re.compile(r"[^\d.,'’\s-]*\s*(-?[\d.,'’\s]*\d)\s*([kKmMbB])?\s*[^\d]*$")


class Unreadable(ValueError):
    """A cell that cannot be read; the message is a sentence for the person who sent the file."""


def is_empty(text: str) -> bool:
    return text.strip().lower() in EMPTY


def date_order(cells: Iterable[str]) -> str:
    """`dmy` or `mdy`, from the whole column: a first part above 12 settles it; day first where nothing does."""
    for text in cells:
        if found := PARTS.match(text.strip()):
            first, second = int(found[1]), int(found[2])
            if first > 12 >= second:
                return "dmy"
            if second > 12 >= first:
                return "mdy"
    return "dmy"


def read_date(text: str, order: str = "dmy") -> date | None:
    """A day: 2026-01-31, 31/01/2026, 31.1.26, 31 Jan 2026, Jan 31, 2026; times of day are left off."""
    if is_empty(text):
        return None
    clean = text.strip()
    try:
        if found := ISO.match(clean):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := PARTS.match(clean):
            day, month = (int(found[1]), int(found[2])) if order == "dmy" else (int(found[2]), int(found[1]))
            year = int(found[3])
            return date(year + 2000 if year < 70 else year + 1900 if year < 100 else year, month, day)
        if found := WORDED.match(clean):
            day, name, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
            return date(int(year), MONTHS.index(name.lower()) + 1, int(day))
        return datetime.fromisoformat(clean).date()
    except ValueError as error:
        raise Unreadable(f"“{shown(clean)}” is not a date. Write it as 2026-01-31 or 31/01/2026.") from error


def read_number(text: str) -> Decimal | None:
    """A number with either decimal sign, thousands marks, a unit before or behind, k or M: 1.234,56 · €1.2k · 12 %."""
    if is_empty(text):
        return None
    found = NUMBER.match(text.strip())
    if not found:
        raise Unreadable(f"“{shown(text)}” is not a number.")
    digits = re.sub(r"[\s'’]", "", found[1])
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "").replace(",", ".")
    elif digits.count(",") == 1 and not re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", digits):
        digits = digits.replace(",", ".")
    elif digits.count(".") > 1 or "," in digits:
        digits = digits.replace(".", "").replace(",", "")
    try:
        value = Decimal(digits)
    except InvalidOperation as error:
        raise Unreadable(f"“{shown(text)}” is not a number.") from error
    return value * UNITS[found[2].lower()] if found[2] else value


def read_effort(text: str) -> tuple[Decimal, Decimal, Decimal] | None:
    """Person-weeks as low, likely, high: 6-11, 6/8/11 or 8."""
    if is_empty(text):
        return None
    parts = [part for part in re.split(r"\s*[-–/·]\s*|\s+to\s+", text.strip().removesuffix("pw").strip()) if part]
    if not 1 <= len(parts) <= 3:
        raise Unreadable(f"“{shown(text)}” is no effort. Write 8, 6-11 or 6/8/11, in person-weeks.")
    numbers = [read_number(part) for part in parts]
    low, high = numbers[0], numbers[-1]
    likely = numbers[1] if len(numbers) == 3 else (low + high) / 2
    if not low <= likely <= high:
        raise Unreadable(f"“{shown(text)}” is no effort: low, likely and high must rise.")
    return low, likely, high


def read_yes_no(text: str) -> bool | None:
    """Yes or no in the usual spellings."""
    if is_empty(text):
        return None
    word = text.strip().lower()
    if word not in YES | NO:
        raise Unreadable(f"“{shown(text)}” is neither yes nor no.")
    return word in YES


def read_text(text: str) -> str:
    """The text without HTML, entities decoded, paragraphs and list items kept as lines; NUL bytes gone."""
    clean = text.replace("\x00", "").strip()
    if "<" not in clean and "&" not in clean:
        return clean
    reader = _Plain()
    reader.feed(clean)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip()


def shown(text: str) -> str:
    """The cell as an error repeats it: short."""
    clean = " ".join(text.split())
    return clean if len(clean) <= 40 else clean[:39] + "…"


class _Plain(HTMLParser):
    """Collects the text of HTML."""

    PARAGRAPHS, LINES, SILENT = ("p", "h1", "h2", "h3", "h4"), ("div", "br", "ul", "ol", "tr"), ("script", "style")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in self.SILENT
        self.parts.append("\n\n" if tag in self.PARAGRAPHS else "\n- " if tag == "li" else "\n" if tag in self.LINES else "")

    def handle_endtag(self, tag):
        self.silent = max(0, self.silent - (tag in self.SILENT))
        if tag in ("p", "div"):
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(data)

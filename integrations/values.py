"""Reading one cell: dates, numbers, money, effort, yes and no, as people and exports write them.

Every reader answers the value, None for an empty cell, or raises Unreadable with a sentence that repeats what stood there.
"""

import html
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser

from roadmaps import effort
from roadmaps.effort import Effort

EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "null", "nil", "#n/a"}
YES, NO = {"yes", "y", "true", "t", "1", "x", "si", "sí", "ja", "oui"}, {"no", "n", "false", "f", "0", "nein", "non"}
ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
PARTS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})(?: .*)?$")
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
WORDED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?[ -]([a-z]{3})[a-z]*\.?,?|([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,?)[ -](\d{4})"
    r"(?:,? \d{1,2}:\d{2}.*)?$",
    re.IGNORECASE,
)
UNITS = {"": Decimal(1), "k": Decimal(1_000), "m": Decimal(1_000_000), "b": Decimal(1_000_000_000)}
MOST_DIGITS = 15  # beyond them it is an identifier
MONEY = r"(?:[A-Z]{0,2}[$€£¥₹₽₩₺]|[A-Z]{3}|kr|zł)?"
NUMBER = re.compile(rf"(\(?)([-+]?){MONEY}([-+]?)(\d[\d.,'’]*|[.,]\d+)([kKmMbB]?)(?:%|{MONEY})(\)?)$", re.ASCII)
# Thousands in threes with one and the same mark, then perhaps the other mark and decimals.
GROUPED = re.compile(r"\d{1,3}(?:([.,'’])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?$")
PLAIN = re.compile(r"\d*[.,]?\d+$|\d+[.,]$")
WEEKS = re.compile(r"\s*(?:pw|person[- ]weeks?|weeks?|wks?)$", re.IGNORECASE)
HTML = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|a|b|i|u|strong|em|h[1-6]|table|tr|td|blockquote|pre|code|img|font)\b[^<>]*>", re.IGNORECASE
)
ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)


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
    """A day: 2026-01-31, 2026/1/31, 31/01/2026, 31.1.26, 31 Jan 2026, January 31st, 2026; times of day are left off."""
    if is_empty(text):
        return None
    clean = " ".join(text.split())
    try:
        if found := ISO.match(clean):
            return date(int(found[1]), int(found[3]), int(found[4]))
        if found := PARTS.match(clean):
            day, month = (int(found[1]), int(found[2])) if order == "dmy" else (int(found[2]), int(found[1]))
            year = int(found[3])
            return date(year + 2000 if year < 70 else year + 1900 if year < 100 else year, month, day)
        if found := WORDED.match(WEEKDAY.sub("", clean, count=1)):
            return date(int(found[5]), MONTHS.index((found[2] or found[3]).lower()) + 1, int(found[1] or found[4]))
        return datetime.fromisoformat(clean).date()
    except ValueError as error:
        example = "31/01/2026" if order == "dmy" else "01/31/2026"
        raise Unreadable(f"“{shown(clean)}” is not a date. Write it as 2026-01-31 or {example}.") from error


def read_number(text: str) -> Decimal | None:
    """A number with either decimal sign, thousands marks, money or % beside it, k or M: 1.234,56 · €1.2k · -5 · (5) · 12 %.

    Of a lone mark before three digits the comma is read as thousands (1,234) and the point as decimals (1.234).
    """
    if is_empty(text):
        return None
    clean = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", text.strip()).replace("−", "-").replace("–", "-")
    found = None if re.search(r"\d\s+\d", clean) else NUMBER.match(re.sub(r"\s", "", clean))
    digits = found[4] if found else ""
    groups = GROUPED.match(digits)
    is_lone = groups is not None and sum(digits.count(mark) for mark in ".,'’") == 1
    if groups and not (is_lone and (groups[1] == "." or digits.startswith("0"))):
        digits = digits.replace(groups[1], "").replace(",", ".")
    elif PLAIN.match(digits):
        digits = digits.replace(",", ".")
    else:
        found = None
    signs = found[2] + found[3] + found[1] if found else ""
    if found is None or len(signs) > 1 or bool(found[1]) != bool(found[6]):
        raise Unreadable(f"“{shown(text)}” is not a number.")
    if sum(character.isdigit() for character in digits) > MOST_DIGITS:
        raise Unreadable(f"“{shown(text)}” has more than {MOST_DIGITS} digits.")
    value = Decimal(digits) * UNITS[found[5].lower()]
    return -value if signs in ("-", "(") else value


def read_effort(text: str) -> Effort | None:
    """Person-weeks as low, likely, high: 6-11, 6/8/11 or 8."""
    if is_empty(text):
        return None
    try:
        return effort.read_effort(WEEKS.sub("", text.strip()))
    except ValueError as error:
        raise Unreadable(f"“{shown(text)}” is no effort. {error}") from error


def read_yes_no(text: str) -> bool | None:
    """Yes or no in the usual spellings."""
    if is_empty(text):
        return None
    word = text.strip().lower()
    if word not in YES | NO:
        raise Unreadable(f"“{shown(text)}” is neither yes nor no.")
    return word in YES


def read_text(text: str) -> str:
    """The text as Markdown: of HTML the paragraphs, lists, headings, emphasis and links stay, entities are decoded; NUL bytes go."""
    clean = text.replace("\x00", "").strip()
    if not HTML.search(clean):
        return html.unescape(clean) if ENTITY.search(clean) else clean
    reader = _Markdown()
    reader.feed(clean)
    reader.close()
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def shown(text: str) -> str:
    """The cell as an error repeats it: short."""
    clean = " ".join(text.split())
    return clean if len(clean) <= 40 else clean[:39] + "…"


class _Markdown(HTMLParser):
    """Writes HTML as Markdown, as far as people write it."""

    BOTH = {"p": "\n\n", "div": "\n", "ul": "\n\n", "ol": "\n\n", "b": "**", "strong": "**", "i": "_", "em": "_"}
    OPENING = BOTH | {"br": "\n", "li": "\n- ", "tr": "\n", "td": " "}
    SILENT = {"script", "style"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.address = ""

    def handle_starttag(self, tag, attrs):
        self.silent += tag in self.SILENT
        if re.fullmatch("h[1-6]", tag):
            self.parts.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "a":
            self.address = dict(attrs).get("href") or ""
            self.parts.append("[" if self.address else "")
        else:
            self.parts.append(self.OPENING.get(tag, ""))

    def handle_endtag(self, tag):
        self.silent = max(0, self.silent - (tag in self.SILENT))
        if re.fullmatch("h[1-6]", tag):
            self.parts.append("\n\n")
        elif tag == "a":
            self.parts.append(f"]({self.address})" if self.address else "")
            self.address = ""
        else:
            self.parts.append(self.BOTH.get(tag, ""))

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))

"""Reading a table of unknown origin: encoding, delimiter and quotes are found out, rows come one by one, bombs are refused.

Plain bytes in, lists of text out; nothing here knows what the columns mean.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from charset_normalizer import from_bytes

from core.sheets import unguarded

SAMPLE = 256 * 1024  # bytes looked at to find out how the file is written
SAMPLE_ROWS = 50
MOST_COLUMNS = 500
LONGEST_CELL = 1024 * 1024  # characters
LONGEST_ROW = 4 * LONGEST_CELL
DELIMITERS = (",", ";", "\t", "|")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What exports of the last decades are written in; among more, short samples are taken for the rarest.
ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030", "euc_kr"]
# Read as Western European, a Central European text has signs inside its words, or the letters š and ž.
CENTRAL = re.compile(r"[^\W\d_][¹³¿¼¾£¥ª][^\W\d_]|[šžŠŽ]")
EXCEL_HINT = re.compile(r"sep=([,;\t|])\r?\n")


class UnreadableTable(ValueError):
    """The file is no table we can read; the message says why and where."""


@dataclass(frozen=True)
class Dialect:
    """How a file is written."""

    encoding: str
    delimiter: str
    has_header: bool = True


@dataclass(frozen=True)
class Row:
    """A line of the table: its number as a spreadsheet shows it, and its cells by position; `fault` says why it cannot be read."""

    number: int
    cells: list[str]
    fault: str = ""


def from_records(data: bytes) -> bytes:
    """A list of records in JSON as a table in CSV, a column per name, in the order in which the names first come.

    What is nested has a column of its own (`milestone.alpha`), a list a line for each of its values. Anything else is answered as it is.
    """
    if not data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return data
    try:
        records = json.loads(data)
    except ValueError:
        return data
    if not records or not all(isinstance(record, dict) for record in records):
        raise UnreadableTable("A file in JSON holds a list of records, each with names and values.")
    rows = [dict(_flat(record)) for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, *([row.get(name, "") for name in names] for row in rows)])
    return text.getvalue().encode()


def _flat(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, list):
            yield above + name, "\n".join(_word(one) for one in value)
        else:
            yield above + name, _word(value)


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def sniff(data: bytes) -> Dialect:
    """How the bytes are written; raises UnreadableTable where they are no text or hold no rows."""
    if not data.strip():
        raise UnreadableTable("The file is empty.")
    has_mark = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data[:4] in (b"PK\x03\x04", b"%PDF") or (b"\x00" in data[:SAMPLE] and not has_mark):
        raise UnreadableTable("This is not a text file. Save the sheet as CSV and choose that file.")
    encoding = _encoding(data)
    return Dialect(encoding, _delimiter(data[:SAMPLE].decode(encoding, errors="ignore")))


def read(data: bytes, dialect: Dialect) -> Iterator[Row]:
    """The rows after the header, as many cells as it has; empty lines are passed over, a row cut otherwise carries its fault."""
    width = len(header(data, dialect))
    for row in islice(_rows(data, dialect), 1 if dialect.has_header else 0, None):
        if any(cell.strip() for cell in row.cells):
            cells = [unguarded(cell) for cell in (row.cells + [""] * width)[:width]]
            yield Row(row.number, cells, _fault(row, width))


def _fault(row: Row, width: int) -> str:
    """Why the row does not fit under the header; blank cells too many hurt nobody."""
    count = len(row.cells)
    if any("\x00" in cell for cell in row.cells):
        return "The row holds a zero byte, which no text has."
    if count < width or any(cell.strip() for cell in row.cells[width:]):
        return f"The row has {count} cell{'s' * (count != 1)} where the first row has {width}. A quote or delimiter may be missing there."
    return ""


def header(data: bytes, dialect: Dialect) -> list[str]:
    """The names of the columns; numbered where the file names none."""
    first = next(_rows(data, dialect), None)
    if first is None:
        raise UnreadableTable("The file has no rows.")
    if len(first.cells) > MOST_COLUMNS:
        raise UnreadableTable(f"Row {first.number} has {len(first.cells)} columns; at most {MOST_COLUMNS} can be read.")
    if not dialect.has_header:
        return [f"Column {position + 1}" for position in range(len(first.cells))]
    return [cell.strip() or f"Column {position + 1}" for position, cell in enumerate(first.cells)]


class _Lines:
    """The lines of a text, refused before a row of them fills the memory: an open quote swallows all that follows."""

    def __init__(self, text: io.TextIOWrapper):
        self.text, self.length = text, 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(LONGEST_ROW + 1):
            self.length += len(line)
            if self.length > LONGEST_ROW:
                raise csv.Error("field larger than field limit")
            yield line


def _rows(data: bytes, dialect: Dialect) -> Iterator[Row]:
    """Every row but the line in which Excel names the delimiter."""
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        lines = _Lines(io.TextIOWrapper(io.BytesIO(data), encoding=dialect.encoding, newline=""))
        for number, cells in enumerate(csv.reader(lines, delimiter=dialect.delimiter, strict=True), start=1):
            lines.length = 0
            if number == 1 and EXCEL_HINT.match(dialect.delimiter.join(cells) + "\n"):
                continue
            yield Row(number, cells)
    except csv.Error as error:
        is_long = "limit" in str(error)
        what = "has a cell of over one million characters" if is_long else "has a quoted cell that does not end where it should"
        raise UnreadableTable(f"Row {number + 1} {what}. A quote may be missing there, or one too many.") from error
    except (UnicodeError, LookupError) as error:
        raise UnreadableTable(f"After row {number} the file is not written in {dialect.encoding}. Choose another encoding.") from error


def _encoding(data: bytes) -> str:
    for mark, name in BOMS:
        if data.startswith(mark):
            return name
    beyond_ascii, broken = _count_utf8(data)
    if broken == 0 or beyond_ascii > 10 * broken:  # a few broken bytes are better named than the whole file misread
        return "utf-8"
    found = from_bytes(data[:SAMPLE], cp_isolation=ENCODINGS).best()
    name = found.encoding if found else "cp1252"
    if name in ("cp1250", "cp1252"):
        return "cp1250" if CENTRAL.search(data[:SAMPLE].decode("cp1252", errors="replace")) else "cp1252"
    return name


def _count_utf8(data: bytes) -> tuple[int, int]:
    """(characters beyond ASCII, bytes that are none), read as UTF-8 piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    beyond_ascii = broken = 0
    for start in range(0, len(data), SAMPLE):
        text = decoder.decode(data[start : start + SAMPLE], final=start + SAMPLE >= len(data))
        if not text.isascii():
            bad = text.count("\ufffd")
            broken += bad
            beyond_ascii += sum(character > "\x7f" for character in text) - bad
    return beyond_ascii, broken


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows as evenly as the very first, into as many cells as may be."""
    if hint := EXCEL_HINT.match(text):
        return hint[1]
    best, winner = (0.0, 1), None
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE_ROWS) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            best, winner = max((best, winner), ((widths.count(widths[0]) / len(widths), widths[0]), delimiter), key=lambda pair: pair[0])
    # A single column: anything that cuts nothing.
    return winner or next((delimiter for delimiter in DELIMITERS if delimiter not in text), ",")

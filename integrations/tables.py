"""Reading a table of unknown origin: encoding, delimiter and quotes are found out, rows come one by one, bombs are refused.

Plain bytes in, lists of text out; nothing here knows what the columns mean.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

SAMPLE = 256 * 1024  # bytes looked at to find out how the file is written
MOST_COLUMNS = 500
LONGEST_CELL = 1024 * 1024  # characters
DELIMITERS = (",", ";", "\t", "|")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


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
    """A line of the table: its number as a spreadsheet shows it, and its cells by position."""

    number: int
    cells: list[str]


def sniff(data: bytes) -> Dialect:
    """How the bytes are written; raises UnreadableTable where they are no text or hold no rows."""
    if not data.strip():
        raise UnreadableTable("The file is empty.")
    if data[:4] in (b"PK\x03\x04", b"%PDF") or (b"\x00" in data[:SAMPLE] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise UnreadableTable("This is not a text file. Save the sheet as CSV and choose that file.")
    encoding = _encoding(data)
    text = data[:SAMPLE].decode(encoding, errors="ignore")
    return Dialect(encoding, _delimiter(text))


def read(data: bytes, dialect: Dialect) -> Iterator[Row]:
    """The rows after the header, cells by position, as many as the header has; empty lines are passed over."""
    width = len(header(data, dialect))
    for row in _rows(data, dialect):
        if (row.number == 1 and dialect.has_header) or not any(cell.strip() for cell in row.cells):
            continue
        if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
            raise UnreadableTable(
                f"Row {row.number} has {len(row.cells)} cells where the first row has {width}. A quote or delimiter may be missing there."
            )
        yield Row(row.number, (row.cells + [""] * width)[:width])


def header(data: bytes, dialect: Dialect) -> list[str]:
    """The names of the columns; numbered where the file names none."""
    first = next(_rows(data, dialect), None)
    if first is None:
        raise UnreadableTable("The file has no rows.")
    if not dialect.has_header:
        return [f"Column {position + 1}" for position in range(len(first.cells))]
    return [cell.strip() or f"Column {position + 1}" for position, cell in enumerate(first.cells)]


def _rows(data: bytes, dialect: Dialect) -> Iterator[Row]:
    try:
        text = io.TextIOWrapper(io.BytesIO(data), encoding=dialect.encoding, newline="")
        csv.field_size_limit(LONGEST_CELL)
        for number, cells in enumerate(csv.reader(text, delimiter=dialect.delimiter, strict=True), start=1):
            if len(cells) > MOST_COLUMNS:
                raise UnreadableTable(f"Row {number} has {len(cells)} columns; at most {MOST_COLUMNS} can be read.")
            yield Row(number, cells)
    except csv.Error as error:
        why = f"The table cannot be read: {error}. A quote may not be closed, or a cell is over one million characters."
        raise UnreadableTable(why) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableTable(f"The file is not written in {dialect.encoding}. Choose another encoding.") from error


def _encoding(data: bytes) -> str:
    for mark, name in BOMS:
        if data.startswith(mark):
            return name
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        found = from_bytes(data[:SAMPLE]).best()
        return found.encoding if found else "cp1252"


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the same number of cells, the more the better."""
    best, winner = (0.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for _, row in zip(range(50), csv.reader(io.StringIO(text), delimiter=delimiter), strict=False) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        evenness = times / sum(widths.values())
        if width > 1 and (evenness, width) > best:
            best, winner = (evenness, width), delimiter
    return winner

"""A table as CSV (RFC 4180) in UTF-8, with the mark by which spreadsheets know that it is."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from core.sheets.table import Plain, Table, guarded

MARK = "\ufeff"


def pieces(table: Table) -> Iterator[bytes]:
    """The file, a piece for each batch, so that no more than a batch is held."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    text.write(MARK)
    writer.writerow([guarded(heading.name) for heading in table.headings])
    yield _taken(text)
    for batch in table.batches:
        writer.writerows([[_cell(value) for value in row] for row in batch])
        yield _taken(text)


def _cell(value: Plain) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece

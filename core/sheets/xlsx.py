"""A table as a workbook of one sheet: numbers are numbers, days are days, texts are never formulas, the head stays in sight."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook

from core.sheets.table import Plain, Table

LONGEST = 32_767  # characters of a cell
PIECE = 64 * 1024
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook says when it was made; the same rows make the same file


def pieces(table: Table) -> Iterator[bytes]:
    """The file, in pieces; it is written to the disk row by row and holds no more than one in memory."""
    with tempfile.TemporaryFile() as file:
        _write(table, file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write(table: Table, file: Any) -> None:
    with Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": table.name, "created": MADE})
        bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Rows")
        sheet.freeze_panes(1, 0)
        for position, heading in enumerate(table.headings):
            sheet.set_column(position, position, heading.width)
            sheet.write_string(0, position, heading.name, bold)
        rows = (row for batch in table.batches for row in batch)
        last = 0
        for last, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                _put(sheet, last, position, value, day)
        sheet.autofilter(0, 0, last, max(0, len(table.headings) - 1))


def _put(sheet: Any, row: int, position: int, value: Plain, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, position, value, day)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, position, value)
    elif value:
        sheet.write_string(row, position, value[:LONGEST])

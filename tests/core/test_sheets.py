"""Tables for spreadsheets: texts are never formulas, numbers and days stay what they are, and little is held at once."""

import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sheets import Heading, Table, guarded, unguarded
from core.sheets import csv as csv_writer
from core.sheets import xlsx as xlsx_writer

LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'=", "''="]
DAY = date(2026, 11, 23)


def csv_of(rows: list[list]) -> list[list[str]]:
    table = Table("Test", [Heading(f"C{n}") for n in range(len(rows[0]))], [rows])
    text = b"".join(csv_writer.pieces(table)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def book_of(rows: list[list]) -> openpyxl.Workbook:
    table = Table("Test", [Heading(f"C{n}") for n in range(len(rows[0]))], [rows])
    return openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_writer.pieces(table))))


@pytest.mark.parametrize("lead", LEADS)
def test_no_text_is_a_formula_to_a_spreadsheet(lead):
    text = f"{lead}1+cmd|' /C calc'!A0"
    cell = csv_of([[text]])[0][0]
    assert cell == f"'{text}"
    assert unguarded(cell) == text
    found = book_of([[text]]).active["A2"]
    assert found.data_type == "s"


@given(st.text())
def test_every_text_comes_back_as_it_was(text):
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet="'=+-@1.,a"))
def test_texts_of_quotes_signs_and_digits_come_back_too(text):
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["-5", "+5", "-0.25", "-1,5"])
def test_a_text_that_is_a_number_is_left_alone(text):
    assert guarded(text) == text


def test_numbers_and_days_are_numbers_and_days():
    row = [-5, Decimal("-5.50"), Decimal("1E+3"), DAY, None, "-5"]
    assert csv_of([row]) == [["-5", "-5.5", "1000", "2026-11-23", "", "-5"]]
    sheet = book_of([row]).active
    assert [cell.value for cell in sheet[2]][:3] == [-5, -5.5, 1000]
    assert [cell.data_type for cell in sheet[2]][:4] == ["n", "n", "n", "d"]
    assert sheet["D2"].value.date() == DAY
    assert sheet["E2"].value is None
    assert sheet.freeze_panes == "A2"


def test_the_same_rows_make_the_same_bytes():
    for write in (csv_writer.pieces, xlsx_writer.pieces):
        made = [b"".join(write(Table("Test", [Heading("Title")], [[["One"], ["Two"]]]))) for _ in range(2)]
        assert made[0] == made[1]


@pytest.mark.parametrize("write", [csv_writer.pieces, xlsx_writer.pieces])
def test_fifty_thousand_rows_take_little_memory(write):
    batches = ([[n, "A title of a usual length, say of sixty letters or a few more", DAY] for n in range(500)] for _ in range(100))
    tracemalloc.start()
    size = sum(len(piece) for piece in write(Table("Test", [Heading(name) for name in "abc"], batches)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 200_000
    assert peak < 12_000_000

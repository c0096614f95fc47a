"""Files of unknown origin are read, or refused with a sentence."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.tables import Dialect, UnreadableTable, header, read, sniff
from integrations.values import Unreadable, date_order, read_date, read_effort, read_number, read_text, read_yes_no

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def data(name: str) -> bytes:
    path = DATA / name
    assert path.exists(), f"The real input {name} is missing beside the checkout ({DATA})."
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "delimiter", "rows", "columns"),
    [
        ("keps/keps.csv", ",", 396, 17),
        ("city-proposals-es/proposals.csv", ";", 1622, 6),
        ("product-releases/releases.csv", ",", None, None),
        ("telco-accounts/customers.csv", ",", None, None),
    ],
)
def test_real_files_are_read_whole(name, delimiter, rows, columns):
    content = data(name)
    dialect = sniff(content)
    found = list(read(content, dialect))
    assert dialect.delimiter == delimiter
    assert rows is None or len(found) == rows
    assert columns is None or len(header(content, dialect)) == columns
    assert all(len(row.cells) == len(found[0].cells) for row in found)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("name;town\nJosé;Málaga\n" * 20, "cp1252"), ("name;town\nJosé;Málaga\n", "utf-8"), ("name;town\nJosé;Málaga\n", "utf-16")],
)
def test_the_encoding_is_found_out(text, encoding):
    content = text.encode(encoding)
    dialect = sniff(content)
    assert next(read(content, dialect)).cells == ["José", "Málaga"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "CSV"),
        (b"\x00\x01\x02", "CSV"),
        (b'a,b\n"open,1\n', "quote"),
        (b"a,b\n1,2,3\n", "Row 2 has 3 cells"),
        (("a" + "," * 600).encode(), "columns"),
        (b'a,b\n"' + b"x" * 1_100_000 + b'",2\n', "million"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, words):
    with pytest.raises(UnreadableTable, match=words):
        list(read(content, sniff(content)))


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    rows = list(read(b"a,b\n1,2\n\n3,4\n", Dialect("utf-8", ",")))
    assert [(row.number, row.cells) for row in rows] == [(2, ["1", "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2025-10-9", "dmy", date(2025, 10, 9)),
        ("01/02/2024", "dmy", date(2024, 2, 1)),
        ("01/02/2024", "mdy", date(2024, 1, 2)),
        ("31.1.26", "dmy", date(2026, 1, 31)),
        ("2024-05-01T10:00:00Z", "dmy", date(2024, 5, 1)),
        ("3 Mar 2025", "dmy", date(2025, 3, 3)),
        ("March 3, 2025", "dmy", date(2025, 3, 3)),
        ("", "dmy", None),
    ],
)
def test_dates_are_read(text, order, day):
    assert read_date(text, order) == day


@pytest.mark.parametrize("text", ["soon", "2024-13-01", "32/01/2024", "99"])
def test_what_is_no_date_is_said_to_be_none(text):
    with pytest.raises(Unreadable, match="is not a date"):
        read_date(text)


def test_a_column_shows_whether_days_come_first():
    assert date_order(["01/02/2024", "25/02/2024"]) == "dmy"
    assert date_order(["01/02/2024", "02/25/2024"]) == "mdy"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("€1.2k", "1200"), ("12 %", "12"), ("-5", "-5"), ("1,5", "1.5"), ("1,234", "1234"),
     ("1'000", "1000"), ("2M", "2000000"), ("0,123", "0.123")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "effort"), [("6-11", (6, Decimal("8.5"), 11)), ("6/8/11", (6, 8, 11)), ("8", (8, 8, 8)), ("6 to 10 pw", (6, 8, 10))]
)
def test_effort_is_read_as_a_range(text, effort):
    assert read_effort(text) == effort


def test_other_cells():
    assert (read_yes_no("Sí"), read_yes_no("0"), read_yes_no("")) == (True, False, None)
    with pytest.raises(Unreadable):
        read_yes_no("perhaps")
    with pytest.raises(Unreadable):
        read_effort("11-6")
    with pytest.raises(Unreadable):
        read_number("twelve")
    assert read_text("<p>One &amp; two</p><p>three<br>four</p><script>x()</script>") == "One & two\n\nthree\nfour"

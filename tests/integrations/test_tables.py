"""Files of unknown origin are read, or refused with a sentence."""

import contextlib
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.tables import Dialect, UnreadableTable, from_records, header, read, sniff
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
    [
        ("José;Málaga", "utf-8"), ("José;Málaga", "utf-16"), ("José;Málaga", "utf-8-sig"), ("José;Málaga", "cp1252"),
        ("España;ñandú", "cp1252"), ("smørrebrød;Århus", "cp1252"), ("é;x", "cp1252"), ("Łódź;żółw gęś", "cp1250"),
        ("Иван;Москва и область", "cp1251"), ("山田太郎;東京都", "cp932"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_out(text, encoding):
    content = f"name;town\n{text}\n".encode(encoding)
    dialect = sniff(content)
    assert next(read(content, dialect)).cells == text.split(";")


def test_a_few_broken_bytes_do_not_turn_a_whole_file_into_another_alphabet():
    content = ("name;town\n" + "José;Málaga\n" * 50).encode() + b"Andr\xe9;Paris\n"
    assert sniff(content).encoding == "utf-8"
    with pytest.raises(UnreadableTable, match=r"After row \d+ the file is not written in utf-8"):
        list(read(content, sniff(content)))


@pytest.mark.parametrize(
    ("content", "names", "first"),
    [
        (b"title\nFaster, please\nOne, two, three\n", ["title"], ["Faster, please"]),
        (b"title\nSlow; very\n", ["title"], ["Slow; very"]),
        (b"a;b\n1,5;2,5\n", ["a", "b"], ["1,5", "2,5"]),
        (b'a|b\n"x|y"|2\n', ["a", "b"], ["x|y", "2"]),
        (b"a\tb\n1, 2\t3, 4\n", ["a", "b"], ["1, 2", "3, 4"]),
        (b"sep=;\r\na;b\r\n1;2\r\n", ["a", "b"], ["1", "2"]),
        (b"a,b\r1,2\r", ["a", "b"], ["1", "2"]),
        (b'a,b\n"one\ntwo",2\n', ["a", "b"], ["one\ntwo", "2"]),
        (b"a,,b\n1,2,3\n", ["a", "Column 2", "b"], ["1", "2", "3"]),
    ],
)
def test_the_delimiter_is_found_out(content, names, first):
    dialect = sniff(content)
    assert header(content, dialect) == names
    assert next(read(content, dialect)).cells == first


def test_every_real_table_is_read_to_its_last_row():
    files = sorted(DATA.rglob("*.csv"))
    assert len(files) >= 19, f"The real input is missing beside the checkout ({DATA})."
    for path in files:
        content = path.read_bytes()
        dialect = sniff(content)
        assert len(header(content, dialect)) > 1, path
        assert sum(1 for _ in read(content, dialect)) > 50, path


def test_a_bomb_is_refused_before_it_fills_the_memory():
    content = b'a,b\n"' + b"x\n" * 20_000_000
    tracemalloc.start()
    with pytest.raises(UnreadableTable, match="Row 2 has a cell of over one million characters"):
        list(read(content, sniff(content)))
    with pytest.raises(UnreadableTable, match="Row 1"):
        list(read(content.replace(b"\n", b" "), Dialect("utf-8", ",")))
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "CSV"),
        (b"\x00\x01\x02", "CSV"),
        (b'a,b\n"open,1\n', "Row 2 has a quoted cell"),
        (b'a,b\n"bad"quote,1\n', "Row 2 has a quoted cell"),
        (b" \n \n", "empty"),
        (",".join(f"c{n}" for n in range(100_000)).encode(), "Row 1 has 100000 columns; at most 500"),
        (b'a,b\n"' + b"x" * 1_100_000 + b'",2\n', "million"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, words):
    with pytest.raises(UnreadableTable, match=words):
        list(read(content, sniff(content)))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"1,2,3", "The row has 3 cells where the first row has 2."),
        (b"1", "The row has 1 cell where the first row has 2."),
        (b"1,\x00", "The row holds a zero byte, which no text has."),
        (b"1," * 100_000 + b"1", "The row has 100001 cells where the first row has 2."),
        (b"1,2,,", ""),
    ],
)
def test_a_row_that_does_not_fit_carries_its_fault_and_the_others_are_read(line, fault):
    rows = list(read(b"a,b\n1,2\n" + line + b"\n3,4\n", Dialect("utf-8", ",")))
    assert [row.number for row in rows] == [2, 3, 4]
    assert [row.fault[: len(fault)] if fault else row.fault for row in rows] == ["", fault, ""]
    assert all(len(row.cells) == 2 for row in rows)


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
        ("March 3rd 2025", "dmy", date(2025, 3, 3)),
        ("Mon, 3 Mar 2025 10:00:00 +0000", "mdy", date(2025, 3, 3)),
        ("2024/05/01", "dmy", date(2024, 5, 1)),
        ("2024-05-01 23:59", "dmy", date(2024, 5, 1)),
        ("", "dmy", None),
    ],
)
def test_dates_are_read(text, order, day):
    assert read_date(text, order) == day


@pytest.mark.parametrize(
    "text", ["soon", "2024-13-01", "32/01/2024", "99", "31 Sep 2024", "2024-05/01", "12/31/2024", "3 Foo 2024", "0000-00-00"]
)
def test_what_is_no_date_is_said_to_be_none(text):
    with pytest.raises(Unreadable, match="is not a date"):
        read_date(text)


def test_a_column_shows_whether_days_come_first():
    assert date_order(["01/02/2024", "25/02/2024"]) == "dmy"
    assert date_order(["01/02/2024", "02/25/2024"]) == "mdy"


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("€1.2k", "1200"), ("12 %", "12"), ("-5", "-5"), ("1,5", "1.5"), ("1,234", "1234"),
     ("1'000", "1000"), ("2M", "2000000"), ("0,123", "0.123"), ("1.234", "1.234"), ("1.234.567", "1234567"), ("1 234,56", "1234.56"),
     ("1\u202f234", "1234"), ("(1,234)", "-1234"), ("−5", "-5"), ("-€5", "-5"), ("€-5", "-5"), ("(€5)", "-5"), ("EUR 12.50", "12.50"),
     ("R$ 1.000,00", "1000"), (".5", "0.5")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value):
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["Q3", "v2", "1.5.2", "1,2,3", "12kg", "12 weeks", "1 2", "5 of 6", "--5",
     "(-5)", "(5", "5)", "1e5", "0x10", "٣", "NaN", "Infinity", "9" * 16, "1,23.4,5"],
)  # fmt: skip
def test_what_only_holds_a_number_is_no_number(text):
    with pytest.raises(Unreadable, match=r"“.+\.$"):
        read_number(text)


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ","), ("'", "."), ("\xa0", ","), ("", ".")]))
def test_numbers_written_by_any_country_are_read_back(value, marks):
    thousands, decimal = marks
    text = f"{value:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    assert read_number(text) == value


@given(st.text(max_size=40))
def test_no_cell_does_more_than_be_read_or_refused(text):
    for reader in (read_date, read_number, read_effort, read_yes_no):
        with contextlib.suppress(Unreadable):
            reader(text)
    assert "\x00" not in read_text(text)


@pytest.mark.parametrize(
    ("text", "effort"),
    [("6-11", (6, Decimal("8.5"), 11)), ("6/8/11", (6, 8, 11)), ("8", (8, 8, 8)), ("6 to 10 pw", (6, 8, 10)), ("3 weeks", (3, 3, 3))],
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
    with pytest.raises(Unreadable):
        read_effort("-3")
    assert read_text("<p>One &amp; two</p><p>three<br>four</p><script>x()</script>") == "One & two\n\nthree\nfour"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("if p <q then r> s", "if p <q then r> s"),
        ("a List<String> of AT&T", "a List<String> of AT&T"),
        ("Tom &amp; Jerry&#39;s", "Tom & Jerry's"),
        ("<h2>Why</h2><p>It is <b>slow</b>.</p>", "## Why\n\nIt is **slow**."),
        ("<ul>\n <li>one</li>\n <li>two</li>\n</ul>", "- one\n- two"),
        ('See <a href="https://a.example/x">this</a> <a>that</a>', "See [this](https://a.example/x) that"),
        ("<p>a</p><style>p{}</style><p>b</p>", "a\n\nb"),
    ],
)
def test_html_becomes_markdown_and_text_stays_text(text, markdown):
    assert read_text(text) == markdown


def test_records_in_json_are_a_table():
    content = b'[{"id": 1, "see": ["a", "b"], "at": {"x": "v1", "y": null}}, {"id": 2, "name": "\xc3\x84, B", "at": null, "on": true}]'
    table = from_records(content)
    dialect = sniff(table)
    assert header(table, dialect) == ["id", "see", "at.x", "at.y", "name", "at", "on"]
    assert [row.cells for row in read(table, dialect)] == [
        ["1", "a\nb", "v1", "", "", "", ""],
        ["2", "", "", "", "Ä, B", "", "true"],
    ]


def test_what_is_no_list_of_records_is_left_or_refused():
    for content in (b"id,title\n1,One\n", b"[a,b]\n1,2\n", b'{"id": 1}'):
        assert from_records(content) == content
    for content in (b"[]", b"[1, 2]"):
        with pytest.raises(UnreadableTable, match="a list of records"):
            from_records(content)

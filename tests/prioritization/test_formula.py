"""The scoring language: what it accepts, what it refuses, and that Python and the database say the same."""

import math
import random
import time
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from prioritization.formula import RAW, Column, FormulaError, Triple, parse, rounded, value_over_effort, weighted_sum
from prioritization.formula.tape import LONGEST_SQL

# A name that is never negative and known as such, one that may be, one of which no bounds are told.
BOUNDS = {"a": (0.0, 1.0), "b": (-5.0, 5.0), "c_raw": (-1e15, 1e15)}


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a + b", {"a": (0, 0.5, 1), "b": (0.2, 0.2, 0.2)}, (0.2, 0.7, 1.2)),
        ("a - b", {"a": (0, 0.5, 1), "b": (0, 0.5, 1)}, (-1, 0, 1)),
        ("-a * 2", {"a": (0, 0.5, 1)}, (-2, -1, 0)),
        ("a × 2 ÷ 4 − 1", {"a": (0, 1, 2)}, (-1, -0.5, 0)),
        ("2 + 3 * a - 4 / 2", {"a": (1, 1, 1)}, (3, 3, 3)),
        ("a / c_raw", {"a": (0.5, 0.5, 1), "c_raw": (2, 4, 5)}, (0.1, 0.125, 0.5)),
        ("a / c_raw", {"a": (1, 1, 1), "c_raw": (0, 2, 4)}, (None, 0.5, None)),
        ("a / c_raw", {"a": (-1, 0, 1), "c_raw": (-4, -2, -1)}, (-1, 0, 1)),
        ("a / (b - b)", {"a": (1, 1, 1), "b": (1, 1, 1)}, (None, None, None)),
        ("(a - b) * (b - a)", {"a": (0, 0, 1), "b": (0, 0, 1)}, (-1, 0, 1)),
        ("sqrt(a)", {"a": (1, 4, 9)}, (1, 2, 3)),
        ("sqrt(a - b)", {"a": (0, 1, 1), "b": (0, 0, 1)}, (None, 1, None)),
        ("sqrt(a - b)", {"a": (0, 0, 4), "b": (0, 1, 1)}, (None, None, None)),
        ("log(a)", {"a": (0, 1, 1)}, (None, 0, None)),
        ("max(a, 0.3) + min(b, 0.3)", {"a": (0, 0.5, 1), "b": (0, 0.5, 1)}, (0.3, 0.8, 1.3)),
        ("max(a, b, 0)", {"a": (-3, -2, -1), "b": (-2, -1, 4)}, (0, 0, 4)),
        ("abs(a - b)", {"a": (0, 0, 0), "b": (0, 0.5, 1)}, (0, 0.5, 1)),
        ("1 if a > 0.5 else 0", {"a": (0, 0.6, 1)}, (0, 1, 1)),
        ("2 if a >= 0.5 else 1", {"a": (0.5, 0.6, 1)}, (2, 2, 2)),
        ("2 if (a < 0.5) else 1 if a < 0.8 else 0", {"a": (0.6, 0.7, 0.7)}, (1, 1, 1)),
        ("0 if c_raw == 0 else a / c_raw", {"a": (1, 1, 1), "c_raw": (0, 0, 0)}, (0, 0, 0)),
        ("7 if a != b else 3", {"a": (1, 1, 2), "b": (1, 1, 2)}, (3, 3, 7)),
        ("a * c_raw", {"a": (1, 1, 1), "c_raw": (1, 10, 2e9)}, (None, 10, None)),
        ("a", {"a": (None, None, None)}, (None, None, None)),
        ("1 if a > 0.5 else 0", {"a": (None, None, None)}, (None, None, None)),
    ],
)
def test_a_formula_carries_ranges_through(text, values, expected):
    result = parse(text).evaluate({name: Triple(*triple) for name, triple in values.items()})
    for part, wanted in zip(result, expected, strict=True):
        assert part == (pytest.approx(wanted) if wanted is not None else None)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("a +", 3, "ends where a value is missing"),
        ("2 ** a", 3, "missing before “*”"),
        ("9**9**9", 2, "missing before “*”"),
        ("a // b", 3, "missing before “/”"),
        ("é + 1", 0, "“é” means nothing"),
        ("ﬁt", 0, "“ﬁ” means nothing"),
        ("1,5", 1, "decimals are written with a point"),
        ("a b", 2, "A sign such as + or * is missing before “b”"),
        ("1e999", 1, "missing before “e999”"),
        ("0x10", 1, "missing before “x10”"),
        ("(a + b", 0, "bracket is not closed"),
        ("a)", 1, "closes nothing"),
        ("min(1)", 0, "takes 2 to 12 values, not 1"),
        ("sqrt(a, b)", 0, "takes one value, not 2"),
        ("sqrt", 0, "followed by its values"),
        ("pow(a, b)", 0, "no function “pow”"),
        ("fitt * 2", 0, "“fitt” is no criterion of this model. Did you mean “fit”?"),
        ("a if b else 1", 5, "two values are compared"),
        ("a if a > 1", 10, "comes “else”"),
        ("a < b", 0, "only between “if” and “else”"),
        ("(a < b) * 2", 1, "only between “if” and “else”"),
        ("min(a < b, 1)", 4, "only between “if” and “else”"),
        ("1 if a < b < 1 else 0", 11, "Only two values"),
        ("a.b", 1, "means nothing"),
        ("__import__(os)", 0, "no function “__import__”"),
        ("'text'", 0, "means nothing"),
        ("a if a = 1 else 2", 7, "means nothing"),
        ("a; b", 1, "means nothing"),
        ("a[0]", 1, "means nothing"),
        ("a # b", 2, "means nothing"),
        ("min(*(a, b))", 4, "missing before “*”"),
        ("lambda x", 0, "no criterion"),
        ("(" * 40 + "a" + ")" * 40, 30, "nested more than 30"),
        ("-" * 40 + "a", 29, "nested more than 30"),
        ("a" + "+a" * 201, 401, "at most 200 operations"),
        ("*".join("a" * 40), 29, "too large or too small"),
        ("1" * 17, 0, "too large"),
        ("1" * 2001, 2000, "at most 2,000 characters; this one has 2,001"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_a_sentence_and_the_place(text, position, words):
    with pytest.raises(FormulaError) as error:
        parse(text, known={"a", "b", "fit"})
    assert words in str(error.value)
    assert str(error.value)[-1] in ".?"
    assert error.value.position == position


@settings(max_examples=500, deadline=None)
@given(text=st.text(alphabet="ab01.+-*/()<>=!, \n×minfelsqrtog²٣", max_size=60) | st.text(max_size=30))
def test_any_text_is_a_formula_or_refused_with_a_sentence(text):
    try:
        formula = parse(text)
    except FormulaError as error:
        position, sentence = error.position, str(error)
    else:
        formula.evaluate({name: Triple(-1.0, 0.0, 2.0) for name in formula.names})
        return
    assert 0 <= position <= len(text)
    assert sentence[-1] in ".?"


@pytest.mark.parametrize(
    "inner",
    ["min({}, b)", "abs({})", "({} if {} > b else c)", "sqrt({})", "({}) * (b - c)", "1 / ({})", "max({} - b, c)", "({} if b > c else a)"],
)
def test_nesting_costs_neither_time_nor_memory(inner):
    text = "a - b"
    while len(longer := inner.replace("{}", text)) < 1_500 and longer.count("(") < 28:
        text = longer
    started = time.process_time()
    try:
        formula = parse(text)
        formula.evaluate({name: Triple(0.1, 0.5, 0.7) for name in "abc"})
        columns = formula.sql({name: Column(name, name, name + "_high", -1, 1) for name in "abc"})
    except FormulaError as error:
        columns = (str(error),)
        assert "too" in columns[0]
    assert max(map(len, columns[:3])) < 5 * LONGEST_SQL
    assert time.process_time() - started < 0.5


def test_a_weighted_sum_of_the_best_is_a_hundred_and_of_the_worst_zero():
    formula = weighted_sum({"a": 25.0, "b": 20.0, "d": 17.333})
    assert rounded(formula.evaluate({n: Triple(1, 1, 1) for n in "abd"}).likely) == Decimal("100.000000")
    assert rounded(formula.evaluate({n: Triple(0, 0, 0) for n in "abd"}).likely) == Decimal(0)
    assert formula.text == "100 * (25 * a + 20 * b + 17.333 * d) / 62.333"


def test_value_over_effort_divides_the_weighted_sum_by_the_effort_on_its_own_scale():
    formula = value_over_effort({"fit": 3.0, "value": 1.0}, "effort")
    assert formula.text == "100 * (3 * fit + 1 * value) / 4 / effort_raw"
    assert formula.evaluate({"fit": Triple(1, 1, 1), "value": Triple(0, 0, 0), "effort" + RAW: Triple(5, 10, 15)}) == (5, 7.5, 15)


def test_a_sum_of_known_signs_is_spelled_without_a_single_case():
    columns = {name: Column(f"{name}_low", name, f"{name}_high", 0, 1) for name in ("fit", "value", "demand")}
    low, likely, high = weighted_sum({"fit": 3, "value": 2, "demand": 1}).sql(columns)[:3]
    assert "CASE" not in low + likely + high
    assert "_low" in low
    assert "_high" not in low + likely
    assert "_high" in high


def test_no_word_of_a_formula_reaches_the_database():
    sql = parse("secret * 2 + other").sql({"secret": Column("t.x", "t.x", "t.x"), "other": Column("t.y", "t.y", "t.y")})
    assert "secret" not in "".join(sql[:3])


@pytest.mark.parametrize(
    ("value", "stored"),
    [(5e-7, "0.000001"), (-5e-7, "-0.000001"), (1.8333335, "1.833334"), (2.0000004, "2"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (None, None)],
)
def test_scores_are_rounded_to_six_places_half_away_from_zero(value, stored):
    assert rounded(value) == (None if stored is None else Decimal(stored))


# --- generated formulas ---------------------------------------------------------------------------------------------

numbers = st.integers(0, 9_000).map(lambda n: f"{n / 1000:.3f}")
leaves = st.sampled_from(list(BOUNDS)) | numbers


def _grow(inner):
    pair = st.tuples(inner, inner)
    return (
        st.tuples(st.sampled_from("+-*/"), pair).map(lambda t: f"({t[1][0]} {t[0]} {t[1][1]})")
        | st.tuples(st.sampled_from(["min", "max"]), pair).map(lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})")
        | st.tuples(st.sampled_from(["sqrt", "log", "abs", "-"]), inner).map(lambda t: f"{t[0]}({t[1]})")
        | st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner, inner).map(
            lambda t: f"({t[3]} if {t[0]} {t[1]} {t[2]} else {t[4]})"
        )
    )


formulas = st.deferred(lambda: _formulas)
_formulas = st.recursive(leaves, _grow, max_leaves=8)


def _ranges(name):
    least, most = (max(-9.0, BOUNDS[name][0]), min(9.0, BOUNDS[name][1]))
    decimals = st.floats(least, most).map(lambda x: round(x, 4)) | st.sampled_from([max(least, 0.0), most, 1.0])
    blank = st.just(Triple(None, None, None)) if name == "c_raw" else st.nothing()
    return blank | decimals.map(lambda x: Triple(x, x, x)) | st.tuples(decimals, decimals, decimals).map(lambda t: Triple(*sorted(t)))


rows_of_values = st.fixed_dictionaries({name: _ranges(name) for name in BOUNDS})


def _reference(text, values):
    """What Python itself makes of the text, in doubles."""

    def quiet(function):
        return lambda *args: math.nan if any(math.isnan(x) for x in args) else function(*args)

    known = {"min": quiet(min), "max": quiet(max), "abs": abs, "sqrt": math.sqrt, "log": math.log, "__builtins__": {}}
    try:
        return eval(text, known, dict(values))
    except (ZeroDivisionError, ValueError, OverflowError):
        return None


@settings(max_examples=500, deadline=None)
@given(text=formulas, row=rows_of_values)
def test_a_formula_means_what_its_arithmetic_means(text, row):
    values = {name: triple.likely for name, triple in row.items() if triple.likely is not None}
    assume(len(values) == len(BOUNDS))
    expected = _reference(text, values)
    assume(expected is not None and abs(expected) < 1e9)
    assert parse(text).at(values) == expected


@settings(max_examples=500, deadline=None)
@given(text=formulas, row=rows_of_values, shares=st.fixed_dictionaries({name: st.floats(0, 1) for name in BOUNDS}))
def test_whatever_the_values_in_their_ranges_the_score_lies_in_its_range(text, row, shares):
    formula = parse(text)
    low, likely, high = formula.evaluate(row)
    assert (low is None) == (high is None)
    assert likely is not None or low is None
    if low is None or any(triple.low is None for triple in row.values()):
        return
    slack = 1e-9 * max(1, abs(low), abs(high))
    point = formula.at({name: triple.low + shares[name] * (triple.high - triple.low) for name, triple in row.items()})
    assert low - slack <= likely <= high + slack
    assert point is not None
    assert low - slack <= point <= high + slack


def _values_table(rows):
    return " UNION ALL ".join(
        "SELECT " + ", ".join(
            f"CAST({'NULL' if row[name][part] is None else repr(row[name][part])} AS double precision) AS {name}_{part}"
            for name in BOUNDS for part in range(3)
        )
        for row in rows
    )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=formulas, rows=st.lists(rows_of_values, min_size=1, max_size=6))
def test_python_and_the_database_agree_to_the_six_places_stored(text, rows):
    formula = parse(text)
    columns = {name: Column(*(f"v.{name}_{part}" for part in range(3)), *bounds) for name, bounds in BOUNDS.items()}
    try:
        low, likely, high = formula.sql(columns)[:3]
    except FormulaError:
        assume(False)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {low}, {likely}, {high} FROM ({_values_table(rows)}) v")
        found = cursor.fetchall()
    for row, stored in zip(rows, found, strict=True):
        expected = [rounded(part) for part in formula.evaluate(row)]
        assert [None if part is None else Decimal(f"{part:.6f}") for part in stored] == expected, (text, row)


@pytest.mark.django_db
def test_python_and_the_database_agree_on_decimals_as_stored():
    """Decimals as people write them, where exact halves of the last place are common, through real decimal columns."""
    draw = random.Random(7)
    ends = ((10**6, -6), (10**10, -4), (10**4, -2))
    rows = [(n, *(Decimal(draw.randrange(1, most)).scaleb(places) for most, places in ends)) for n in range(20_000)]
    formula = parse("(0.5 * share + 0.35 * share * share) * reach_raw / effort_raw + 0.5 * share")
    columns = {
        "share": Column("t.share", "t.share", "t.share", 0, 1),
        "reach_raw": Column("t.reach", "t.reach", "t.reach", 0),
        "effort_raw": Column("t.effort", "t.effort", "t.effort", 0),
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE t (n integer, share decimal(7, 6), reach decimal(14, 4), effort decimal(7, 2))")
        cursor.executemany("INSERT INTO t VALUES (%s, %s, %s, %s)", [(n, *map(str, values)) for n, *values in rows])
        cursor.execute(f"SELECT {formula.sql(columns).likely} FROM t ORDER BY n")
        found = [None if value is None else Decimal(f"{value:.6f}") for (value,) in cursor.fetchall()]
        cursor.execute("DROP TABLE t")
    expected = [rounded(formula.at({"share": share, "reach_raw": reach, "effort_raw": effort})) for _, share, reach, effort in rows]
    assert found == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["a / b", "1 / (a * b)", "sqrt(-1 - a)", "log(-a)", "log(a * 0)", "a * b * a * b * a * b", "1 / 0", "a / 0", "sqrt(-1)", "-(1 / 3)",
     "(2 if a > 0 else 3) / 3", "1 / 3 + 1", "0.1 + 0.2", "a / (b / (a / (b / a)))", "a * b / (a * b)", "1 if 1 > 2 else 0"],
)  # fmt: skip
@pytest.mark.parametrize("size", [0.0, 1e-18, 1e-6, 1.0, 1e15, None])
def test_no_value_however_extreme_aborts_a_statement(text, size):
    formula = parse(text)
    literal = "NULL" if size is None else f"CAST({size!r} AS double precision)"
    low, likely, high = formula.sql({name: Column(literal, literal, literal) for name in "ab"})[:3]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {low}, {likely}, {high}")
        found = [None if part is None else Decimal(f"{part:.6f}") for part in cursor.fetchone()]
    assert found == [rounded(part) for part in formula.evaluate({name: Triple(size, size, size) for name in "ab"})]

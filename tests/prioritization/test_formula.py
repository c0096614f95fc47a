"""The scoring language: what it accepts, what it refuses, and that Python and the database say the same."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prioritization.formula import LONGEST_SQL, Column, FormulaError, Triple, parse, rounded, weighted_sum

NAMES = ("a", "b", "c_raw")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a + b", {"a": (0, 0.5, 1), "b": (0.2, 0.2, 0.2)}, (0.2, 0.7, 1.2)),
        ("a - b", {"a": (0, 0.5, 1), "b": (0, 0.5, 1)}, (-1, 0, 1)),
        ("-a * 2", {"a": (0, 0.5, 1)}, (-2, -1, 0)),
        ("a / c_raw", {"a": (0.5, 0.5, 1), "c_raw": (2, 4, 5)}, (0.1, 0.125, 0.5)),
        ("a / c_raw", {"a": (1, 1, 1), "c_raw": (0, 2, 4)}, (None, 0.5, None)),
        ("a / (b - b)", {"a": (1, 1, 1), "b": (1, 1, 1)}, (None, None, None)),
        ("(a - b) * (b - a)", {"a": (0, 0, 1), "b": (0, 0, 1)}, (-1, 0, 1)),
        ("sqrt(a - b)", {"a": (0, 1, 1), "b": (0, 0, 1)}, (None, 1, 1)),
        ("log(a)", {"a": (0, 1, 1)}, (None, 0, 0)),
        ("max(a, 0.3) + min(b, 0.3)", {"a": (0, 0.5, 1), "b": (0, 0.5, 1)}, (0.3, 0.8, 1.3)),
        ("abs(a - b)", {"a": (0, 0, 0), "b": (0, 0.5, 1)}, (0, 0.5, 1)),
        ("1 if a > 0.5 else 0", {"a": (0, 0.6, 1)}, (0, 1, 1)),
        ("2 if a >= 0.5 else 1", {"a": (0.5, 0.6, 1)}, (2, 2, 2)),
    ],
)
def test_a_formula_carries_ranges_through(text, values, expected):
    result = parse(text).evaluate({name: Triple(*triple) for name, triple in values.items()})
    for part, wanted in zip(result, expected, strict=True):
        assert part == (pytest.approx(wanted) if wanted is not None else None)


@pytest.mark.parametrize(
    "text",
    [
        "", "a.b", "__import__('os')", "9**9**9", "a if b", "f(a)", "'text'", "lambda: 1", "[a]", "a[0]", "1e999", "a = 1", "a; b", "True",
        "a // b", "a % b", "a < b < a", "not a", "a and b", "min(a)", "sqrt(a, b)", "min(*a)", "min(a, b=1)", "(" * 40 + "a" + ")" * 40 + "+",
        "-" * 40 + "a", "a +" * 900 + "a", "{a}", "f'{a}'", "a if b else", "0x" , "await a", "(a := 1)", "a\nb", "a # b\n c",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_a_sentence_and_a_place(text):
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert str(error.value).endswith(".")
    assert error.value.position >= 0


def test_a_weighted_sum_of_the_best_is_a_hundred_and_of_the_worst_zero():
    formula = weighted_sum({"a": 25.0, "b": 20.0, "d": 17.0})
    assert rounded(formula.evaluate({n: Triple(1, 1, 1) for n in "abd"}).likely) == Decimal("100.000000")
    assert rounded(formula.evaluate({n: Triple(0, 0, 0) for n in "abd"}).likely) == Decimal(0)


numbers = st.floats(0, 9, allow_nan=False).map(lambda x: f"{round(x, 3)!r}")
leaves = st.sampled_from(NAMES) | numbers


def _grow(inner):
    pair = st.tuples(inner, inner)
    return (
        st.tuples(st.sampled_from("+-*/"), pair).map(lambda t: f"({t[1][0]} {t[0]} {t[1][1]})")
        | st.tuples(st.sampled_from(["min", "max"]), pair).map(lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})")
        | st.tuples(st.sampled_from(["sqrt", "log", "abs", "-"]), inner).map(lambda t: f"{t[0]}({t[1]})")
        | st.tuples(inner, st.sampled_from(["<", "<=", ">", ">="]), inner, inner, inner).map(
            lambda t: f"({t[3]} if {t[0]} {t[1]} {t[2]} else {t[4]})"
        )
    )


formulas = st.recursive(leaves, _grow, max_leaves=6)
said = st.none() | st.floats(0, 1).map(lambda x: round(x, 4))


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=formulas, rows=st.lists(st.tuples(said, said, said), min_size=1, max_size=6))
def test_python_and_the_database_agree_to_the_six_places_stored(text, rows):
    formula = parse(text)
    columns = {name: Column(f"v.{name}_low", f"v.{name}", f"v.{name}_high") for name in NAMES}
    try:
        low, likely, high = formula.sql(columns)
    except FormulaError:
        return
    assert len(low) < LONGEST_SQL
    values = [{name: _triple(x) for name, x in zip(NAMES, row, strict=True)} for row in rows]
    table = " UNION ALL ".join(
        "SELECT "
        + ", ".join(f"CAST({_literal(triple[name][i])} AS double precision) AS {name}{s}" for name in NAMES for i, s in enumerate(("_low", "", "_high")))
        for triple in values
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {low}, {likely}, {high} FROM ({table}) v")  # noqa: S608 - generated here
        found = cursor.fetchall()
    for triple, row in zip(values, found, strict=True):
        expected = [rounded(part) for part in formula.evaluate(triple)]
        stored = [None if part is None else Decimal(f"{part:.6f}") for part in row]
        assert stored == expected, (text, triple)


def _triple(x: float | None) -> Triple:
    return Triple(0.0, 0.5, 1.0) if x is None else Triple(x, x, x)


def _literal(x: float | None) -> str:
    return "NULL" if x is None else repr(x)

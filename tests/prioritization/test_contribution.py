"""Contributions add up to the score, exactly."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritization.contribution import exact, shapley
from prioritization.explanation import Scale, explain, moves, score_of
from prioritization.formula import FormulaError, Triple, parse, value_over_effort, weighted_sum

SCALES = {"fit": Scale(1, 5, True), "value": Scale(1, 5, True), "effort": Scale(0, 20, False)}
known = st.none() | st.floats(0, 20).map(lambda x: Triple(*[round(x, 2)] * 3))


@settings(max_examples=200, deadline=None)
@given(
    weights=st.fixed_dictionaries({key: st.integers(0, 100).map(float) for key in SCALES}).filter(lambda w: any(w.values())),
    values=st.fixed_dictionaries(dict.fromkeys(SCALES, known)),
)
def test_contributions_of_a_weighted_sum_add_up_to_the_score_exactly(weights, values):
    formula = weighted_sum(weights)
    _, score, _ = score_of(formula, SCALES, values)
    base, points = explain(formula, SCALES, values, score)
    assert base + sum(points.values()) == score


@settings(max_examples=100, deadline=None)
@given(values=st.fixed_dictionaries(dict.fromkeys(SCALES, known)))
def test_contributions_of_value_over_effort_add_up_to_the_score_exactly(values):
    formula = parse("100 * (0.6 * fit + 0.4 * value) / max(effort_raw, 0.5)")
    assert len(formula.addends) == 1
    _, score, _ = score_of(formula, SCALES, values)
    base, points = explain(formula, SCALES, values, score)
    assert base + sum(points.values()) == score
    assert base == 0


def test_the_contribution_to_a_weighted_sum_is_the_criterion_s_own_term():
    values = {"fit": Triple(5, 5, 5), "value": Triple(3, 3, 3), "effort": Triple(10, 10, 10)}
    formula = weighted_sum({"fit": 50, "value": 30, "effort": 20})
    _, points = explain(formula, SCALES, values, Decimal("75.000000"))
    assert points == {"fit": Decimal(50), "value": Decimal(15), "effort": Decimal(10)}


def test_a_blank_makes_a_range_and_moves_say_how_wide():
    formula = weighted_sum({"fit": 50, "value": 50})
    scales = {key: SCALES[key] for key in ("fit", "value")}
    values = {"fit": Triple(5, 5, 5), "value": None}
    assert score_of(formula, scales, values) == (Decimal(50), Decimal(75), Decimal(100))
    assert moves(formula, scales, values)["value"] == (-25.0, 25.0)


def test_two_criteria_that_only_work_together_share_what_they_give():
    """The textbook case: a product of two gives each one half, a third that plays no part gets nothing."""
    shares = shapley(["fit", "value", "effort"], lambda present: 10.0 if {"fit", "value"} <= present else 0.0)
    assert shares == pytest.approx({"fit": 5.0, "value": 5.0, "effort": 0.0})


@pytest.mark.parametrize(
    ("text", "addends"),
    [
        ("100 * (25 * fit + 20 * value) / 45", 2),
        ("fit - (value - 2) * 3", 3),
        ("-(fit + value) * effort", 1),
        ("2 * (fit + 3 * (value + effort)) / 4 - 1", 4),
        ("fit * value + min(fit, effort) / effort_raw", 2),
        ("(fit + value) / effort_raw", 1),
    ],
)
@given(values=st.fixed_dictionaries(dict.fromkeys(["fit", "value", "effort", "effort_raw"], st.floats(0.125, 1))))
def test_the_addends_of_a_formula_add_up_to_it(text, addends, values):
    formula = parse(text)
    assert len(formula.addends) == addends
    assert sum(addend.at(values) for addend in formula.addends) == pytest.approx(formula.at(values))


def test_a_sum_of_many_criteria_is_explained_as_fast_as_one_of_few():
    keys = [f"c{n}" for n in range(40)]
    scales = dict.fromkeys(keys, Scale(0, 5, True))
    values = {key: Triple(n % 6, n % 6, n % 6) for n, key in enumerate(keys)}
    formula = weighted_sum({key: 1.0 + n for n, key in enumerate(keys)})
    _, score, _ = score_of(formula, scales, values)
    started = time.process_time()
    base, points = explain(formula, scales, values, score)
    assert base + sum(points.values()) == score
    assert time.process_time() - started < 0.5


def test_a_formula_that_weaves_too_many_criteria_together_is_refused():
    with pytest.raises(FormulaError, match="woven together") as error:
        parse("1 + " + " * ".join(f"c{n}" for n in range(11)))
    assert error.value.position > 0
    assert parse(" * ".join(f"c{n} * c{n}_raw" for n in range(3))).names
    assert value_over_effort({f"c{n}": 1.0 for n in range(9)}, "effort").names


def test_a_score_that_waits_for_its_update_is_still_added_up_at_once():
    started = time.process_time()
    base, points = exact(Decimal("99.999999"), 1 / 3, {"fit": 2 / 3, "value": -1 / 7})
    assert base + sum(points.values()) == Decimal("99.999999")
    assert time.process_time() - started < 0.1


@given(st.floats(-1e4, 1e4), st.lists(st.floats(-1e4, 1e4), max_size=8))
def test_rounding_moves_no_share_by_more_than_one_in_the_last_place(base, shares):
    named = {f"c{n}": share for n, share in enumerate(shares)}
    total = Decimal(repr(sum(shares, base))).quantize(Decimal("0.000001"))
    rounded_base, points = exact(total, base, named)
    assert rounded_base + sum(points.values()) == total
    for part, share in [(rounded_base, base), *((points[name], named[name]) for name in named)]:
        assert abs(part - Decimal(repr(share))) < Decimal("0.000002")

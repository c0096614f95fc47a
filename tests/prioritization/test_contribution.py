"""Contributions add up to the score, exactly."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from prioritization.explanation import Scale, explain, moves, score_of
from prioritization.formula import Triple, parse, weighted_sum

SCALES = {"fit": Scale(1, 5, True), "value": Scale(1, 5, True), "effort": Scale(0, 20, False)}
known = st.none() | st.floats(0, 20).map(lambda x: Triple(*[round(x, 2)] * 3))


@settings(max_examples=200, deadline=None)
@given(
    weights=st.fixed_dictionaries({key: st.integers(0, 100).map(float) for key in SCALES}).filter(lambda w: any(w.values())),
    values=st.fixed_dictionaries({key: known for key in SCALES}),
)
def test_contributions_of_a_weighted_sum_add_up_to_the_score_exactly(weights, values):
    formula = weighted_sum(weights)
    _, score, _ = score_of(formula, SCALES, values)
    base, points = explain(formula, SCALES, values, score)
    assert base + sum(points.values()) == score


@settings(max_examples=100, deadline=None)
@given(values=st.fixed_dictionaries({key: known for key in SCALES}))
def test_contributions_of_value_over_effort_add_up_to_the_score_exactly(values):
    formula = parse("100 * (0.6 * fit + 0.4 * value) / max(effort_raw, 0.5)")
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

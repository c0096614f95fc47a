"""Periods and charts: arithmetic on plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio import charts
from portfolio.periods import quarter_of, share_passed, weeks_within

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "starts", "ends", "name"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31), "Q1 2026"),
        (date(2026, 11, 22), date(2026, 10, 1), date(2026, 12, 31), "Q4 2026"),
        (date(2024, 2, 29), date(2024, 1, 1), date(2024, 3, 31), "Q1 2024"),
    ],
)
def test_a_day_lies_in_its_quarter(day, starts, ends, name):
    quarter = quarter_of(day)
    assert (quarter.starts_on, quarter.ends_on, str(quarter)) == (starts, ends, name)


@given(DAYS)
def test_quarters_follow_each_other_without_a_gap(day):
    quarter = quarter_of(day)
    assert day in quarter
    assert quarter.next().previous() == quarter
    assert (quarter.next().starts_on - quarter.ends_on).days == 1


def test_the_share_of_a_period_grows_from_its_first_day_to_its_last():
    first, last = date(2026, 1, 1), date(2026, 1, 10)
    assert share_passed(first, last, date(2025, 12, 31)) == 0
    assert share_passed(first, last, first) == pytest.approx(0.1)
    assert share_passed(first, last, last) == share_passed(first, last, date(2030, 1, 1)) == 1


@given(DAYS, st.integers(0, 400), DAYS, st.integers(0, 800))
def test_weeks_split_over_two_stretches_add_up_to_all_of_them(start, length, split, around):
    end = date.fromordinal(start.toordinal() + length)
    before = weeks_within(12, start, end, date(1990, 1, 1), split)
    after = weeks_within(12, start, end, date.fromordinal(split.toordinal() + 1), date(2200, 1, 1))
    assert before + after == pytest.approx(12)


def test_without_a_start_all_weeks_fall_on_the_end():
    assert weeks_within(5, None, date(2026, 5, 1), date(2026, 4, 1), date(2026, 6, 30)) == 5
    assert weeks_within(5, None, date(2026, 7, 1), date(2026, 4, 1), date(2026, 6, 30)) == 0


def test_a_spark_marks_the_points_outside_its_band():
    line = charts.spark([1, 5, 2], 0, 3)
    assert len(line.outside) == 1
    assert not line.is_end_outside
    assert charts.spark([1, 2, 5], None, 3).is_end_outside
    assert charts.spark([], 0, 3) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.none() | st.floats(-1e6, 0), st.none() | st.floats(0, 1e6))
def test_a_spark_stays_in_its_picture(values, low, high):
    line = charts.spark(values, low, high)
    assert all(0 <= y <= charts.SMALL[1] for _, y in [line.end, *line.outside])
    assert line.band is None or 0 <= line.band[0] <= charts.SMALL[1]


DOTS = st.lists(
    st.builds(charts.Dot, st.integers(), st.just("PAY-42"), st.floats(0, 500), st.floats(-1000, 1000), st.floats(0, 1e9)), max_size=40
)


@given(DOTS)
def test_bubbles_lie_between_the_axes_and_their_labels_never_overlap(dots):
    chart = charts.scatter(dots)
    if not dots:
        assert chart is None
        return
    assert len(chart.bubbles) == len(dots)
    for bubble in chart.bubbles:
        assert charts.LEFT - 0.1 <= bubble.x <= charts.RIGHT + 0.1
        assert charts.TOP - 0.1 <= bubble.y <= charts.BOTTOM + 0.1
    boxes = [charts._label_box(bubble.label, *bubble.text) for bubble in chart.bubbles if bubble.text]
    boxes += [charts._label_box(text, x, y, anchor) for x, y, anchor, text in chart.quarters]
    assert not any(charts._overlap(one, other) for i, one in enumerate(boxes) for other in boxes[i + 1 :])


def test_the_area_of_a_bubble_says_how_much_it_stands_for():
    small, large = sorted(charts.scatter([charts.Dot(1, "A", 1, 1, 100), charts.Dot(2, "B", 2, 2, 400)]).bubbles, key=lambda b: b.r)
    assert large.r == pytest.approx(2 * small.r)


def test_every_product_has_its_place_on_the_lifecycle():
    phases = ["development", "introduction", "growth", "growth", "growth", "maturity", "decline", "retired"]
    places = charts.lifecycle([(f"Product {n}", phase) for n, phase in enumerate(phases)])
    assert [place.name for place in places] == [f"Product {n}" for n in range(len(phases))]
    assert [place.x for place in places] == sorted(place.x for place in places)

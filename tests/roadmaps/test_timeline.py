"""Days become pixels: heads, bars and the lines between them."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmaps.timeline import ROW, ZOOMS, add_quarters, bar_of, connect, free_spot, label_box, quarter_of, scale_at

WINDOW = scale_at("months", date(2026, 11, 23))
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_the_window_begins_with_the_quarter_of_the_day_and_is_as_long_as_its_zoom_says():
    assert (WINDOW.start, WINDOW.end) == (date(2026, 10, 1), date(2027, 7, 1))
    assert WINDOW.x(WINDOW.start) == 0
    assert WINDOW.width == pytest.approx((WINDOW.end - WINDOW.start).days * ZOOMS["months"].per_day)


def test_months_have_quarters_above_and_months_below():
    assert [tick.label for tick in WINDOW.upper()] == ["Q4 2026", "Q1 2027", "Q2 2027"]
    assert [tick.label for tick in WINDOW.lower()] == ["Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    assert [tick.label for tick in WINDOW.lower() if tick.is_main] == ["Oct", "Jan", "Apr"]


def test_weeks_have_mondays_below_and_quarters_years_above():
    weeks = scale_at("weeks", date(2027, 1, 5))
    assert [tick.label for tick in weeks.lower()][:3] == ["4 Jan", "11 Jan", "18 Jan"]
    assert [tick.label for tick in scale_at("quarters", date(2026, 11, 23)).upper()] == ["2026", "2027", "2028"]


@given(zoom=st.sampled_from(list(ZOOMS)), day=st.dates())
def test_every_day_of_the_calendar_has_a_window_with_neighbours_and_heads_inside_it(zoom, day):
    scale = scale_at(zoom, day)
    step = ZOOMS[zoom].step
    assert add_quarters(add_quarters(scale.start, step), -step) == scale.start == quarter_of(scale.start)
    assert add_quarters(scale.start, -step) < scale.start
    for head in (scale.upper(), scale.lower()):
        places = [tick.x for tick in head]
        assert places == sorted(set(places))
        assert 0 <= places[0] <= places[-1] < scale.width


@given(start=days, length=st.integers(0, 400), confidence=st.sampled_from(["low", "medium", "high", ""]), zoom=st.sampled_from(list(ZOOMS)))
def test_a_bar_reaches_from_the_morning_of_its_start_to_the_evening_of_its_target(start, length, confidence, zoom):
    scale, target = scale_at(zoom, date(2026, 11, 23)), start + timedelta(days=length)
    bar = bar_of(scale, 3, start, target, confidence, "Same-day settlement")
    assert bar.x == scale.x(start)
    assert bar.end == pytest.approx(max(scale.x(target + timedelta(days=1)), bar.x + 2), abs=0.11)
    assert 3 * ROW < bar.y < bar.middle < 4 * ROW
    assert bar.x <= bar.soft_from <= bar.end <= bar.soft_to
    assert bar.is_soft == (confidence != "high")
    assert 0 <= bar.firm_percent <= 100


@pytest.mark.parametrize(("start", "target"), [(date.min, date.max), (date.max, date.max), (date(2027, 1, 1), date(2026, 1, 1))])
def test_dates_nobody_means_still_make_a_bar(start, target):
    assert bar_of(WINDOW, 0, start, target, "low", "A slip of the pen").width >= 2


def test_a_label_stands_in_its_bar_where_it_fits_else_beside_it():
    wide = bar_of(WINDOW, 0, date(2026, 11, 1), date(2027, 2, 1), "high", "Short")
    short = bar_of(WINDOW, 0, date(2026, 11, 1), date(2026, 11, 8), "high", "Self-serve webhook replay")
    late = bar_of(WINDOW, 0, date(2027, 6, 20), date(2027, 6, 28), "high", "Self-serve webhook replay")
    assert wide.label_fits
    assert (short.label_fits, short.label_left) == (False, False)
    assert short.label_x > short.end
    assert (late.label_fits, late.label_left) == (False, True)
    assert late.label_x < late.x


@given(
    kind=st.sampled_from(["FS", "SS", "FF"]),
    rows=st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] != pair[1]),
    starts=st.tuples(days, days),
)
def test_a_line_leaves_the_bar_that_gives_and_arrives_at_the_bar_that_waits(kind, rows, starts):
    giver, waiter = (bar_of(WINDOW, row, start, start + timedelta(days=20), "high", "x") for row, start in zip(rows, starts, strict=True))
    line = connect(kind, giver, waiter)
    left = {"FS": giver.end, "SS": giver.x, "FF": giver.end}[kind]
    assert line.path.startswith(f"M{left} {giver.middle}H")
    # Straight strokes and round corners only, with plain numbers.
    assert re.fullmatch(r"M-?[\d.]+ [\d.]+(?:[HV]-?[\d.]+|q-?\d+ -?\d+ -?\d+ -?\d+)+", line.path)
    arrival = float(re.findall(r"H(-?[\d.]+)", line.path)[-1])
    assert abs(arrival - (waiter.end if kind == "FF" else waiter.x)) <= 4.01
    assert min(giver.middle, waiter.middle) <= line.y <= max(giver.middle, waiter.middle)


def test_labels_of_markers_stand_before_them_or_behind_them_and_never_on_another():
    taken = [label_box(8, "Q4 2026")]
    assert free_spot(200, "2026.4", taken, 600) == (194, "end")
    assert free_spot(40, "Late", taken, 600) is None
    assert free_spot(206, "Pilot 1", taken, 600) == (214, "start")
    assert free_spot(2, "First", [], 600) == (10, "start")
    assert free_spot(599, "Last", [], 600) == (593, "end")

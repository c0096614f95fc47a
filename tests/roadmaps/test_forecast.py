"""Dates told from how long finished work took: the arithmetic on plain days."""

from collections import Counter
from datetime import date, timedelta
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmaps.forecast import RUNS, SHARES, Work, forecast_all, forecast_one, span_of, work_of

TODAY = date(2027, 3, 1)
TEN = [10, 12, 14, 20, 20, 25, 30, 30, 40, 90]
histories = st.lists(st.integers(0, 400), min_size=10, max_size=60).map(sorted)
offsets = st.integers(0, 300)


def day(number: int) -> date:
    return date(2027, 1, 1) + timedelta(days=number)


@pytest.mark.parametrize(
    ("steps", "is_known", "span"),
    [
        ([(1, "open"), (3, "planned"), (5, "in_progress"), (9, "shipped")], True, (5, 9)),
        ([(1, "open"), (3, "planned"), (9, "shipped")], True, (3, 9)),
        ([(1, "open"), (9, "shipped")], True, (None, 9)),
        ([(1, "shipped")], True, (None, 1)),
        ([(1, "in_progress"), (9, "shipped")], True, (1, 9)),
        ([(1, "in_progress"), (9, "shipped")], False, (None, 9)),
        ([(1, "planned"), (4, "in_progress"), (9, "shipped")], False, (4, 9)),
        ([(1, "in_progress"), (9, "shipped"), (12, "in_progress")], True, (1, None)),
        ([(1, "in_progress"), (9, "shipped"), (12, "in_progress"), (20, "shipped")], True, (1, 20)),
        ([(1, "in_progress"), (9, "shipped"), (12, "retired")], True, (1, 9)),
        ([(1, "in_progress"), (9, "shipped"), (12, "retired"), (20, "shipped")], True, (1, 9)),
        ([(1, "in_progress"), (4, "declined")], True, (1, None)),
        ([], True, (None, None)),
    ],
)
def test_a_feature_takes_from_its_first_day_in_progress_to_the_last_time_it_was_shipped(steps, is_known, span):
    found = span_of([(day(number), status) for number, status in steps], is_known)
    assert found == tuple(number if number is None else day(number) for number in span)


def test_the_forecast_of_a_feature_is_what_the_history_says():
    found = forecast_one(work_of(TEN, TODAY), TODAY + timedelta(days=30))
    assert found.days == {50: TODAY + timedelta(days=20), 85: TODAY + timedelta(days=40), 95: TODAY + timedelta(days=90)}
    assert found.chance == pytest.approx(0.8, abs=0.02)
    assert forecast_one(work_of(TEN, TODAY)).chance is None


@pytest.mark.parametrize(("promised", "percent"), [(9, 0), (10, 10), (89, 90), (90, 100)])
def test_a_chance_is_certain_only_where_all_runs_agree(promised, percent):
    assert forecast_one(work_of(TEN, TODAY), TODAY + timedelta(days=promised)).percent == pytest.approx(percent, abs=1)
    nearly = forecast_one(Work(0, [1] * 999 + [900]), date.fromordinal(5))
    assert (nearly.chance < 1, nearly.percent) == (True, 99)


def test_what_is_in_progress_draws_from_the_longer_cycle_times_alone():
    begun = TODAY - timedelta(days=30)
    assert work_of(TEN, TODAY, begun=begun) == Work(begun.toordinal(), [40, 90])
    assert forecast_one(work_of(TEN, TODAY, begun=begun)).days[95] == begun + timedelta(days=90)


def test_what_took_longer_than_anything_finished_is_taken_to_begin_again():
    begun = TODAY - timedelta(days=90)
    assert work_of(TEN, TODAY, begun=begun) == Work(TODAY.toordinal(), TEN, is_beyond=True)


@pytest.mark.parametrize(("start", "base"), [(None, TODAY), (date(2027, 1, 1), TODAY), (date(2027, 4, 1), date(2027, 4, 1))])
def test_what_is_not_begun_begins_when_it_is_planned_but_not_in_the_past(start, base):
    assert work_of(TEN, TODAY, start=start) == Work(base.toordinal(), TEN)


def test_dates_at_the_end_of_the_calendar_stay_in_it():
    assert forecast_one(work_of(TEN, TODAY, start=date.max)).days[95] == date.max


@given(times=histories, age=st.none() | offsets, start=offsets)
def test_the_days_come_in_order_and_never_before_today(times, age, start):
    begun = None if age is None else TODAY - timedelta(days=age)
    work = work_of(times, TODAY, begun, TODAY + timedelta(days=start))
    days = [forecast_one(work).days[share] for share in SHARES]
    assert days == sorted(days)
    assert days[0] >= TODAY


@given(times=histories, age=offsets, more=offsets)
def test_a_later_day_never_gives_an_earlier_date_to_what_is_still_in_progress(times, age, more):
    begun = TODAY - timedelta(days=age)
    now, then = forecast_one(work_of(times, TODAY, begun)), forecast_one(work_of(times, TODAY + timedelta(days=more), begun))
    assert all(now.days[share] <= then.days[share] for share in SHARES)


@given(times=histories, start=offsets, promised=offsets, sooner=offsets)
def test_more_time_never_makes_a_promise_less_likely(times, start, promised, sooner):
    work = work_of(times, TODAY, start=TODAY + timedelta(days=start))
    late, early = (forecast_one(work, TODAY + timedelta(days=n)) for n in (promised + sooner, promised))
    assert 0 <= early.chance <= late.chance <= 1


@given(times=histories, promised=offsets)
def test_one_feature_alone_has_the_forecast_it_has_on_its_own_page(times, promised):
    work, due = work_of(times, TODAY), TODAY + timedelta(days=promised)
    assert forecast_all([work], due) == forecast_one(work, due)


@given(history=histories, starts=st.lists(offsets, min_size=2, max_size=6))
def test_several_features_end_with_the_last_of_them(history, starts):
    """Held against the exact distribution: all have ended by a day with the product of the chances of each."""
    works = [work_of(history, TODAY, start=TODAY + timedelta(days=start)) for start in starts]
    found = forecast_all(works, TODAY + timedelta(days=200))
    assert found == forecast_all(works, TODAY + timedelta(days=200))
    counts = [Counter(work.base + time for time in work.times) for work in works]

    def exact(by: date, longer: int = 0) -> float:
        return prod(sum(n for end, n in ends.items() if end <= by.toordinal() - longer) / len(history) for ends in counts)

    assert found.chance == pytest.approx(exact(found.promised), abs=0.03)
    for share, last in found.days.items():
        assert exact(last, longer=1) - 0.03 <= share / 100 <= exact(last) + 0.03


def test_a_thousand_features_take_no_longer_than_their_runs():
    assert RUNS == 10_000
    works = [work_of(TEN * 5, TODAY, start=TODAY + timedelta(days=n % 7)) for n in range(1_000)]
    assert forecast_all(works).days[50] == TODAY + timedelta(days=96)

"""When unfinished work will be done, told from how long finished work took; on plain days, without a clock.

A cycle time is the number of days from the day a feature was begun to the day it was shipped. Each of 10,000 runs draws, with equal
chance, one of the cycle times of the product's finished features for every unfinished one; the run ends with the last of them. Share p of
the runs has ended by the day forecast for p. This is the Monte Carlo method (Metropolis & Ulam 1949) over resampled history (the bootstrap
of Efron 1979), as used for delivery dates by Vacanti, Actionable Agile Metrics for Predictability (2015).

What has been in progress for some days draws from the longer cycle times alone: it did not take the shorter ones. Where none is longer,
history has no like of it, and it is taken to begin again today. Features are taken to run side by side: how many a team does at once is in
the cycle times already, and nothing recorded says how that will change.

The seed is fixed, so the same history and the same day give the same dates.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil
from random import Random
from typing import NamedTuple

RUNS = 10_000
SEED = 1949
LEAST = 10  # finished features, below which nothing is forecast
SHARES = (50, 85, 95)  # per cent of the runs
FAR = date.max.toordinal()


class Work(NamedTuple):
    """An unfinished feature: it ends so many days after `base` (an ordinal) as one of `times` says, sorted and equally likely."""

    base: int
    times: Sequence[int]
    is_beyond: bool = False  # it has taken longer than anything finished


@dataclass(frozen=True)
class Forecast:
    """The days by which 50, 85 and 95 % of the runs had ended; `chance` is the share of runs, 0 to 1, that ended by `promised`."""

    days: dict[int, date]
    promised: date | None
    chance: float | None

    @property
    def percent(self) -> int | None:
        """The chance in whole per cent; what is not certain is never said to be."""
        if self.chance is None:
            return None
        return round(self.chance * 100) if self.chance in (0, 1) else min(99, max(1, round(self.chance * 100)))


def span_of(steps: Iterable[tuple[date, str]], is_known: bool = True) -> tuple[date | None, date | None]:
    """(the day a feature was begun, the day it was shipped) from the days it got each status, oldest first; None where it did not.

    Begun is the first day in progress, or the first planned where it was never in progress. Shipped is the last time it became so: what
    went back to work was not done. Where the history does not begin with the feature (`is_known` is False: it came in with its first
    status), the day it was begun is unknown if it came in begun.
    """
    steps = list(steps)
    firsts: dict[str, date] = {}
    shipped, before = None, ""
    for day, status in steps:
        firsts.setdefault(status, day)
        if status == "shipped" and before != "retired":
            shipped = day
        elif status not in ("shipped", "retired"):
            shipped = None
        before = status
    if not is_known and steps and steps[0][1] == "in_progress":
        return None, shipped
    return firsts.get("in_progress") or firsts.get("planned"), shipped


def work_of(times: Sequence[int], today: date, begun: date | None = None, start: date | None = None) -> Work:
    """The ways an unfinished feature may end; `times` are cycle times in days, sorted.

    Not begun, it begins on `start`, but not before today.
    """
    if begun is None:
        return Work(max(start or today, today).toordinal(), times)
    longer = times[bisect_right(times, (today - begun).days) :]
    return Work(begun.toordinal(), longer) if longer else Work(today.toordinal(), times, True)


def forecast_one(work: Work, promised: date | None = None) -> Forecast:
    """The forecast of one feature. Its runs need not be drawn each time: sorted, they follow from the sorted throws."""
    throws, size = _throws(), len(work.times)
    days = {share: _day(work.base + work.times[int(throws[_place(share)] * size)]) for share in SHARES}
    if promised is None:
        return Forecast(days, None, None)
    in_time = bisect_right(work.times, promised.toordinal() - work.base)
    return Forecast(days, promised, bisect_left(throws, in_time / size) / RUNS)


def forecast_all(works: Iterable[Work], promised: date | None = None) -> Forecast:
    """The forecast of the last of several features, at least one. Those that cannot be the last are not drawn."""
    works = list(works)
    least = max(work.base + work.times[0] for work in works)
    throw = Random(SEED)  # noqa: S311 - nothing is kept secret by it
    runs = [least] * RUNS
    for base, times, _ in (work for work in works if work.base + work.times[-1] > least):
        runs = [max(run, base + time) for run, time in zip(runs, throw.choices(times, k=RUNS), strict=True)]
    runs.sort()
    days = {share: _day(runs[_place(share)]) for share in SHARES}
    return Forecast(days, promised, None if promised is None else bisect_right(runs, promised.toordinal()) / RUNS)


@cache
def _throws() -> list[float]:
    """The throws of all runs, sorted: what `Random.choices` draws with from this seed."""
    throw = Random(SEED)  # noqa: S311 - nothing is kept secret by it
    return sorted(throw.random() for _ in range(RUNS))


def _place(share: int) -> int:
    return ceil(share * RUNS / 100) - 1


def _day(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, FAR))

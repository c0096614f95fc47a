"""Quarters of the calendar, and how much of a stretch of days falls into another."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both in it."""

    starts_on: date
    ends_on: date

    def __str__(self) -> str:
        return f"Q{(self.starts_on.month + 2) // 3} {self.starts_on.year}"

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    def elapsed(self, today: date) -> float:
        """Share of the period that has passed at the end of `today`, 0..1."""
        return share_passed(self.starts_on, self.ends_on, today)

    def next(self) -> "Period":
        return quarter_of(self.ends_on + timedelta(days=1))

    def previous(self) -> "Period":
        return quarter_of(self.starts_on - timedelta(days=1))


def quarter_of(day: date) -> Period:
    """The quarter of the year that holds the day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    following = date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)
    return Period(first, following - timedelta(days=1))


def share_passed(starts_on: date, ends_on: date, today: date) -> float:
    """Share of the days from the first to the last that has passed at the end of `today`, 0..1."""
    return min(1.0, max(0.0, ((today - starts_on).days + 1) / ((ends_on - starts_on).days + 1)))


def weeks_within(weeks: float, starts_on: date | None, ends_on: date, first: date, last: date) -> float:
    """Of person-weeks spread evenly from start to end, those that fall between two days; without a start all of them on the end."""
    starts_on = min(starts_on or ends_on, ends_on)
    days = (min(ends_on, last) - max(starts_on, first)).days + 1
    return weeks * max(0, days) / ((ends_on - starts_on).days + 1)

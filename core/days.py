"""Days of which no more is told than in which part of a year they lie."""

from datetime import date, timedelta
from typing import Self

MONTHS = {"month": 1, "quarter": 3, "half": 6}  # of a part


class RoundedDay(date):
    """The first or the last day of a month, quarter or half year: said as that, because nobody is told which day of it is meant."""

    words: str

    def __new__(cls, year: int, month: int, day: int, words: str = "") -> Self:
        made = super().__new__(cls, year, month, day)
        made.words = words
        return made

    def __str__(self) -> str:
        return self.words

    def __format__(self, spec: str) -> str:
        return self.words

    def isoformat(self) -> str:
        return self.words


def first_of(year: int, part: int, by: str) -> RoundedDay:
    """The first day of the year's part, which is counted from 1."""
    return RoundedDay(year, (part - 1) * MONTHS[by] + 1, 1, _say(year, part, by))


def last_of(year: int, part: int, by: str) -> RoundedDay:
    """The last day of the year's part."""
    following = part * MONTHS[by]
    last = date(year + following // 12, following % 12 + 1, 1) - timedelta(days=1)
    return RoundedDay(last.year, last.month, last.day, _say(year, part, by))


def _say(year: int, part: int, by: str) -> str:
    if by == "month":
        return f"{date(year, part, 1):%b} {year}"
    return f"{'Q' if by == 'quarter' else 'H'}{part} {year}"

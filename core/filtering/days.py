"""Days as people write them in filters: 2026-03-01, 2026-03, 2026-Q1, 2026, today, last-week, this-quarter, +30d, -2w."""

import re
from calendar import monthrange
from datetime import date, timedelta

WRITTEN = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})(?:-([0-9]{2}))?|q([1-4])))?")
AWAY = re.compile(r"([+-])([0-9]{1,4})([dwmqy])")
NEAR = re.compile(r"(this|last|next)-(week|month|quarter|year)")
YEARS = range(1900, 2201)
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
MONTHS = {"month": 1, "quarter": 3, "year": 12, "m": 1, "q": 3, "y": 12}
HINT = "Write a day like 2026-03-01, 2026-03, 2026-Q1, today, last-week, this-quarter, +30d or -2w."


def span(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day that is meant, weeks beginning on Monday; None where the text is no day."""
    try:
        meant = _meant(text.casefold(), today)
    except (ValueError, OverflowError):
        return None
    return meant if meant is not None and meant[0].year in YEARS and meant[1].year in YEARS else None


def _meant(text: str, today: date) -> tuple[date, date] | None:
    if text in DAYS:
        return _one(today + timedelta(DAYS[text]))
    if found := NEAR.fullmatch(text):
        return _near(found[2], {"last": -1, "this": 0, "next": 1}[found[1]], today)
    if found := AWAY.fullmatch(text):
        return _one(_away(int(found[1] + found[2]), found[3], today))
    if found := WRITTEN.fullmatch(text):
        return _written(*found.groups())
    return None


def _written(year: str, month: str | None, day: str | None, quarter: str | None) -> tuple[date, date]:
    if day:
        return _one(date(int(year), int(month or 1), int(day)))
    if quarter:
        return _months(date(int(year), 3 * int(quarter) - 2, 1), 3)
    return _months(date(int(year), int(month or 1), 1), 1 if month else 12)


def _near(unit: str, by: int, today: date) -> tuple[date, date]:
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * by)
        return monday, monday + timedelta(6)
    size = MONTHS[unit]
    first = date(today.year, (today.month - 1) // size * size + 1, 1)
    return _months(_later(first, by * size), size)


def _away(number: int, unit: str, today: date) -> date:
    return today + timedelta(number * (7 if unit == "w" else 1)) if unit in "dw" else _later(today, number * MONTHS[unit])


def _one(day: date) -> tuple[date, date]:
    return day, day


def _months(first: date, number: int) -> tuple[date, date]:
    return first, _later(first, number) - timedelta(1)


def _later(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

"""Weeks, months and quarters: when the running one began, and what it is called. Plain days in, plain values out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKLY, MONTHLY, QUARTERLY = "weekly", "monthly", "quarterly"


def began(cadence: str, day: date) -> date:
    """The first day of the week (a Monday), month or quarter that holds the day."""
    if cadence == WEEKLY:
        return day - timedelta(day.weekday())
    return day.replace(month=day.month if cadence == MONTHLY else (day.month - 1) // 3 * 3 + 1, day=1)


def called(cadence: str, first: date) -> str:
    """The name of the moment at which the period began: “Week from 23 Nov 2026”, “November 2026”, “Q4 2026”."""
    if cadence == WEEKLY:
        return f"Week from {first.day} {first:%b %Y}"
    return f"{first:%B %Y}" if cadence == MONTHLY else f"Q{(first.month + 2) // 3} {first.year}"


def moment_of(first: date, zone: str) -> datetime:
    """The moment at which the period's first day begins in the zone, in UTC."""
    return datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)

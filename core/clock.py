"""The one place that asks for the time: inside a back-dated act (the demonstration's history) it answers that act's moment."""

from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The current moment, in UTC."""
    return moment.get() or timezone.now()


def today(zone: str = "UTC") -> date:
    """The calendar day it is now in the named time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """The last moment of the calendar day in the named time zone, in UTC: what happened on the day is not after it."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC) - timedelta(microseconds=1)


def next_hour(zone: str, hour: int, after: datetime, *, weekday: int | None = None) -> datetime:
    """The first moment after `after` at which it is `hour` o'clock in the zone, on this weekday (Monday is 0) where one is named; in UTC.

    Counted in calendar days, so that the hour stays the same when the clocks change.
    """
    there = ZoneInfo(zone)
    day = after.astimezone(there).date()
    while True:
        found = datetime.combine(day, time(hour), there).astimezone(UTC)
        if found > after and weekday in (None, day.weekday()):
            return found
        day += timedelta(days=1)

"""The one place that asks for the time: inside a back-dated act (the demonstration's history) it answers that act's moment."""

from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The current moment, in UTC."""
    return moment.get() or timezone.now()


def today(zone: str = "UTC") -> date:
    """The calendar day it is now in the named time zone."""
    return now().astimezone(ZoneInfo(zone)).date()

"""What is done once on every calendar day of the organisation, by whichever worker comes first."""

import logging
from collections.abc import Callable, Collection

from django.db import InterfaceError, OperationalError, transaction

from core.acts import write_lock
from core.models import Cursor, Organisation
from core.sql import lock_name

log = logging.getLogger(__name__)
daily: dict[str, Callable[[], object]] = {}


def register_daily(name: str, do: Callable[[], object]) -> None:
    """Have the worker do this once a day, in one transaction with the note that it was done."""
    daily[name] = do


def begin_day() -> int:
    """Everything registered is done for the present day; answers how much was done now, nothing where it was before.

    What breaks is tried again next time and delays nothing else.
    """
    day = Organisation.today().toordinal()
    there, done = begun(daily, day), 0
    for name in [name for name in daily if name not in there]:
        try:
            done += _do(name, day)
        except (InterfaceError, OperationalError):  # the database is away or busy: nobody's fault
            raise
        except Exception:
            log.exception("daily_broke", extra={"daily": name})
    return done


def begun(names: Collection[str], day: int) -> set[str]:
    """Which of these were done on this day already."""
    there = Cursor.objects.filter(name__in=[_cursor(name) for name in names], number__gte=day).values_list("name", flat=True)
    return {name.removeprefix(_cursor("")) for name in there}


def _cursor(name: str) -> str:
    return f"day:{name}"


def _do(name: str, day: int) -> bool:
    """Do it unless another worker has meanwhile; one worker a name at a time."""
    with write_lock(), transaction.atomic():
        lock_name(_cursor(name))
        cursor, _ = Cursor.objects.get_or_create(name=_cursor(name))
        if cursor.number >= day:
            return False
        daily[name]()
        Cursor.objects.filter(name=cursor.name).update(number=day)
    return True

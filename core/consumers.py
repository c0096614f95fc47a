"""Following the events: each registered handler has a cursor, moved in the transaction of what it did."""

import logging
from collections import defaultdict
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Coalesce

from core.acts import write_lock
from core.models import Change, Cursor, Event
from core.registry import Handler, handlers
from core.sql import lock_name

log = logging.getLogger(__name__)
BATCH = 200  # events a transaction; on SQLite other writers wait for it


def follow_events() -> int:
    """Hand every handler the events it has not seen; answers how many batches were followed.

    A handler that breaks keeps its cursor and is tried again next time; it delays no other.
    """
    followed = 0
    for handler in handlers:
        try:
            while _follow(handler):
                followed += 1
        except (InterfaceError, OperationalError):  # the database is away or busy: nobody's fault
            raise
        except Exception:
            log.exception("handler_broke", extra={"handler": handler.name})
    return followed


def oldest_unfollowed() -> datetime | None:
    """When the first event happened that a handler has not seen; None where all have seen all. Part of `/readyz`."""
    seen = dict(Cursor.objects.filter(name__in=[h.name for h in handlers]).values_list("name", "number"))
    behind = min((seen.get(handler.name, 0) for handler in handlers), default=None)
    if behind is None:
        return None
    written = Event.objects.filter(number__gt=behind).order_by("number").annotate(written=Coalesce("written_at", "at"))
    return written.values_list("written", flat=True).first()


def _follow(handler: Handler) -> bool:
    """One batch; True while there may be more. One worker a handler at a time."""
    seen = Cursor.objects.filter(name=handler.name).values_list("number", flat=True).first() or 0
    if not Event.objects.filter(number__gt=seen).exists():
        return False
    with write_lock(), transaction.atomic():
        lock_name(f"handler:{handler.name}")
        cursor, _ = Cursor.objects.get_or_create(name=handler.name)
        events = list(Event.objects.filter(number__gt=cursor.number).select_related("actor").order_by("number")[:BATCH])
        if not events:
            return False
        changes = defaultdict(list)
        for change in Change.objects.filter(event_id__gte=events[0].number, event_id__lte=events[-1].number).order_by("id"):
            changes[change.event_id].append(change)
        handler.follow([(event, changes[event.number]) for event in events])
        Cursor.objects.filter(name=handler.name).update(number=events[-1].number)
    return len(events) == BATCH

"""Sending what is due: leased, sent, marked. Nothing is sent inside a transaction, and a kill at any moment loses nothing.

Each lane is worked off by one thread at a time, so a receiver that hangs delays no other, and one's messages keep their order. What was
under way when a process died is sent again after its lease, under the same message id.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import close_old_connections, connection, transaction

from core import clock, doorbell
from core.acts import write_lock
from core.exceptions import NotDelivered, RuleBroken
from core.models import Delivery, User
from core.permissions import can_shape_process, must
from core.registry import channels

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
# Minutes to the next try; after the last one the delivery is parked. Together about a day.
PAUSES = (0.1, 0.5, 2, 5, 15, 60, 180, 360, 720)
LONGEST_WAIT = 24 * 3600.0  # seconds a receiver may ask for
THREADS = 8

_senders = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="sender")
_busy: set[str] = set()
_lock = threading.Lock()


def post(letter: str, ref: int | None, *, receiver: str, payload: dict | None = None) -> Delivery:
    """Queue a letter to this address; it leaves once the transaction under way is committed. A letter with a `ref` is written when it is
    sent, from that and the payload; one without is its payload.
    """
    delivery = Delivery(channel="mail", what=letter, ref=ref, receiver=receiver, payload=payload or {})
    delivery.lane = f"mail:{delivery.message_id}"
    delivery.save(force_insert=True)
    doorbell.ring_on_commit()
    return delivery


def redeliver(*, actor: User, delivery: Delivery) -> Delivery:
    """A delivery that was given up is due again, under the same message id."""
    must(can_shape_process(actor), "Only administrators and product operations may send a delivery again.")
    fresh = {"state": Delivery.State.WAITING, "due_at": clock.now(), "tries": 0, "leased_until": None, "ended_at": None}
    if not Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PARKED).update(**fresh):
        raise RuleBroken("Only what was given up can be sent again.")
    doorbell.ring_on_commit()
    delivery.refresh_from_db()
    return delivery


def dispatch() -> None:
    """Hand every lane with something due to a thread of its own, without waiting for it."""
    for lane in due_lanes():
        with _lock:
            if lane in _busy:
                continue
            _busy.add(lane)
        _senders.submit(_work_off, lane)


def due_lanes() -> list[str]:
    """The lanes with something due, the longest waiting first."""
    return list(dict.fromkeys(Delivery.objects.due().order_by("due_at", "id").values_list("lane", flat=True)[:1000]))


def send_due() -> int:
    """Send all that is due, here and now; answers how many were tried. For commands and tests."""
    return sum(_empty(lane) for lane in due_lanes())


def oldest_due() -> datetime | None:
    """Since when the longest waiting delivery has been due; None where nothing is. Part of `/readyz`."""
    return Delivery.objects.due().order_by("due_at").values_list("due_at", flat=True).first()


def _work_off(lane: str) -> None:
    try:
        close_old_connections()
        _empty(lane)
    except Exception:
        log.exception("sending_failed", extra={"lane": lane})
    finally:
        with _lock:
            _busy.discard(lane)
        connection.close()


def _empty(lane: str) -> int:
    tried = 0
    while (delivery := _lease(lane)) is not None:
        tried += 1
        _send(delivery)
    return tried


def _lease(lane: str) -> Delivery | None:
    """Take the lane's first waiting delivery when it is due and free; others of the lane wait for it."""
    with write_lock(), transaction.atomic():
        rows = Delivery.objects.filter(lane=lane, state=Delivery.State.WAITING).order_by("id")
        head = rows.select_for_update(skip_locked=True).first()
        if head is None or not Delivery.objects.due().filter(pk=head.pk).exists():
            return None
        if rows.filter(pk__lt=head.pk).exists():  # its predecessor is locked by another worker
            return None
        head.tries, head.leased_until = head.tries + 1, clock.now() + LEASE
        head.save(update_fields=["tries", "leased_until"])
        return head


def _send(delivery: Delivery) -> None:
    try:
        is_sent = channels[delivery.channel].send(delivery)
    except NotDelivered as error:
        _put_back(delivery, error)
    except Exception as error:
        log.exception("delivery_broke", extra={"delivery": delivery.pk})
        _put_back(delivery, NotDelivered(f"It could not be sent: {type(error).__name__}."))
    else:
        state = Delivery.State.SENT if is_sent else Delivery.State.DROPPED
        _mark(delivery, state=state, ended_at=clock.now(), last_error="", payload={})


def _put_back(delivery: Delivery, error: NotDelivered) -> None:
    noted = {"last_error": str(error)[:300], "last_status": error.status}
    if error.is_final or delivery.tries > len(PAUSES):
        _mark(delivery, state=Delivery.State.PARKED, ended_at=clock.now(), **noted)
        log.warning("delivery_parked", extra={"delivery": delivery.pk, "what": delivery.what})
        channels[delivery.channel].parked(delivery)
        return
    pause = max(PAUSES[delivery.tries - 1] * 60, min(error.wait or 0, LONGEST_WAIT))
    _mark(delivery, due_at=clock.now() + timedelta(seconds=pause), **noted)


def _mark(delivery: Delivery, **values) -> None:
    """Note the outcome, unless the lease ran out and another has taken it since."""
    with write_lock():
        Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries).update(leased_until=None, **values)

"""The worker's round: begin the day, derive what is stale, follow the events, send what is due; by ring, and by a timer of its own."""

import logging
import threading
import time
from contextlib import suppress
from datetime import timedelta

from celery.signals import worker_init
from django.contrib.sessions.models import Session
from django.db import Error, close_old_connections

from core import clock, consumers, daily, deliveries, derivation, idempotency, jobs, services
from core.door import through
from core.models import Pulse, ViewDigest

log = logging.getLogger(__name__)
SWEEP = 10.0  # seconds between two rounds nobody rang for
_busy = threading.Lock()
_again = threading.Event()


def work_off() -> None:
    """One round. Rings that come in meanwhile make one more round, not a queue of them."""
    _again.set()
    while _again.is_set() and _busy.acquire(blocking=False):
        try:
            _again.clear()
            _round()
        finally:
            _busy.release()


def _round() -> None:
    try:
        with through("worker"):
            daily.begin_day()
            derivation.run_pass()
            consumers.follow_events()
            services.collect_digests()
            services.collect_news()
            deliveries.dispatch()
            jobs.tend()
    except Error as error:  # a lost database or a deadlock: what is due stays due for the next round
        log.warning("round_failed", extra={"error": str(error)})
        close_old_connections()


def tidy() -> None:
    """Remove news older than an hour, sessions that ran out, digests long sent, and the keys and counts of requests long answered."""
    Pulse.objects.filter(at__lt=clock.now() - timedelta(hours=1)).delete()
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    ViewDigest.objects.filter(day__lt=clock.today() - ViewDigest.KEPT).delete()
    idempotency.forget_old()


@worker_init.connect
def start_sweeping(**_) -> None:
    """A timer inside the worker: with the broker gone nobody rings, and the work is done all the same.

    From the worker's first moment, with what was left for it: one that starts while the broker is gone is not ready before that is back.
    """
    threading.Thread(target=_sweep_forever, name="sweep", daemon=True).start()


def _sweep_forever() -> None:
    while True:
        with suppress(Exception):
            close_old_connections()
            work_off()
        time.sleep(SWEEP)

"""Tells the worker that something changed, never waiting for the broker.

Commit sets a flag; one daemon thread per process sends the task, at most four times a second, and backs off while the broker does not
answer. Losing a ring costs at most the sweep's ten seconds: the work itself lies in the database.
"""

import logging
import os
import threading
import time
from contextlib import suppress

from celery import current_app
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)
SPACING = 0.25  # seconds between two rings
LONGEST_PAUSE = 10.0  # seconds between two tries while the broker is away

_rung = threading.Event()
_lock = threading.Lock()
_owner_pid: int | None = None


def ring_on_commit() -> None:
    """Ring once the transaction under way is committed."""
    transaction.on_commit(ring)


def ring() -> None:
    """Ask the worker for a pass. Returns at once, whatever the broker does."""
    global _owner_pid
    if settings.TESTING and not settings.DOORBELL_IN_TESTS:
        return
    if _owner_pid != os.getpid():  # a fork has no threads of its parent
        with _lock:
            if _owner_pid != os.getpid():
                threading.Thread(target=_keep_ringing, name="doorbell", daemon=True).start()
                _owner_pid = os.getpid()
    _rung.set()


def _keep_ringing() -> None:
    pause = SPACING
    while True:
        _rung.wait()
        _rung.clear()
        try:
            current_app.send_task("core.tasks.derive", expires=60, retry=False)
            pause = SPACING
        except Exception as error:  # the broker may fail in any way; the ring is kept and tried again
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("doorbell_unheard", extra={"error": type(error).__name__, "next_try": pause})
            _rung.set()
            with suppress(Exception):
                current_app.pool.force_close_all()
        time.sleep(pause)

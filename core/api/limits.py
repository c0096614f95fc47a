"""How often one person or token may ask. Writes are counted over all processes, reads within each."""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import BaseThrottle

from core.acts import write_lock
from core.models import RateWindow
from core.models.requests import who_asks

WINDOW = 60  # seconds
BLOCKS = 100  # a process reserves a hundredth of the limit at once, so that few requests pay for the shared count


class Standing(NamedTuple):
    """Where a caller stands in the present window; `remaining` is -1 where the request is one too many."""

    limit: int
    remaining: int
    reset: int


class Meter:
    """Counts requests of one kind in windows of a minute.

    A shared meter reserves blocks in the database. The limit is never exceeded, whatever the number of processes; what a process
    reserved and did not use by the end of the window is lost.
    """

    def __init__(self, kind: str, limit: Callable[[], int], *, is_shared: bool):
        self.kind, self.limit, self.is_shared = kind, limit, is_shared
        self._lock = threading.Lock()
        self._window = 0
        self._left: dict[str, int] = {}

    def take(self, who: str) -> Standing:
        """Count one request of `who`."""
        limit, now = self.limit(), int(time.time())
        window = now - now % WINDOW
        with self._lock:
            if window != self._window:
                self._window, self._left = window, {}
            left = self._left.get(who)
            if left is None or (left == 0 and self.is_shared):
                left = self._reserve(who, window, limit) if self.is_shared else limit
            self._left[who] = max(left - 1, -1)
            return Standing(limit, self._left[who], window + WINDOW - now)

    def _reserve(self, who: str, window: int, limit: int) -> int:
        """A block of the window's requests: its size, or what was left of the limit."""
        block = max(1, limit // BLOCKS)
        with write_lock():
            taken = RateWindow.reserve(who, self.kind, window, block)
        return max(0, min(block, limit - taken + block))


reads = Meter("reads", lambda: settings.API_READS_PER_MINUTE, is_shared=False)
writes = Meter("writes", lambda: settings.API_WRITES_PER_MINUTE, is_shared=True)


class Limits(BaseThrottle):
    """Refuses what is too much with 429; where the caller stands goes into the answer's headers."""

    def allow_request(self, request, view) -> bool:
        if not request.user.is_authenticated:
            return True
        meter = reads if request.method in SAFE_METHODS else writes
        view.standing = meter.take(who_asks(request.user))
        self.pause = view.standing.reset
        return view.standing.remaining >= 0

    def wait(self) -> int:
        return self.pause

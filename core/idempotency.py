"""Doing a thing once: the same key with the same request gets the first answer again, byte by byte.

The answer is stored in the transaction of its effect, so a killed process leaves either both or neither. A refused request stores
nothing: it may be corrected and sent again with the same key. Keys are kept for a day and an hour.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction

from core import clock
from core.acts import write_lock
from core.exceptions import Refused, RuleBroken
from core.models import IdempotencyKey, RateWindow, User
from core.models.requests import who_asks
from core.sql import lock_name, try_lock_name

KEPT = timedelta(hours=25)
LONGEST_KEY = 255


class StillAnswering(Refused):
    """The first request with this key has not been answered yet."""

    status = 409
    retry_after = 1

    def __init__(self):
        super().__init__("A request with this key is being answered right now. Ask again in a second for its answer.")


@dataclass
class Attempt:
    """A request under a key: `first` is the answer it got before, if it did; `keep` stores the answer it gets now."""

    user: User
    key: str
    digest: str
    first: IdempotencyKey | None = field(default=None)

    def keep(self, *, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Store the answer with the effect; both are there once the block is left."""
        IdempotencyKey(
            user=self.user, who=who_asks(self.user), key=self.key, digest=self.digest, status=status, headers=headers or {}, body=body
        ).save(force_insert=True)


@contextmanager
def once(user: User, key: str, scope: str, body: bytes, *, waits: bool = False) -> Iterator[Attempt]:
    """A transaction in which the request `key` takes effect at most once; services called inside belong to it.

    `scope` is the method and address, `body` what was sent. Where `first` is set, answer with it and do nothing. Raises
    `StillAnswering` while another process holds the key, or `waits` for its answer, as SQLite's single writer always does.
    Raises `RuleBroken` where the key was used for another request.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise RuleBroken(f"A key has 1 to {LONGEST_KEY} printable ASCII characters.", "Idempotency-Key")
    attempt = Attempt(user, key, hashlib.sha256(scope.encode() + b"\n" + body).hexdigest())
    who = who_asks(user)
    with write_lock(), transaction.atomic():
        if waits:
            lock_name(f"once:{who}:{key}")
        elif not try_lock_name(f"once:{who}:{key}"):
            raise StillAnswering
        attempt.first = IdempotencyKey.objects.of(who).filter(key=key).first()
        if attempt.first is not None and attempt.first.digest != attempt.digest:
            raise RuleBroken("This key was used for another request. Use a new key for every new request.", "Idempotency-Key")
        yield attempt


def forget_old() -> None:
    """Keys older than a day and an hour, and counts of past hours, are gone."""
    now = clock.now()
    IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    RateWindow.objects.filter(starts__lt=int(now.timestamp()) - 3600).delete()

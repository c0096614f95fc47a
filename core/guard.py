"""The runtime guard: while a page or API request runs, rows may be read only through `visible_to`.

Services (inside `act`) and workers work on what they were handed; they are not guarded. The guard is on in tests, so that a
view which forgets its rights fails its first test instead of leaking; production pays nothing for it.
"""

from contextlib import contextmanager
from contextvars import ContextVar

_armed: ContextVar[bool] = ContextVar("guard_armed", default=False)


class UnscopedRead(AssertionError):
    """A request read rows without asking who may see them."""


@contextmanager
def armed(on: bool = True):
    """Inside, unscoped reads of rows with rights raise (or, with `on=False`, are allowed again)."""
    token = _armed.set(on)
    try:
        yield
    finally:
        _armed.reset(token)


def note_read(queryset) -> None:
    """Raise when a guarded request evaluates a queryset no rights were applied to."""
    if _armed.get() and not queryset._is_scoped and not queryset.query.is_empty():
        raise UnscopedRead(f"{queryset.model._meta.label} was read in a request without visible_to(user)")

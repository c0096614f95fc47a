"""Through what an act came in. Apart from everything else, because logs ask for it before there are models."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Door(NamedTuple):
    """`page`, `api`, `import`, `command`, `worker`…, and the id the request carries in logs and answers."""

    name: str = "command"
    request_id: str = ""


_door: ContextVar[Door] = ContextVar("door", default=Door())


def current_door() -> Door:
    """The door of the running request, job or command; that of a command where nobody said another."""
    return _door.get()


@contextmanager
def through(name: str, request_id: str = "") -> Iterator[None]:
    """What is done inside came in through this door; afterwards the door before it stands again."""
    token = _door.set(Door(name, request_id))
    try:
        yield
    finally:
        _door.reset(token)

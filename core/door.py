"""Through what a request came in. Apart from everything else, because logs ask for it before there are models."""

from contextvars import ContextVar
from typing import NamedTuple


class Door(NamedTuple):
    """`page`, `api`, `import`, `command`, `worker`…, and the id the request carries in logs and answers."""

    name: str = "command"
    request_id: str = ""


door: ContextVar[Door] = ContextVar("door", default=Door())

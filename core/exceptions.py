"""How a service refuses. Every one carries a sentence for the person who asked."""

from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """A write that was not done; nothing of it is kept. `str(error)` is a sentence for a person."""

    status = 400


class RuleBroken(Refused):
    """A rule of the domain forbids it. `field` names the input at fault where there is one."""

    status = 422

    def __init__(self, sentence: str, field: str | None = None):
        super().__init__(sentence)
        self.field = field


class ChangedSince(RuleBroken):
    """Somebody changed what was to be taken back; `url` leads to its history, empty where it has no page."""

    def __init__(self, sentence: str, url: str = ""):
        super().__init__(sentence)
        self.url = url


class NotAllowed(Refused):
    """The actor sees the thing but may not do this to it."""

    status = 403


class OutOfSight(Refused):
    """The thing does not exist for this person."""

    status = 404


class Outdated(Refused):
    """The caller insisted on a version that is no longer the current one."""

    status = 412

    def __init__(self, current: int):
        super().__init__("Someone changed this since you read it. Fetch it again and repeat your change.")
        self.current = current


@dataclass(frozen=True)
class Clash:
    """One field that two people changed: what the writer wants, what stands now, what both began from. `custom` is the custom field."""

    field: str
    mine: Any
    theirs: Any
    base: Any
    custom: Any = None


@dataclass
class Conflict(Refused):
    """Somebody else changed the same fields since the writer read them. Nothing was saved; both values are here.

    `kept` are the writer's changes that nobody else touched, by field: they are saved with what is chosen.
    """

    clashes: list[Clash]
    current: int
    kept: dict[str, Any] = field(default_factory=dict)
    status: int = field(default=409, init=False)

    def __str__(self) -> str:
        names = ", ".join(clash.field.replace("_", " ") for clash in self.clashes)
        return f"Someone else changed {names} while you were editing. Choose which value to keep."


class NotDelivered(Exception):
    """A delivery did not get through. `status` is the HTTP status answered, `wait` the seconds the receiver asked for.

    `is_final` where another try is pointless.
    """

    def __init__(self, sentence: str, *, status: int | None = None, wait: float | None = None, is_final: bool = False):
        super().__init__(sentence)
        self.status, self.wait, self.is_final = status, wait, is_final

"""What visitors of a share link may say to the items it shows: an upper floor registers who takes it in; roadmaps knows of none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.forms import Form
from roadmaps.models import Feature, ShareLink


@dataclass(frozen=True)
class Said:
    """What was said to an item under a link: the item's name as it stood there, the features behind it, the form's values.

    `nonce` is the same however often the form is sent; blank where it carried none.
    """

    link: ShareLink
    item: str
    features: Sequence[Feature]
    values: Mapping[str, Any]
    nonce: str


@dataclass(frozen=True)
class Reception:
    """`form` reads what a visitor says, `promise` tells them what becomes of it, `receive` takes it in."""

    form: type[Form]
    promise: str
    receive: Callable[[Said], None]


receptions: list[Reception] = []


def register_reception(reception: Reception) -> None:
    """Let visitors of share links say something to what they are shown."""
    receptions.append(reception)


def reception_of(link: ShareLink) -> Reception | None:
    """Who takes in what is said under the link; None where its maker lets nothing be said."""
    return next(iter(receptions), None) if link.takes_answers else None

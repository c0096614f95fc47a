"""Links from one product into another: what must not be left behind when a product becomes private."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from core.exceptions import RuleBroken
from core.models import Product


@dataclass(frozen=True)
class Crossing:
    """A link by which a row of one product points at a row of another, and would tell of it.

    `rows(product)` are the living rows of others that point into the product; `text` names what they point at. A link that is hidden
    where either end is, is none.
    """

    rows: Callable[[Product], QuerySet]
    text: str


crossings: list[Crossing] = []


def register_crossing(crossing: Crossing) -> None:
    """Let no product become private while rows of others point into it by this link."""
    crossings.append(crossing)


def may_become(product: Product, visibility: str) -> None:
    """Refuse to hide a product that rows of other products point into: they would tell of it. None is named, they may be hidden too."""
    if visibility != Product.Visibility.PRIVATE or product.is_private:
        return
    found = [crossing.text for crossing in crossings if crossing.rows(product).exists()]
    if found:
        raise RuleBroken(f"This product cannot become private while it has {' and '.join(found)}. Take those out first.", "visibility")

"""What every service of the portfolio asks of the values it is given."""

from collections.abc import Collection
from typing import Any

from core.exceptions import RuleBroken


def check_fields(values: dict[str, Any], editable: Collection[str], noun: str, name: str = "name") -> None:
    """Refuse fields the thing does not have and a blank name; names lose the spaces around them."""
    if unknown := sorted(set(values) - set(editable)):
        raise RuleBroken(f"{noun} has no editable field {', '.join(unknown)}.", unknown[0])
    if name in values:
        values[name] = values[name].strip()
        if not values[name]:
            raise RuleBroken(f"{noun} needs a {name}.", name)

"""Whether a condition of the database holds of values at hand: of a row as it was, which no table has any more."""

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from django.db.models import Q


def _among(value: Any, wanted: Any) -> bool:
    return value in wanted


def _contains(value: Any, wanted: str) -> bool:
    return wanted.casefold() in value.casefold()


def _begins(value: Any, wanted: str) -> bool:
    return value.casefold().startswith(wanted.casefold())


TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, wanted: value == wanted, "in": _among, "gt": gt, "gte": ge, "lt": lt, "lte": le, "icontains": _contains,
    "istartswith": _begins,
}  # fmt: skip


def paths(condition: Q) -> set[str]:
    """The columns the condition asks for; what asks for more than a column's value is told as an empty name."""
    found: set[str] = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= paths(child)
        else:
            found.add(_parted(child[0])[0] if isinstance(child, tuple) else "")
    return found


def holds(condition: Q, values: Mapping[str, Any]) -> bool:
    """As the database would say it of a row of these values, by column; a blank value passes `isnull` alone, or what denies the rest."""
    parts = (holds(child, values) if isinstance(child, Q) else _holds_one(child, values) for child in condition.children)
    found = any(parts) if condition.connector == Q.OR else all(parts)
    return found != condition.negated


def _holds_one(child: Any, values: Mapping[str, Any]) -> bool:
    column, lookup = _parted(child[0])
    value = values[column]
    if lookup == "isnull":
        return (value is None) == child[1]
    return value is not None and TESTS[lookup](value, child[1])


def _parted(path: str) -> tuple[str, str]:
    """(column, lookup); a path over relations is no column of the row."""
    column, mark, lookup = path.partition("__")
    if not mark:
        return column, "exact"
    return (column, lookup) if lookup in TESTS or lookup == "isnull" else ("", "")

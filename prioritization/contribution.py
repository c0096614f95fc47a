"""How much each criterion contributes to a score, for any formula: Shapley values (Shapley, A Value for n-Person Games, 1953).

The base is the formula with every criterion at its worst; a criterion's share is what it adds, averaged over all orders in which the
criteria could come in. For a weighted sum that is its own term. Shares and base add up to the score exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations
from math import factorial

PLACES = Decimal("0.000001")


def shapley(names: Sequence[str], value_of: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Each name's share of value_of(all) − value_of(none); `value_of(present)` is asked once per subset (2ⁿ of them)."""
    n = len(names)
    known = {frozenset(chosen): value_of(frozenset(chosen)) for size in range(n + 1) for chosen in combinations(names, size)}
    shares = dict.fromkeys(names, 0.0)
    for present, value in known.items():
        for name in names:
            if name not in present:
                weight = factorial(len(present)) * factorial(n - len(present) - 1) / factorial(n)
                shares[name] += weight * (known[present | {name}] - value)
    return shares


def exact(total: Decimal, base: float, shares: Mapping[str, float]) -> tuple[Decimal, dict[str, Decimal]]:
    """Base and shares rounded to six places so that they add up to `total` (of six places) exactly, by largest remainder."""
    raw = {"": Decimal(repr(base)), **{name: Decimal(repr(share)) for name, share in shares.items()}}
    parts = {name: value.quantize(PLACES, ROUND_FLOOR) for name, value in raw.items()}
    each, left = divmod(int((total - sum(parts.values())) / PLACES), len(parts))
    by_remainder = sorted(raw, key=lambda name: (parts[name] - raw[name], name))
    for position, name in enumerate(by_remainder):
        parts[name] += PLACES * (each + (position < left))
    return parts.pop(""), parts

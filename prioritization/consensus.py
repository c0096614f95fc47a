"""What several raters say together, and how far they are apart. Plain arithmetic on plain values."""

import statistics
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

PLACES = Decimal("0.0001")
TRIM = 4  # one value in four is left out at each end of a trimmed mean, at least none


def agree(rule: str, values: Sequence[Decimal]) -> Decimal:
    """The common value by `mean`, `median` or `trimmed` mean (the lowest and highest quarter left out), to four places."""
    ordered = sorted(values)
    if rule == "median":
        found = Decimal(statistics.median(ordered))
    else:
        cut = len(ordered) // TRIM if rule == "trimmed" else 0
        kept = ordered[cut : len(ordered) - cut]
        found = sum(kept, Decimal(0)) / len(kept)
    return found.quantize(PLACES, ROUND_HALF_UP)


def spread(values: Sequence[Decimal]) -> Decimal:
    """The standard deviation of the values themselves (of a population); 0 for one."""
    return statistics.pstdev(values) if len(values) > 1 else Decimal(0)


def outliers(values: Sequence[Decimal]) -> list[int]:
    """Positions of values more than 1.5 interquartile ranges outside the quartiles (Tukey, Exploratory Data Analysis, 1977)."""
    if len(values) < 4:
        return []
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    reach = (high - low) * Decimal("1.5")
    return [position for position, value in enumerate(values) if value < low - reach or value > high + reach]

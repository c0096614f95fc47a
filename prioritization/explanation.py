"""Why a score is what it is: the same says as the set-based statement, for one feature, and what each criterion contributes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from prioritization import contribution
from prioritization.formula import RAW, Formula, Triple, rounded

BLANK = Triple(0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Scale:
    """The scale of a criterion as plain numbers; `is_rising` where more is better."""

    bottom: float
    top: float
    is_rising: bool

    def say(self, value: Triple | None) -> Triple:
        """The value brought to 0 (worst) .. 1 (best); a blank may be anything on the scale."""
        if value is None:
            return BLANK
        parts = [min(1.0, max(0.0, (part - self.bottom) / (self.top - self.bottom))) for part in value]
        return Triple(*parts) if self.is_rising else Triple(*(1.0 - part for part in reversed(parts)))

    def raw(self, value: Triple | None) -> Triple:
        """The value on its own scale."""
        return Triple(self.bottom, (self.bottom + self.top) / 2, self.top) if value is None else value

    @property
    def worst(self) -> float:
        return self.bottom if self.is_rising else self.top


def inputs(scales: Mapping[str, Scale], values: Mapping[str, Triple | None]) -> dict[str, Triple]:
    """What the names of a formula stand for: each criterion on 0..1 and, as `<key>_raw`, on its own scale."""
    found = {key: scale.say(values.get(key)) for key, scale in scales.items()}
    return found | {key + RAW: scale.raw(values.get(key)) for key, scale in scales.items()}


def explain(
    formula: Formula, scales: Mapping[str, Scale], values: Mapping[str, Triple | None], score: Decimal | None
) -> tuple[Decimal, dict[str, Decimal]]:
    """(base, points per criterion), adding up to `score` exactly; all zero where there is no score.

    The base is what the formula gives with every criterion at its worst.
    """
    zero = dict.fromkeys(scales, Decimal(0))
    if score is None:
        return Decimal(0), zero
    full = {name: triple.likely for name, triple in inputs(scales, values).items()}
    worst = dict.fromkeys(scales, 0.0) | {key + RAW: scale.worst for key, scale in scales.items()}
    base, shares = 0.0, dict.fromkeys((key for key in scales if {key, key + RAW} & formula.names), 0.0)
    for addend in formula.addends:

        def value_of(present: frozenset[str], addend: Formula = addend) -> float:
            said = {name: (full if name.removesuffix(RAW) in present else worst)[name] for name in addend.names}
            return addend.at(said) or 0.0

        used = [key for key in scales if {key, key + RAW} & addend.names]
        base += value_of(frozenset())
        for key, share in contribution.shapley(used, value_of).items():
            shares[key] += share
    base, points = contribution.exact(score, base, shares)
    return base, zero | points


def score_of(formula: Formula, scales: Mapping[str, Scale], values: Mapping[str, Triple | None]) -> tuple[Decimal | None, ...]:
    """(low, likely, high) as stored: what the set-based statement must give too."""
    return tuple(rounded(part) for part in formula.evaluate(inputs(scales, values)))


def moves(formula: Formula, scales: Mapping[str, Scale], values: Mapping[str, Triple | None]) -> dict[str, tuple[float, float]]:
    """Per criterion, by how much the score would fall or rise if it alone went to its worst or its best."""
    here = formula.evaluate(inputs(scales, values)).likely or 0.0
    found = {}
    for key, scale in scales.items():
        ends = (scale.bottom, scale.top) if scale.is_rising else (scale.top, scale.bottom)
        worst, best = (formula.evaluate(inputs(scales, {**values, key: Triple(end, end, end)})).likely or 0.0 for end in ends)
        found[key] = (worst - here, best - here)
    return found


def by_effect(points: Mapping[str, Decimal]) -> Sequence[str]:
    """The criteria, the strongest contribution first."""
    return sorted(points, key=lambda key: -abs(points[key]))

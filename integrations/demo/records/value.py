"""What matters most, and to whom."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Criterion:
    """`source` is rated or computed; `low` and `high` bound the scale, `direction` down means that less is better."""

    key: str
    name: str
    source: str
    measure: str
    direction: str
    low: int
    high: int
    rubric: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """`weights` are percentages by criterion, in the order of `ScoringModel.criteria`; they add up to 100."""

    number: int
    at: datetime
    weights: tuple[int, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ScoringModel:
    name: str
    method: str
    criteria: tuple[Criterion, ...]
    versions: tuple[ModelVersion, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person thinks today of one feature by one rated criterion; `value` is on the criterion's scale."""

    feature: str
    criterion: str
    rater: str
    value: int
    note: str
    at: datetime

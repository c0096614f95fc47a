"""What is planned and aimed at."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Initiative:
    """`product` is its home; features of other products may serve it unless it is private. `objectives` are (slug, strength 1–3).

    `outside_name` is empty where nobody outside is told of it.
    """

    slug: str
    title: str
    outside_name: str
    outcome: str
    horizon: str
    owner: str
    product: str
    objectives: tuple[tuple[str, int], ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """`product` is empty for a train of the whole portfolio; `status` is planned, shipped or rolled_back."""

    version: str
    name: str
    product: str
    day: date
    status: str
    notes: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Effort:
    low: int
    likely: int
    high: int


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature as it is today. `stage` is discovery … sunset; `declined_because` is filled where it was declined.

    `objectives` are (slug, strength 1–3). What can change over time is listed in `MOVING` and equals the replay of the history.
    """

    key: str
    product: str
    number: int
    title: str
    outside_name: str
    description: str
    kind: str
    initiative: str
    team: str
    segments: tuple[str, ...]
    objectives: tuple[tuple[str, int], ...]
    metrics: tuple[str, ...]
    created_at: datetime
    created_by: str
    owner: str
    stage: str
    declined_because: str
    effort: Effort | None
    start: date | None
    target: date | None
    date_confidence: str
    release: str
    deal_account: str
    by_hand: int | None


MOVING = ("owner", "stage", "declined_because", "effort", "start", "target", "date_confidence", "release", "by_hand")


@dataclass(frozen=True, slots=True)
class Dependency:
    """`before` must come first: FS its end before the other's start, SS start before start, FF end before end; `relates` binds nothing.

    `agreement` (requested, accepted, committed, met, refused) and `needed_by` exist only across products; `why` is the reason of a refusal.
    """

    before: str
    after: str
    type: str
    agreement: str
    needed_by: date | None
    note: str
    why: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CheckIn:
    """`confidence` is a percentage."""

    at: datetime
    by: str
    value: float
    confidence: int
    note: str


@dataclass(frozen=True, slots=True)
class KeyResult:
    """`metric` is empty where progress is entered by hand; `current` is the value of the last check-in."""

    slug: str
    title: str
    unit: str
    direction: str
    start: float
    target: float
    current: float
    metric: str
    check_ins: tuple[CheckIn, ...]


@dataclass(frozen=True, slots=True)
class Objective:
    """Scope is a line, a product, or the whole organisation where both are empty."""

    slug: str
    title: str
    line: str
    product: str
    owner: str
    weight: int
    status: str
    period_start: date
    period_end: date
    results: tuple[KeyResult, ...]


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """`note` says what happened where a point is out of the ordinary."""

    day: date
    value: float
    note: str


@dataclass(frozen=True, slots=True)
class Metric:
    slug: str
    name: str
    definition: str
    unit: str
    direction: str
    owner: str
    source: str
    cadence: str
    product: str
    band_low: float
    band_high: float
    points: tuple[MetricPoint, ...]

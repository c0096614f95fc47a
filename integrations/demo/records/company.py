"""Who is there: the organisation, its people, products, teams and customers."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str
    currency: str
    zone: str


@dataclass(frozen=True, slots=True)
class Person:
    """`role` is one of admin, ops, leader, maker, contributor, guest."""

    email: str
    name: str
    title: str
    role: str
    zone: str


@dataclass(frozen=True, slots=True)
class Line:
    slug: str
    name: str
    parent: str
    leader: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its strategy; `lines` always holds `home`. `private_because` is empty for an open product."""

    key: str
    name: str
    home: str
    lines: tuple[str, ...]
    owner: str
    lifecycle: str
    vision: str
    value_proposition: str
    differentiation: str
    personas: tuple[str, ...]
    private_because: str

    @property
    def is_private(self) -> bool:
        return bool(self.private_because)


@dataclass(frozen=True, slots=True)
class Membership:
    """`role` is one of owner, editor, viewer."""

    product: str
    person: str
    role: str


@dataclass(frozen=True, slots=True)
class Segment:
    slug: str
    name: str
    owner: str
    asks: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Team:
    slug: str
    name: str
    lead: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """Person-weeks of a team in the quarter that begins on `quarter`; `unplanned` is the percentage kept free for it."""

    team: str
    quarter: date
    person_weeks: int
    absences: int
    unplanned: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Target share in percent of a kind of investment in the quarter that begins on `quarter`; `ceiling` only where there is one."""

    kind: str
    quarter: date
    target: int
    ceiling: int | None


@dataclass(frozen=True, slots=True)
class Account:
    """`state` is prospect, customer, churned or lost; `revenue` is a year's (expected for a prospect, once for the others)."""

    slug: str
    name: str
    segment: str
    plan: str
    revenue: int
    state: str
    owner: str
    created_at: datetime
    customer_since: date | None
    ended_on: date | None
    renews_on: date | None


@dataclass(frozen=True, slots=True)
class Requester:
    """A person who asks; `account` is empty for the few without one. `key` is the e-mail, or the handle where none is known."""

    key: str
    name: str
    email: str
    role: str
    account: str

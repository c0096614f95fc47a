"""What happened, and everything together."""

from dataclasses import dataclass
from datetime import date, datetime

from integrations.demo.records.company import (
    Account,
    Allocation,
    Capacity,
    Line,
    Membership,
    Organisation,
    Person,
    Product,
    Requester,
    Segment,
    Team,
)
from integrations.demo.records.plan import Dependency, Feature, Initiative, Metric, Objective, Release
from integrations.demo.records.talk import (
    Check,
    Comment,
    Decision,
    Document,
    Feedback,
    Roadmap,
    SharedRoadmap,
    StatusUpdate,
    Template,
    View,
)
from integrations.demo.records.value import Rating, ScoringModel


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did. `verb` and `subject` are:

    create_feature, enter_stage, decline_feature, set_estimate, schedule_feature, reassign_feature, move_feature on a feature's key;
    rate_feature on `feature/criterion` (the actor is the rater); check_in on `objective/key-result`.
    Fields of features are those of `MOVING`. `reason` is empty where none was given.
    """

    at: datetime
    actor: str
    verb: str
    subject: str
    changes: tuple[Change, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class World:
    today: date
    organisation: Organisation
    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    products: tuple[Product, ...]
    memberships: tuple[Membership, ...]
    segments: tuple[Segment, ...]
    teams: tuple[Team, ...]
    capacities: tuple[Capacity, ...]
    allocations: tuple[Allocation, ...]
    accounts: tuple[Account, ...]
    requesters: tuple[Requester, ...]
    initiatives: tuple[Initiative, ...]
    releases: tuple[Release, ...]
    features: tuple[Feature, ...]
    dependencies: tuple[Dependency, ...]
    feedback: tuple[Feedback, ...]
    scoring_model: ScoringModel
    ratings: tuple[Rating, ...]
    objectives: tuple[Objective, ...]
    metrics: tuple[Metric, ...]
    template: Template
    documents: tuple[Document, ...]
    decisions: tuple[Decision, ...]
    checks: tuple[Check, ...]
    updates: tuple[StatusUpdate, ...]
    comments: tuple[Comment, ...]
    views: tuple[View, ...]
    roadmaps: tuple[Roadmap, ...]
    links: tuple[SharedRoadmap, ...]
    history: tuple[Act, ...]

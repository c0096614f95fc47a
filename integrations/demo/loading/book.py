"""What the loader knows while it replays the world: rows by their natural keys, and the timeline of what is still to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappush
from itertools import count
from typing import Any

from core.models import Comment, Product, User
from documents.models import Document, Template
from feedback.models import Feedback, Requester
from integrations.demo.records import World
from portfolio.models import Account, KeyResult, Metric, Objective, ProductLine, Segment, Team
from prioritization.models import Criterion, ScoringModel
from roadmaps.models import Feature, Initiative, Release, Roadmap, Stage

type Doing = Callable[[], Any]


@dataclass
class Book:
    """Rows by natural key. `later(at, actor, doing)` puts something on the timeline, done in order of time as an act of its own."""

    world: World
    people: dict[str, User] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    lines: dict[str, ProductLine] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    objectives: dict[str, Objective] = field(default_factory=dict)
    key_results: dict[str, KeyResult] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    initiatives: dict[str, Initiative] = field(default_factory=dict)
    releases: dict[tuple[str, str], Release] = field(default_factory=dict)
    roadmaps: dict[str, Roadmap] = field(default_factory=dict)
    features: dict[str, Feature] = field(default_factory=dict)
    criteria: dict[str, Criterion] = field(default_factory=dict)
    requesters: dict[str, Requester] = field(default_factory=dict)
    messages: dict[str, Feedback] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)  # of shared roadmaps, as paths: their secrets are kept nowhere else
    template: Template | None = None
    model: ScoringModel | None = None
    timeline: list[tuple[datetime, int, str, Doing]] = field(default_factory=list)  # a heap
    order: Iterator[int] = field(default_factory=count)

    def later(self, at: datetime, actor: str, doing: Doing) -> None:
        """Do it at this moment, in this person's name."""
        heappush(self.timeline, (at, next(self.order), actor, doing))

    @property
    def admin(self) -> User:
        return next(self.people[p.email] for p in self.world.people if p.role == "admin")

    @property
    def ops(self) -> User:
        return next(self.people[p.email] for p in self.world.people if p.role == "ops")

    @property
    def leader(self) -> User:
        return next(self.people[p.email] for p in self.world.people if p.role == "leader")

    def editor(self, email: str, product: str) -> User:
        """The person, where they may edit the product; else its owner, who wrote it down for them."""
        person = self.people[email]
        if self.products[product].pk in person.rights.editable:
            return person
        return self.people[next(p.owner for p in self.world.products if p.key == product)]

    def release_for(self, feature_product: str, version: str) -> Release | None:
        """The product's own release of that version, else the train."""
        return self.releases.get((feature_product, version)) or self.releases.get(("", version))

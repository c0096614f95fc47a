"""What people say, write and decide."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """`quote` is an exact part of the feedback's text; `importance` is nice, important or critical."""

    feature: str
    quote: str
    importance: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One message of one requester. `account_state` and `account_revenue` are those of its day; None without an account.

    `state` is new, snoozed, triaged or declined; `submitter` is empty unless somebody wrote on behalf of the requester.
    """

    key: str
    title: str
    text: str
    kind: str
    source: str
    source_id: str
    requester: str
    submitter: str
    product: str
    tags: tuple[str, ...]
    at: datetime
    state: str
    declined_because: str
    account_state: str
    account_revenue: int | None
    deal_size: int | None
    deal_closes_on: date | None
    competitor: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class TemplateSection:
    title: str
    required: bool
    guidance: str


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    purpose: str
    sections: tuple[TemplateSection, ...]


@dataclass(frozen=True, slots=True)
class DocumentRevision:
    number: int
    at: datetime
    author: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """`revision` and `at` are None while the person has been asked and has not answered."""

    person: str
    revision: int | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the template about a feature; `state` is draft, in review or approved. The last revision is its text."""

    feature: str
    title: str
    author: str
    state: str
    revisions: tuple[DocumentRevision, ...]
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """`subject` is the key of a product, feature or initiative."""

    subject: str
    at: datetime
    by: str
    question: str
    options: tuple[str, ...]
    outcome: str
    why: str
    look_again_on: date


@dataclass(frozen=True, slots=True)
class Check:
    """What a stage asks of a feature that enters it; `kind` is one of governance's, `field` and `least` are what it needs."""

    stage: str
    kind: str
    field: str
    least: int | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """`subject_type` is initiative, objective or release; `state` is on_track, at_risk or off."""

    subject_type: str
    subject: str
    at: datetime
    author: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """`reply_to` is the index in `World.comments` of the comment it answers."""

    feature: str
    author: str
    at: datetime
    text: str
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class View:
    """A list somebody keeps: the name of its page and the query of its address. `shared` is empty, `everybody` or a product's key."""

    person: str
    page: str
    name: str
    query: str
    is_pinned: bool
    shared: str
    is_default: bool
    pinned_by: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class SharedRoadmap:
    """An address under which the roadmap of this name is shown to an audience, and when it was opened."""

    roadmap: str
    audience: str
    title: str
    at: datetime
    opened: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Roadmap:
    """A roadmap somebody keeps and shares; `sources` are the names of those it is made of, `boards` when a board saw it."""

    person: str
    name: str
    layout: str
    query: str
    product: str
    is_theme_only: bool
    sources: tuple[str, ...]
    at: datetime
    boards: tuple[datetime, ...]

"""What upper floors add to the lower ones' work: declared in the floor's own files, kept here by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model


@dataclass(frozen=True)
class Subject:
    """How the rest of the product speaks of the rows of a model.

    `label` names a row for a person; `url` leads to its page; `text` is what search finds it by, shown to who sees `text_class`
    (everybody where empty); `key` is the exact name people type; rows with a page can be talked about and followed;
    `wordless` names fields whose values say nothing to a person: history says that they changed, not to what;
    `classes` gives the field class (`identity`, `revenue`, `internal`) of fields that not everybody sees; `personal` names the fields an
    erasure empties; `echoes` names fields that only follow another field's change and are left out of its history; `undoable` says
    whether a person may take back a change of it, and `may_undo(user, row)` who, where editing the product is not what is asked;
    `is_seen_by_row` marks rows that fewer people see than see their product: only they are told values of its changes; `is_narrower(user)`
    says whether search must ask for each row of this person.
    """

    model: type[Model]
    noun: str
    label: Callable[[Any], str] = str
    url: Callable[[Any], str] | None = None
    text: Callable[[Any], str] | None = None
    text_class: str = ""
    key: Callable[[Any], str] | None = None
    icon: str = "point"
    classes: dict[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    echoes: frozenset[str] = frozenset()
    wordless: frozenset[str] = frozenset()
    undoable: bool = True
    may_undo: Callable[[Any, Any], bool] | None = None
    is_seen_by_row: bool = False
    is_narrower: Callable[[Any], bool] = lambda user: False


subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Make the rows of a model a subject: of history, comments, search, undo."""
    subjects[subject.model._meta.label_lower] = subject


def subject_of(row_or_model) -> Subject:
    """The subject of a row, a model or a recorded type name."""
    name = row_or_model if isinstance(row_or_model, str) else row_or_model._meta.label_lower
    return subjects[name]


@dataclass(frozen=True)
class Reversal:
    """How acts that belong together, named by the type of their `because`, are taken back and done again: as a whole.

    `undo` and `redo(actor, id)` answer a sentence and where to look; `holds(actor, id)` says whether there is something to take back.
    """

    because: str
    undo: Callable[[Any, int], tuple[str, str]]
    redo: Callable[[Any, int], tuple[str, str]]
    holds: Callable[[Any, int], bool]


reversals: dict[str, Reversal] = {}


def register_reversal(reversal: Reversal) -> None:
    """Let acts with this kind of reason be taken back as a whole."""
    reversals[reversal.because] = reversal


@dataclass(frozen=True)
class NavEntry:
    """A line of the side navigation; `shown(user)` decides for whom, `count(user)` gives the number behind it or None."""

    label: str
    url_name: str
    icon: str
    order: int
    prefixes: tuple[str, ...]
    shown: Callable[[Any], bool] = lambda user: True
    count: Callable[[Any], int | None] | None = None
    foot: bool = False


nav_entries: list[NavEntry] = []


def register_nav(entry: NavEntry) -> None:
    """Add a line to the side navigation, kept in the order of `order`."""
    nav_entries.append(entry)
    nav_entries.sort(key=lambda e: e.order)


@dataclass(frozen=True)
class ListPage:
    """A list page whose saved views core may look into: `rows(user, query, product)` are the rows in sight that a view of it has, of one
    product or of all.

    `hides(user, query)` is true where the query asks for something that is gone, or not this person's to see. `lasting(user, query)` is
    the query as a view keeps it: true still when things are renamed.
    """

    url_name: str
    model: type[Model]
    rows: Callable[[Any, Any, Any], Any]
    hides: Callable[[Any, Any], bool] = lambda user, query: False
    lasting: Callable[[Any, Any], Any] = lambda user, query: query


list_pages: dict[str, ListPage] = {}


def register_list_page(page: ListPage) -> None:
    """Let core look into the saved views of a list page."""
    list_pages[page.url_name] = page


@dataclass(frozen=True)
class Panel:
    """A section an upper floor shows on another app's page: `render(request, row)` answers HTML, fetched with the page."""

    subject: type[Model]
    name: str
    order: int
    template: str
    context: Callable[[Any, Any], dict | None]


panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Add a section to the page of another app's subject; a context of None leaves it out for this person."""
    panels.append(panel)
    panels.sort(key=lambda p: p.order)


def panels_for(request, row) -> list[tuple[Panel, dict]]:
    """The sections to show on the page of this row, with their contexts."""
    shown = [(panel, panel.context(request, row)) for panel in panels if isinstance(row, panel.subject)]
    return [(panel, context) for panel, context in shown if context is not None]


@dataclass(frozen=True)
class Creation:
    """A line of the New menu; `shown(user)` decides for whom."""

    label: str
    url_name: str
    icon: str
    order: int
    shown: Callable[[Any], bool] = lambda user: True


creations: list[Creation] = []


def register_creation(creation: Creation) -> None:
    """Add a line to the New menu and to the commands."""
    creations.append(creation)
    creations.sort(key=lambda c: c.order)


@dataclass(frozen=True)
class SettingsPage:
    """A page under Settings, listed under `group`; `shown(user)` decides for whom."""

    label: str
    url_name: str
    group: str
    order: int
    shown: Callable[[Any], bool] = lambda user: True


settings_pages: list[SettingsPage] = []


def register_settings(page: SettingsPage) -> None:
    """Add a page to the side list of Settings; groups stand in the order of their first page."""
    settings_pages.append(page)
    settings_pages.sort(key=lambda p: p.order)


@dataclass(frozen=True)
class Task:
    """One thing that needs a person: where it leads, why it is theirs."""

    label: str
    url: str
    text: str = ""
    icon: str = "point"
    at: Any = None


@dataclass(frozen=True)
class Todo:
    """A heading on Home: `find(user, scope)` answers the first tasks under it, and `all_url(user)` leads to all of them.

    `count(user, scope)` is how many these are, where it is worth saying.
    """

    title: str
    order: int
    find: Callable[[Any, Any], list[Task]]
    all_url: Callable[[Any], str]
    count: Callable[[Any, Any], int] | None = None


todos: list[Todo] = []


def register_todo(todo: Todo) -> None:
    """Add a heading to Home; one without tasks is not shown."""
    todos.append(todo)
    todos.sort(key=lambda t: t.order)


@dataclass(frozen=True)
class Handler:
    """A consumer of events: `follow(batch)` gets each event once, in order, with its changes, in one transaction with the cursor."""

    name: str
    follow: Callable[[list[tuple[Any, list[Any]]]], None]


handlers: list[Handler] = []


def register_handler(handler: Handler) -> None:
    """Let the worker hand every event to this consumer."""
    handlers.append(handler)


@dataclass(frozen=True)
class NewsKind:
    """A kind of news: `label` names it under Settings, `says` tells it of somebody ("commented on"); `in_app` and `mail` (`now`,
    `digest` or empty) are the ways by which who said nothing else hears of it. Of several kinds of one event the first by `order` counts.

    `concerns(event, change)` answers (id of a person, row it is about) where an app finds those itself. `sees` is the class of fields
    without which nobody hears of it.
    """

    name: str
    label: str
    says: str
    order: int
    in_app: bool = True
    mail: str = ""
    sees: str = ""
    concerns: Callable[[Any, Any], Any] | None = None


news_kinds: dict[str, NewsKind] = {}


def register_news(kind: NewsKind) -> None:
    """Tell people of one more kind of news, each by the ways they choose."""
    ordered = sorted([*news_kinds.values(), kind], key=lambda k: k.order)
    news_kinds.clear()
    news_kinds.update({known.name: known for known in ordered})


@dataclass(frozen=True)
class Letter:
    """A mail ready to send: plain text, its links absolute; `headers` beside those of every mail."""

    to: str
    subject: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)


letters: dict[str, Callable[..., Letter | None]] = {}


def register_letter(name: str, compose: Callable[..., Letter | None]) -> None:
    """Name a kind of mail; `compose(ref, **payload)` writes it when it is sent, or answers None where it is not needed any more."""
    letters[name] = compose


endings: dict[str, Callable[..., None]] = {}


def register_ending(what: str, end: Callable[..., None]) -> None:
    """Name a kind of mails that the link in each of them ends: `end(actor, ref)`, of `what:ref` (see `core.unsubscribing`)."""
    endings[what] = end


@dataclass(frozen=True)
class Channel:
    """A way out of the house: `send(delivery)` sends and answers True, or False where nothing was left to send; raises `NotDelivered`.

    `parked(delivery)` is told of one that was given up.
    """

    name: str
    send: Callable[[Any], bool]
    parked: Callable[[Any], None] = lambda delivery: None


channels: dict[str, Channel] = {}


def register_channel(channel: Channel) -> None:
    """Add a way by which deliveries leave."""
    channels[channel.name] = channel


@dataclass(frozen=True)
class JobKind:
    """Long work: `run(job, tell)` does it and answers a result of plain values; `tell(percent, message)` shows progress.

    `url(job)` leads to what came of it. `cut_short(job)` notes, where the work keeps its own state, that the job was ended before its
    end or its process is gone; it may be told twice.
    """

    name: str
    run: Callable[[Any, Callable[[int, str], None]], Any]
    url: Callable[[Any], str] | None = None
    cut_short: Callable[[Any], None] = lambda job: None


job_kinds: dict[str, JobKind] = {}


def register_job(kind: JobKind) -> None:
    """Let workers do this kind of job."""
    job_kinds[kind.name] = kind


beginnings: list[Callable[[], None]] = []


def register_beginning(begin: Callable[[], None]) -> None:
    """Let an app lay out what a new organisation begins with, in the act in which its first person comes in."""
    beginnings.append(begin)


@dataclass(frozen=True)
class CustomSubject:
    """A model whose rows have custom fields, said of many as `plural`; `words()` are those its own fields, columns and services are called
    by, which no custom field takes."""

    model: type[Any]
    plural: str
    words: Callable[[], set[str]]


custom_subjects: dict[str, CustomSubject] = {}


def register_custom_subject(subject: CustomSubject) -> None:
    """Let the rows of a model have custom fields."""
    custom_subjects[subject.model._meta.label_lower] = subject

"""What upper floors add to the lower ones' work: declared in the floor's own files, kept here by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model


@dataclass(frozen=True)
class Subject:
    """How the rest of the product speaks of the rows of a model.

    `label` names a row for a person; `url` leads to its page; `text` is what search finds it by (fields of class `internal` apart);
    `classes` gives the field class (`identity`, `revenue`, `internal`) of fields that not everybody sees; `personal` names the fields an
    erasure empties; `echoes` names fields that only follow another field's change and are left out of its history; `undoable` says whether a person may take back a change of it.
    """

    model: type[Model]
    noun: str
    label: Callable[[Any], str] = str
    url: Callable[[Any], str] | None = None
    text: Callable[[Any], str] | None = None
    icon: str = "point"
    classes: dict[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    echoes: frozenset[str] = frozenset()
    undoable: bool = True


subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Make the rows of a model a subject: of history, comments, search, undo."""
    subjects[subject.model._meta.label_lower] = subject


def subject_of(row_or_model) -> Subject:
    """The subject of a row, a model or a recorded type name."""
    name = row_or_model if isinstance(row_or_model, str) else row_or_model._meta.label_lower
    return subjects[name]


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

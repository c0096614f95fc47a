"""What changed in a saved view between two looks, as one reader may know it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.http import QueryDict

from core import history
from core.history import Entry
from core.models import SavedView, User
from core.registry import list_pages, subject_of
from core.saved_views import hides

MOST = 20_000  # rows of a view that are compared; the grid shows no more
SHOWN = 40  # rows of each kind that a digest names


@dataclass(frozen=True)
class Item:
    """A row with what happened to it; `url` is its path."""

    label: str
    url: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Digest:
    """The rows new in the view, gone out of it, and changed in it; `more` are those beyond what is shown."""

    came: list[Item]
    left: list[Item]
    changed: list[Item]
    more: int

    def __bool__(self) -> bool:
        return bool(self.came or self.left or self.changed)


def rows_of_view(view: SavedView, user: User) -> list[int] | None:
    """The ids of the rows the view has for this person; None where it is not theirs to see, or nobody can look into it."""
    page = list_pages.get(view.page)
    if page is None or not SavedView.objects.visible_to(user).filter(pk=view.pk).exists() or hides(view, user):
        return None
    rows = page.rows(user, QueryDict(view.query), view.product)
    return sorted(rows.order_by("pk").values_list("pk", flat=True)[:MOST])


def digest_of(view: SavedView, user: User, before: Collection[int], after: Collection[int], since: int, until: int) -> Digest:
    """What came, left and changed, of the rows this person sees now; `since` and `until` are numbers of events."""
    model: Any = list_pages[view.page].model
    was, has = set(before), set(after)
    entries = history.between(model, was & has, since, until, user)
    wanted = (was ^ has) | set(entries)
    rows: dict[int, Model] = {row.pk: row for row in model._default_manager.visible_to(user).filter(pk__in=wanted).order_by("pk")}
    items = {pk: _item(row, entries.get(pk, [])) for pk, row in rows.items()}
    came = [item for pk, item in items.items() if pk in has - was]
    left = [item for pk, item in items.items() if pk in was - has]
    changed = [item for pk, item in items.items() if pk in entries]
    more = sum(max(0, len(part) - SHOWN) for part in (came, left, changed))
    return Digest(came[:SHOWN], left[:SHOWN], changed[:SHOWN], more)


def _item(row: Model, entries: list[Entry]) -> Item:
    subject = subject_of(row)
    return Item(subject.label(row), subject.url(row) if subject.url else "", entries)

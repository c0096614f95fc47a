"""Lists as people left them."""

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from core import events
from core.acts import acts
from core.exceptions import NotAllowed, RuleBroken
from core.models import SavedView, User
from core.writes import insert, remove, update

PASSING = ("page", "cursor", "view", "csrfmiddlewaretoken", "part")  # of an address, what is no part of the view
LONGEST = 4_000


@acts
def save_view(*, actor: User, page: str, name: str, query: str = "", is_pinned: bool = False) -> SavedView:
    """A view of one's own on a list page; `page` is the page's URL name, `query` the address's query."""
    try:
        reverse(page)
    except NoReverseMatch as error:
        raise RuleBroken("There is no such list.", "page") from error
    view = SavedView(owner_id=actor.pk, page=page, name=_named(name), query=_lasting(query), is_pinned=is_pinned)
    return insert(view, events.VIEW_SAVED)


@acts
def change_view(*, actor: User, view: SavedView, **values) -> SavedView:
    """Name, query or pin are as given."""
    _must_own(actor, view)
    if "name" in values:
        values["name"] = _named(values["name"])
    if "query" in values:
        values["query"] = _lasting(values["query"])
    return update(view, values, events.VIEW_CHANGED)


@acts
def delete_view(*, actor: User, view: SavedView) -> None:
    """The view is gone from the tabs."""
    _must_own(actor, view)
    remove(view, events.VIEW_DELETED)


@acts
def restore_view(*, actor: User, view: SavedView) -> SavedView:
    """The view is back among the tabs."""
    _must_own(actor, view)
    return update(view, {"deleted_at": None}, events.VIEW_RESTORED)


def _must_own(actor: User, view: SavedView) -> None:
    if view.owner_id != actor.pk:
        raise NotAllowed("This view is somebody else's.")


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Give the view a name.", "name")
    if len(name) > 60:
        raise RuleBroken("A name has at most 60 characters.", "name")
    return name


def _lasting(query: str) -> str:
    """The query without what belongs to one visit."""
    if len(query) > LONGEST:
        raise RuleBroken("This list is filtered by more than a view can hold.", "query")
    values = QueryDict(query.lstrip("?"), mutable=True)
    for name in PASSING:
        values.pop(name, None)
    return values.urlencode()

"""Lists as people left them."""

from typing import Any

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from core import events
from core.acts import acts, write_lock
from core.exceptions import OutOfSight, RuleBroken
from core.models import PinnedView, Product, SavedView, User
from core.permissions import can_change_view, can_edit_product, can_see_product, can_share_views, can_write_everywhere, must
from core.registry import list_pages
from core.writes import insert, remove, update, update_many

PASSING = ("page", "cursor", "view", "at", "csrfmiddlewaretoken", "part")  # of an address, what is no part of the view
LONGEST = 4_000
NOT_YOURS = "This view is somebody else's. Save what it shows as a view of your own."


@acts
def save_view(
    *, actor: User, page: str, name: str, query: str = "", is_shared: bool = False, product: Product | None = None, is_default: bool = False
) -> SavedView:
    """A view of a list page; `page` is the page's URL name, `query` the address's query.

    For the actor alone, for every member where shared, for who sees the product where one is named; as default, instead of the
    product's former one, it is what the page opens with for that product.
    """
    try:
        reverse(page)
    except NoReverseMatch as error:
        raise RuleBroken("There is no such list.", "page") from error
    values = {"name": _named(name), "query": _lasting(actor, page, query), "is_shared": is_shared or product is not None}
    view = SavedView(owner_id=actor.pk, page=page, product=product, is_default=is_default, **values)
    _check_audience(actor, view)
    _make_room(view)
    return insert(view, events.VIEW_SAVED)


@acts
def change_view(*, actor: User, view: SavedView, seen: int | None = None, merge: bool = True, **values: Any) -> SavedView:
    """Name, query, whom it is for, and whether its product's list opens with it are as given."""
    must(can_change_view(actor, view), NOT_YOURS)
    if "name" in values:
        values["name"] = _named(values["name"])
    if "query" in values:
        values["query"] = _lasting(actor, view.page, values["query"])
    if {"is_shared", "product", "is_default"} & values.keys():
        values |= _audience(actor, view, values)
    return update(view, values, events.VIEW_CHANGED, seen=seen, merge=merge)


@acts
def delete_view(*, actor: User, view: SavedView, seen: int | None = None) -> None:
    """The view is gone from the tabs of all who had it."""
    must(can_change_view(actor, view), NOT_YOURS)
    remove(view, events.VIEW_DELETED, seen=seen)


@acts
def restore_view(*, actor: User, view: SavedView) -> SavedView:
    """The view is back among the tabs; what its product's list opens with by now stays."""
    must(can_change_view(actor, view), NOT_YOURS)
    return update(view, {"deleted_at": None, "is_default": False}, events.VIEW_RESTORED)


def pin_view(*, actor: User, view: SavedView, is_pinned: bool = True) -> None:
    """Whether the person has the view at hand beside every page. Everybody's own affair, so no event tells of it."""
    with write_lock():
        if is_pinned:
            PinnedView.objects.bulk_create([PinnedView(user_id=actor.pk, view=view)], ignore_conflicts=True)
        else:
            PinnedView.objects.visible_to(actor).filter(view=view).delete()


def _audience(actor: User, view: SavedView, values: dict[str, Any]) -> dict[str, Any]:
    """Whom the view is for from now on, checked; room is made for a default."""
    product = values.get("product", view.product)
    is_shared = product is not None or values.get("is_shared", view.is_shared)
    is_same = product is not None and product.pk == view.product_id
    is_default = values.get("is_default", view.is_default and is_same)
    wanted = SavedView(pk=view.pk, owner_id=view.owner_id, page=view.page, product=product, is_shared=is_shared, is_default=is_default)
    if (wanted.product_id, is_shared, is_default) != (view.product_id, view.is_shared, view.is_default):
        _check_audience(actor, wanted)
    _make_room(wanted)
    return {"product": product, "is_shared": is_shared, "is_default": is_default}


def _check_audience(actor: User, view: SavedView) -> None:
    """Refuse who may not share with these people, or set what these people's list opens with."""
    if view.product_id is not None and not can_see_product(actor, view.product_id):
        raise OutOfSight("There is no such product, or it is not yours to see.")
    if view.product_id is None:
        must(can_write_everywhere(actor), "This token is for one product. Share the view with the people of that product.")
    if view.is_shared:
        must(can_share_views(actor), "Only members of the organisation share views.")
    if view.is_default:
        if view.product_id is None:
            sentence = "Only a product's view can be the one its list opens with. Choose the product it is shared with."
            raise RuleBroken(sentence, "is_default")
        must(can_edit_product(actor, view.product_id), "Only owners and editors of the product choose what its list opens with.")


def _make_room(view: SavedView) -> None:
    """The product's former default of this page is one no longer."""
    if view.is_default:
        former = SavedView.objects.alive().filter(product=view.product_id, page=view.page, is_default=True).exclude(pk=view.pk)
        update_many(list(former), {"is_default": False}, events.VIEW_CHANGED)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Give the view a name.", "name")
    if len(name) > 60:
        raise RuleBroken("A name has at most 60 characters.", "name")
    return name


def _lasting(actor: User, page: str, query: str) -> str:
    """The query without what belongs to one visit, true still when things are renamed."""
    if len(query) > LONGEST:
        raise RuleBroken("This list is filtered by more than a view can hold.", "query")
    values = QueryDict(query.lstrip("?"), mutable=True)
    for name in PASSING:
        values.pop(name, None)
    if page in list_pages:
        values = list_pages[page].lasting(actor, values)
    return values.urlencode()

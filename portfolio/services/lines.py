"""Every write of product lines and of the products' places in them."""

from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Product, User
from core.permissions import must_edit
from core.writes import insert, remove, update
from portfolio import events
from portfolio.models import Objective, ProductLine, ProductLineMembership
from portfolio.permissions import can_shape_portfolio, must_shape_portfolio
from portfolio.services.checks import check_fields

EDITABLE = frozenset({"name", "purpose", "leader", "parent"})


@acts
def create_line(*, actor: User, name: str, **values: Any) -> ProductLine:
    """A line, at the top or inside another one."""
    must_shape_portfolio(actor)
    values["name"] = name
    _check(None, values)
    return insert(ProductLine(**values), events.LINE_CREATED)


@acts
def change_line(*, actor: User, line: ProductLine, seen: int | None = None, merge: bool = True, **values: Any) -> ProductLine:
    """Name, purpose, leader and place are as given."""
    must_shape_portfolio(actor)
    _check(line, values)
    return update(line, values, events.LINE_CHANGED, seen=seen, merge=merge)


@acts
def delete_line(*, actor: User, line: ProductLine, seen: int | None = None) -> ProductLine:
    """The line has left every list and its products stand in it no longer. Refused while lines or objectives hang on it."""
    must_shape_portfolio(actor)
    if ProductLine._base_manager.filter(parent=line, deleted_at=None).exists():
        raise RuleBroken("Other lines lie inside this one. Move them first.")
    if Objective._base_manager.filter(line=line, deleted_at=None).exists():
        raise RuleBroken("Objectives belong to this line. Give them another scope first.")
    for place in ProductLineMembership._base_manager.filter(line=line, deleted_at=None):
        remove(place, events.LINE_PRODUCT_REMOVED)
    return remove(line, events.LINE_DELETED, seen=seen)


@acts
def place_product(*, actor: User, product: Product, line: ProductLine, is_home: bool = False) -> ProductLineMembership:
    """The product stands in the line, as its home where `is_home`; a former home becomes an ordinary place.

    The first line a product stands in is its home.
    """
    _must_place(actor, product)
    places = ProductLineMembership._base_manager.filter(product=product, deleted_at=None)
    home = places.filter(is_home=True).first()
    if is_home and home is not None and home.line_id != line.pk:
        update(home, {"is_home": False}, events.LINE_PRODUCT_CHANGED)
    known = places.filter(line=line).first()
    if known is not None:
        return update(known, {"is_home": is_home or known.is_home}, events.LINE_PRODUCT_CHANGED)
    return insert(ProductLineMembership(line=line, product=product, is_home=is_home or home is None), events.LINE_PRODUCT_ADDED)


@acts
def take_product_out(*, actor: User, place: ProductLineMembership) -> ProductLineMembership:
    """The product stands in the line no longer; where that was its home, the oldest of its other places becomes it."""
    _must_place(actor, place.product)
    removed = remove(place, events.LINE_PRODUCT_REMOVED)
    others = ProductLineMembership._base_manager.filter(product_id=place.product_id, deleted_at=None).order_by("pk")
    if place.is_home and (heir := others.first()) is not None:
        update(heir, {"is_home": True}, events.LINE_PRODUCT_CHANGED)
    return removed


def _must_place(actor: User, product: Product) -> None:
    """Who shapes the portfolio places the products they see; the owners and editors of a product place it themselves."""
    if not (can_shape_portfolio(actor) and product.pk in actor.rights.visible):
        must_edit(actor, product.pk)


def _check(line: ProductLine | None, values: dict[str, Any]) -> None:
    """Lines nest one level: a line inside another one holds none itself."""
    check_fields(values, EDITABLE, "A line")
    parent = values.get("parent")
    if parent is None:
        return
    if line is not None and parent.pk == line.pk:
        raise RuleBroken("A line cannot lie inside itself.", "parent")
    if parent.parent_id is not None:
        raise RuleBroken(f"{parent.name} lies inside another line, and lines nest one level deep.", "parent")
    if line is not None and ProductLine._base_manager.filter(parent=line, deleted_at=None).exists():
        raise RuleBroken("Other lines lie inside this one, and lines nest one level deep.", "parent")

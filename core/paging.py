"""Pages of a list in a browser by the place of their last row, never by counting."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core.api.pagination import Order
from core.models import plain

SALT = "page-cursor"


@dataclass(frozen=True)
class Page:
    """The rows of one page, the address of the next one and of the first; empty where there is none or this is it."""

    rows: list[Model]
    next_url: str
    first_url: str


def page_of(request: HttpRequest, rows: QuerySet, order: Order, size: int = 50) -> Page:
    """The rows in this order beyond the place the address names in `after`; an unreadable place begins again."""
    place = _place(request, order)
    found: list[Model] = []
    for part in order.ranges(place):
        found += rows.filter(part).order_by(*order.by())[: size + 1 - len(found)]
        if len(found) > size:
            break
    next_url = ""
    if len(found) > size:
        last = found[size - 1]
        text = signing.dumps([order.name, plain(order.field, getattr(last, order.field.attname)), last.pk], salt=SALT)
        next_url = _address(request, after=text)
    return Page(found[:size], next_url, _address(request, after=None) if place is not None else "")


def _place(request: HttpRequest, order: Order) -> tuple[Any, int] | None:
    try:
        name, value, pk = signing.loads(request.GET.get("after", ""), salt=SALT)
        return (order.field.to_python(value), pk) if name == order.name else None
    except (signing.BadSignature, ValueError, TypeError, ValidationError):
        return None


def _address(request: HttpRequest, after: str | None) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    if after is not None:
        query["after"] = after
    return f"{request.path}?{query.urlencode()}"

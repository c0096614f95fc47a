"""Pages of a list by the place of their first row, never by counting."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError as Unreadable
from django.db.models import Field, Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.models import plain
from core.models.ordering import DescNullsLast

SALT = "api-cursor"
DEFAULT_LIMIT, HIGHEST_LIMIT = 50, 200


@dataclass(frozen=True)
class Order:
    """A column in one direction, blanks last, ties by id.

    The direction of the ties is that of the index that serves the order: a column with blanks is indexed as (descending, id) and
    read backwards for the ascending order; one without as (ascending, id). Each range is one scan of that index.
    """

    name: str
    field: Field
    is_descending: bool

    @property
    def ids_descend(self) -> bool:
        return self.is_descending != self.field.null

    def by(self) -> tuple:
        """The terms of ORDER BY."""
        tie = "-pk" if self.ids_descend else "pk"
        if self.field.primary_key:
            return (tie,)
        if not self.field.null:
            return ("-" * self.is_descending + self.field.name, tie)
        blanks_last = DescNullsLast(self.field.name)
        return (blanks_last if self.is_descending else blanks_last.reverse_ordering(), tie)

    def ranges(self, place: tuple[Any, int] | None) -> Iterator[Q]:
        """The rows beyond `place` (value, id) as ranges to be read one after the other; all rows where there is no place yet."""
        name = self.field.name
        if place is None and (self.is_descending or not self.field.null):
            yield Q()
            return
        if place is None:
            yield Q(**{f"{name}__isnull": False})
            yield Q(**{f"{name}__isnull": True})
            return
        value, pk = place
        beyond_id = Q(pk__lt=pk) if self.ids_descend else Q(pk__gt=pk)
        if self.field.primary_key:
            yield beyond_id
        elif value is None:
            yield Q(**{f"{name}__isnull": True}) & beyond_id
        else:
            way = "lt" if self.is_descending else "gt"
            yield Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | beyond_id)
            if self.field.null:
                yield Q(**{f"{name}__isnull": True})


class KeysetPagination(BasePagination):
    """`?limit=50&order=-score&cursor=…` answers `{"items": […], "next": url or null}` and the same address as a `Link` header."""

    def paginate_queryset(self, queryset: QuerySet, request, view=None) -> list[Model]:
        """The rows of one page, and one statement more where it reaches into the rows with a blank."""
        limit = self._limit(request)
        order = view.order()
        rows: list[Model] = []
        for part in order.ranges(self._place(request, order)):
            rows += queryset.filter(part).order_by(*order.by())[: limit + 1 - len(rows)]
            if len(rows) > limit:
                break
        self.next = None
        if len(rows) > limit:
            last = rows[limit - 1]
            text = signing.dumps([order.name, plain(order.field, getattr(last, order.field.attname)), last.pk], salt=SALT)
            self.next = replace_query_param(request.build_absolute_uri(), "cursor", text)
        return rows[:limit]

    def get_paginated_response(self, data) -> Response:
        headers = {"Link": f'<{self.next}>; rel="next"'} if self.next else {}
        return Response({"items": data, "next": self.next}, headers=headers)

    def get_paginated_response_schema(self, schema: dict) -> dict:
        following = {"type": ["string", "null"], "format": "uri", "description": "The address of the next page; null on the last one."}
        return {"type": "object", "required": ["items", "next"], "properties": {"items": schema, "next": following}}

    def _limit(self, request) -> int:
        given = request.query_params.get("limit", str(DEFAULT_LIMIT))
        if not (given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= HIGHEST_LIMIT):
            raise ValidationError({"limit": f"A page has 1 to {HIGHEST_LIMIT} rows."})
        return int(given)

    def _place(self, request, order: Order) -> tuple[Any, int] | None:
        given = request.query_params.get("cursor")
        if given is None:
            return None
        try:
            name, value, pk = signing.loads(given, salt=SALT)
            if name != order.name:
                raise ValidationError({"cursor": "This cursor belongs to another order. Begin again without it."})
            return order.field.to_python(value), pk
        except (signing.BadSignature, ValueError, TypeError, Unreadable) as error:
            raise ValidationError({"cursor": "This cursor is not one of ours. Begin again without it."}) from error

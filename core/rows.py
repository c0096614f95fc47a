"""Rows of lists as their columns alone: making a model of each costs more than reading it."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import ValuesIterable


class Row(SimpleNamespace):
    """A row's columns by name, a related row's as `product__key`."""

    @property
    def pk(self) -> int:
        return self.id


class RowIterable(ValuesIterable):
    """Makes `values()` yield rows."""

    def __iter__(self) -> Iterator[Any]:
        return map(Row, super().__iter__())


def as_rows(rows: QuerySet, columns: Iterable[str]) -> QuerySet:
    """The same rows with the id and these columns, each a `Row`; what was joined for models is not read."""
    found = rows.values(*sorted({"id", *columns}))
    found._iterable_class = RowIterable
    return found

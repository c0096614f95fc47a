"""Rows of lists as their columns alone: making a model of each costs more than reading it."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import ValuesIterable

from core.prepared import prepared_by_asker


class Row(SimpleNamespace):
    """A row's columns by name, a related row's as `product__key`."""

    @property
    def pk(self) -> int:
        return self.id


class RowIterable(ValuesIterable):
    """Makes `values()` yield rows."""

    def __iter__(self) -> Iterator[Any]:
        return (Row(**values) for values in super().__iter__())


def as_rows(rows: QuerySet, columns: Iterable[str]) -> QuerySet:
    """The same rows with the id and these columns, each a `Row`; what was joined for models is not read."""
    found = rows.values(*sorted({"id", *columns}))
    found._iterable_class = RowIterable
    return found


@cache
def whole_rows(output: Any, joins: tuple[str, ...]) -> QuerySet:
    """The rows an output of the API speaks of, as models with what it joins and what hangs on them; rights are still to be applied.

    Made once: building a statement takes as long as its answer.
    """
    rows = output.Meta.model.objects.annotate(**output.hanging)
    return rows.select_related(*joins) if joins else rows


@lru_cache(maxsize=256)  # whoever asks chooses the columns
def rows_of_columns(output: Any, columns: frozenset[str]) -> QuerySet:
    """The same rows as these columns alone."""
    hanging = {name: said for name, said in output.hanging.items() if name in columns}
    return as_rows(output.Meta.model.objects.annotate(**hanging), columns)


row_of_columns = prepared_by_asker(
    lambda value, user, output, columns, by: rows_of_columns(output, columns).visible_to(user).filter(**{by: value}).order_by()
)

"""Which rows of a list are wanted: `field`, `field__gte`… from a list each resource declares; anything else is refused by name."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from django.db.models import Field, Model, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.field_mapping import ClassLookupDict

LOOKUPS = {
    "exact": "equal to this",
    "gt": "greater than this",
    "gte": "this or greater",
    "lt": "less than this",
    "lte": "this or less",
    "in": "one of these, separated by commas",
    "isnull": "true: blank; false: filled",
    "contains": "contains this text, in any case",
}
MOST_VALUES = 200  # in one `in`
COMPARED = ("exact", "gt", "gte", "lt", "lte")


class Filter:
    """A family of query parameters over one column: `Filter("exact", "in")`; `path` where the column is named differently.

    `narrow(rows, user, value)` replaces the comparison where it is none of one column; it may raise a `ValidationError`.
    """

    def __init__(
        self,
        *lookups: str,
        path: str = "",
        reads: serializers.Field | None = None,
        narrow: Callable[[QuerySet, Any, Any], QuerySet] | None = None,
    ):
        self.lookups = lookups or ("exact",)
        self.path, self.reads, self.narrow = path, reads, narrow

    def parameters(self, name: str) -> dict[str, str]:
        """The lookup of each parameter of the family."""
        return {name if lookup == "exact" else f"{name}__{lookup}": lookup for lookup in self.lookups}

    def field(self, model: type[Model], name: str, lookup: str) -> serializers.Field:
        """The field that reads the parameter's value."""
        if lookup == "isnull":
            return serializers.BooleanField()
        one = self.reads or value_field(model, self.path or name)
        if lookup == "in":
            return ListOf(child=deepcopy(one), max_length=MOST_VALUES)
        return serializers.CharField(max_length=200) if lookup == "contains" else one

    def apply(self, rows: QuerySet, user, name: str, lookup: str, value: Any) -> QuerySet:
        """The rows that pass."""
        if self.narrow is not None:
            return self.narrow(rows, user, value)
        spoken = "icontains" if lookup == "contains" else lookup
        return rows.filter(**{f"{self.path or name}__{spoken}": value})


class ListOf(serializers.ListField):
    """Values separated by commas."""

    def to_internal_value(self, data):
        return super().to_internal_value(data.split(",") if isinstance(data, str) else data)


@cache
def value_field(model: type[Model], path: str) -> serializers.Field:
    """A field that reads one value of the column at `path` (`status`, `product__key`); a relation is read as the other row's id."""
    column: Any = None
    for part in path.split("__"):
        column = (column.related_model if column is not None else model)._meta.get_field(part)
    return _reader(column.target_field if column.is_relation else column)


def _reader(column: Field) -> serializers.Field:
    if column.choices:
        return serializers.ChoiceField(choices=column.choices)
    kind = ClassLookupDict(serializers.ModelSerializer.serializer_field_mapping)[column]
    if issubclass(kind, serializers.DecimalField):
        return kind(max_digits=column.max_digits, decimal_places=column.decimal_places)
    if issubclass(kind, serializers.IntegerField):
        return kind(min_value=-(2**63), max_value=2**63 - 1)
    return kind()


def known_parameters(model: type[Model], filters: dict[str, Filter]) -> dict[str, tuple[str, Filter, str]]:
    """(name, filter, lookup) of every parameter a list knows."""
    return {parameter: (name, family, lookup) for name, family in filters.items() for parameter, lookup in family.parameters(name).items()}


def narrowed(rows: QuerySet, request: Request, filters: dict[str, Filter]) -> QuerySet:
    """The rows the request's parameters ask for. Raises one `ValidationError` that names every unreadable value."""
    errors = {}
    for parameter, (name, family, lookup) in known_parameters(rows.model, filters).items():
        given = request.query_params.get(parameter)
        if given is None:
            continue
        try:
            value = family.field(rows.model, name, lookup).run_validation(given)
            rows = family.apply(rows, request.user, name, lookup, value)
        except serializers.ValidationError as error:
            errors[parameter] = error.detail
    if errors:
        raise ValidationError(errors)
    return rows


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Refuse parameters nobody reads: a misspelt filter must not answer with everything."""
    if unknown := sorted(set(request.query_params) - known):
        names = ", ".join(sorted(known)) or "none"
        raise ValidationError({name: f"There is no parameter “{name[:60]}” here. Known are: {names}." for name in unknown})

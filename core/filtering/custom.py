"""Custom fields as what lists are filtered by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Exists, OuterRef, Q

from core import custom_fields
from core.filtering.fields import NONE, Day, Field, Kind, Number, Option, Reader, Rows, Text
from core.filtering.syntax import Compare, FilterError
from core.models import CustomField, CustomValue, User

YES_OR_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class OneOf(Kind):
    """One of the choices a custom field offers, by its name, or by `#id`, which stays when it is renamed."""

    field: CustomField

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        wanted = [self._choice(value) for value in test.values]
        known = Q(**{f"{path}__in": [choice for choice in wanted if choice is not None]})
        return known | Q(**{f"{path}__isnull": True}) if None in wanted else known

    def spoken(self, value: str, reader: Reader) -> str:
        choice = self._choice(value)
        return "nothing" if choice is None else self.field.choice_label(choice)

    def lasting(self, value: str, reader: Reader) -> str:
        choice = self._choice(value)
        return NONE if choice is None else f"#{choice}"

    def options(self, chosen: Sequence[str], reader: Reader, most: int) -> list[Option] | None:
        wanted = {self._known(value) for value in chosen}
        labels = [(choice["id"], choice["label"], choice["label"]) for choice in self.field.choices]
        return [Option(value, label, pk in wanted) for pk, value, label in [*labels, (None, NONE, "Nothing")]]

    def _known(self, given: str) -> int | str | None:
        try:
            return self._choice(given)
        except FilterError:
            return given

    def _choice(self, given: str) -> int | None:
        for choice in self.field.choices:
            if given.casefold() in (choice["label"].casefold(), f"#{choice['id']}"):
                return choice["id"]
        if given.casefold() == NONE:
            return None
        known = ", ".join(choice["label"] for choice in self.field.choices)
        raise FilterError(f"“{given}” is not known here. Known are: {known}, none.")


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes, no, or neither said."""

    operators: ClassVar[tuple[str, ...]] = (":",)

    def condition(self, path: str, test: Compare, reader: Reader) -> Q:
        return Q(*(self._one(path, value.casefold()) for value in test.values), _connector=Q.OR)

    def options(self, chosen: Sequence[str], reader: Reader, most: int) -> list[Option] | None:
        wanted = {value.casefold() for value in chosen}
        return [Option(value, label, value in wanted) for value, label in (("yes", "Yes"), ("no", "No"), (NONE, "Nothing"))]

    def _one(self, path: str, value: str) -> Q:
        if value == NONE:
            return Q(**{f"{path}__isnull": True})
        if value not in YES_OR_NO:
            raise FilterError(f"“{value}” is neither yes nor no.")
        return Q(**{path: YES_OR_NO[value]})


def custom_filter(field: CustomField) -> Field:
    """What a list is filtered by under the field's word."""
    return Field(field.key, field.label, _kind(field), custom_fields.alias(field), reads=lambda reader: custom_fields.held(field))


def _kind(field: CustomField) -> Kind:
    match field.kind:
        case CustomField.Kind.NUMBER | CustomField.Kind.MONEY:
            return Number()
        case CustomField.Kind.DATE:
            return Day()
        case CustomField.Kind.CHOICE:
            return OneOf(field)
        case CustomField.Kind.PERSON:
            return Rows(User, "person", nothing="nobody", through=_naming(field))
        case CustomField.Kind.FLAG:
            return YesNo()
    return Text()


def _naming(field: CustomField):
    """Rows whose field names any of these people; with none of them, nobody."""
    values = CustomValue._base_manager.filter(field=field, subject_id=OuterRef("pk"), deleted_at=None, person__isnull=False)

    def through(ids: Sequence[int] | None) -> Q:
        return ~Q(Exists(values)) if ids is None else Q(Exists(values.filter(person__in=ids)))

    return through

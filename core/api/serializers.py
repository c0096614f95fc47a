"""How rows leave the API, fast, and how values come in, checked against what their sender may see."""

from collections.abc import Callable, Collection, Mapping
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import Model
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from core.prepared import prepared_by_asker
from core.registry import subjects
from core.rows import Row
from core.sql import Anything, AsList

Reader = tuple[str, Callable[[Any], Any], Callable[[Any], Any] | None]
# Their model values are their JSON values already.
PLAIN = (serializers.CharField, serializers.IntegerField, serializers.FloatField, serializers.BooleanField, serializers.JSONField)


class Output(serializers.ModelSerializer):
    """What a resource answers. Fields are read by a list of getters compiled once: DRF's own path is three quarters of a list's time.

    Relations are ids (`owner`), or another column of the related row (a product's key) as a declared `SlugRelatedField`.
    `expandable` names relations whose rows `?expand=` adds under `expanded`; `hanging` are the fields that list what hangs on a row,
    as JSON made by the database. `added` ones of these only say whether there is anything: what it is is read for all such rows of an
    answer at once, as the reader sees it, by (user, ids) → {id: value}; it is an empty object for the others. Fields of a class the reader
    does not see are null. Method fields see the row alone: compiled fields know no request.
    """

    expandable: ClassVar[dict[str, type["Output"]]] = {}
    hanging: ClassVar[dict[str, AsList | Anything]] = {}
    added: ClassVar[dict[str, Callable[[Any, Collection[int]], Mapping[int, Any]]]] = {}

    def get_fields(self):
        fields = super().get_fields()
        for name in field_classes(self.Meta.model):
            if name in fields:
                fields[name].allow_null = True
        return fields

    def to_representation(self, row: Model) -> dict[str, Any]:
        return _spelt(row, self._readers)

    @property
    def _readers(self) -> tuple[Reader, ...]:
        context = self.context
        return readers(type(self), context["hidden"], context.get("fields"), context.get("expand", frozenset()))


def _spelt(row: Any, readers: tuple[Reader, ...]) -> dict[str, Any]:
    # In one expression: a call for each value would be a fifth of a list's time.
    return {name: value if (value := get(row)) is None or spell is None else spell(value) for name, get, spell in readers}


def field_classes(model: type[Model]) -> dict[str, str]:
    """The class (`identity`, `revenue`, `internal`) of the model's fields that not everybody sees."""
    subject = subjects.get(model._meta.label_lower)
    return subject.classes if subject else {}


def hidden_classes(user) -> frozenset[str]:
    """The field classes this person does not see."""
    return frozenset(name for name in ("identity", "revenue", "internal") if not user.rights.sees(name))


@cache
def field_names(output: type[Output]) -> frozenset[str]:
    """What `?fields=` may name."""
    return frozenset(output().fields)


@lru_cache(maxsize=256)  # whoever asks chooses the fields
def readers(
    output: type[Output], hidden: frozenset[str], fields: frozenset[str] | None = None, expand: frozenset[str] = frozenset()
) -> tuple[Reader, ...]:
    """(name, getter, spelling or None) for each field of the output that is wanted; hidden fields read as null."""
    masked = masked_fields(output.Meta.model, hidden)
    found: list[Reader] = []
    for name, field in output().fields.items():
        if fields is None or name in fields:
            spell = None if name in output.hanging else _speller(field)
            found.append((name, _nothing, None) if name in masked else (name, _getter(_source(field)), spell))
    if expand:
        nested = tuple((name, attrgetter(name), _spelling(readers(output.expandable[name], hidden))) for name in sorted(expand))
        found.append(("expanded", _itself, _spelling(nested)))
    return tuple(found)


@lru_cache(maxsize=256)
def columns(output: type[Output], hidden: frozenset[str], fields: frozenset[str] | None) -> frozenset[str] | None:
    """The columns from which all wanted fields can be read, with what hangs on the rows; None where a field takes more than columns."""
    model = output.Meta.model
    masked = masked_fields(model, hidden)
    known = {field.attname for field in model._meta.concrete_fields} | set(output.hanging)
    wanted = {_source(field) for name, field in output().fields.items() if name not in masked and (fields is None or name in fields)}
    if any("__" not in source and source not in known for source in wanted):
        return None
    return frozenset(wanted)


def masked_fields(model: type[Model], hidden: frozenset[str]) -> frozenset[str]:
    """The fields of the model that are of a hidden class."""
    return frozenset(name for name, kind in field_classes(model).items() if kind in hidden)


def _source(field: serializers.Field) -> str:
    """Where the field's value stands: a column, `relation__column`, an attribute of the model, or `*`."""
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return f"{field.source}_id"
    if isinstance(field, serializers.SlugRelatedField):
        return f"{field.source}__{field.slug_field}"
    return field.source


def _speller(field: serializers.Field) -> Callable[[Any], Any] | None:
    """How the value is spelt where its own is not JSON."""
    if isinstance(field, serializers.RelatedField):
        return None
    if type(field) is serializers.DateTimeField:
        return _moment
    if type(field) is serializers.DecimalField:
        return f"{{:.{field.decimal_places}f}}".format
    is_plain = isinstance(field, PLAIN) or type(field) is serializers.ChoiceField
    return None if is_plain else field.to_representation


def _getter(source: str) -> Callable[[Any], Any]:
    """Reads the source from a model, or from a row that has it as a column."""
    if source == "*":
        return _itself
    if "__" not in source:
        return attrgetter(source)
    relation, _, column = source.partition("__")

    def through(row):
        if isinstance(row, Row):
            return getattr(row, source)
        other = getattr(row, relation)
        return None if other is None else getattr(other, column)

    return through


def _spelling(nested: tuple[Reader, ...]) -> Callable[[Any], dict[str, Any]]:
    return lambda row: _spelt(row, nested)


def _moment(value) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _itself(row):
    return row


def _nothing(row):
    return None


seen_row = prepared_by_asker(lambda value, user, model, by: model.objects.visible_to(user).filter(**{by: value}).order_by())


class VisibleField(serializers.SlugRelatedField):
    """A relation to a row the sender sees; the id of another one is refused as if there were none."""

    default_error_messages = {
        "does_not_exist": "There is no such thing, or it is not yours to see.",
        "invalid": "This is not a valid reference.",
    }

    def __init__(self, *, model: type[Model] | None = None, by: str = "id", **options):
        # DRF's own name for the rows of an automatic relation; the rows really offered are those of `to_internal_value`.
        queryset = options.pop("queryset", None)
        self.model = model or queryset.model
        super().__init__(slug_field=by, queryset=self.model._base_manager.none(), **options)

    def to_internal_value(self, data):
        if isinstance(data, bool | float | list | dict):
            self.fail("invalid")
        try:
            value = self.model._meta.get_field(self.slug_field).get_prep_value(data)
            found = seen_row(value, self.context["request"].user, self.model, self.slug_field)
        except (TypeError, ValueError):
            self.fail("invalid")
        except OverflowError:  # SQLite's word for a number no row can have
            found = []
        if not found:
            self.fail("does_not_exist")
        return found[0]


class Strict:
    """Reads what it knows: unknown fields are refused by name, together with what else is wrong."""

    def to_internal_value(self, data):
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            for name in data:
                if name not in known:
                    offered = f"Known are: {', '.join(known)}." if known else "No field is read."
                    errors[name] = [f"This field cannot be set here. {offered}"]
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return values


class Body(Strict, serializers.Serializer):
    """What an action reads that is not about the fields of one row."""


class Nothing(Body):
    """What an action reads that needs no more said: no field at all."""


class Input(Strict, serializers.ModelSerializer):
    """What a resource reads to make a row. Relations reach visible rows only.

    Uniqueness is the database's affair: a look-up before would tell of rows out of sight.
    """

    serializer_related_field = VisibleField

    def build_standard_field(self, field_name, model_field):
        kind, options = super().build_standard_field(field_name, model_field)
        if "validators" in options:
            options["validators"] = [v for v in options["validators"] if not isinstance(v, UniqueValidator)]
        return kind, options

    def build_relational_field(self, field_name, relation_info):
        kind, options = super().build_relational_field(field_name, relation_info)
        options.pop("view_name", None)
        options.pop("validators", None)
        return kind, options

    def get_validators(self):
        return []


class ChangeInput(Input):
    """What a resource reads to change a row: PUT names every field, PATCH those that change."""

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            field.required = not field.read_only
            field.default = serializers.empty
        return fields

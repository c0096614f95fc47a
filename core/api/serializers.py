"""How rows leave the API, fast, and how values come in, checked against what their sender may see."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import Model
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from core.registry import subjects

Reader = tuple[str, Callable[[Any], Any], Callable[[Any], Any] | None]
# Their model values are their JSON values already.
PLAIN = (serializers.CharField, serializers.IntegerField, serializers.FloatField, serializers.BooleanField, serializers.JSONField)


class Output(serializers.ModelSerializer):
    """What a resource answers. Fields are read by a list of getters compiled once: DRF's own path is three quarters of a list's time.

    Relations are ids (`owner`), or another column of the related row (a product's key) as a declared `SlugRelatedField`.
    `expandable` names relations whose rows `?expand=` adds under `expanded`. Fields of a class the reader does not see are null.
    Method fields see the row alone: compiled fields know no request.
    """

    expandable: ClassVar[dict[str, type["Output"]]] = {}

    def get_fields(self):
        fields = super().get_fields()
        for name in field_classes(self.Meta.model):
            if name in fields:
                fields[name].allow_null = True
        return fields

    def to_representation(self, row: Model) -> dict[str, Any]:
        return {name: _read(row, get, spell) for name, get, spell in self._readers}

    @property
    def _readers(self) -> tuple[Reader, ...]:
        context = self.context
        return readers(type(self), context["hidden"], context.get("fields"), context.get("expand", frozenset()))


def _read(row: Any, get: Callable, spell: Callable | None) -> Any:
    value = get(row)
    return value if spell is None or value is None else spell(value)


def field_classes(model: type[Model]) -> dict[str, str]:
    """The class (`identity`, `revenue`, `internal`) of the model's fields that not everybody sees."""
    subject = subjects.get(model._meta.label_lower)
    return subject.classes if subject else {}


def hidden_classes(user) -> frozenset[str]:
    """The field classes this person does not see."""
    return frozenset(name for name in ("identity", "revenue", "internal") if not user.rights.sees(name))


@cache
def readers(
    output: type[Output], hidden: frozenset[str], fields: frozenset[str] | None = None, expand: frozenset[str] = frozenset()
) -> tuple[Reader, ...]:
    """(name, getter, spelling or None) for each field of the output that is wanted; hidden fields read as null."""
    masked = {name for name, kind in field_classes(output.Meta.model).items() if kind in hidden}
    found: list[Reader] = []
    for name, field in output().fields.items():
        if fields is None or name in fields:
            found.append((name, _nothing, None) if name in masked else (name, *_reader(field)))
    if expand:
        nested = tuple((name, attrgetter(name), _spelling(readers(output.expandable[name], hidden))) for name in sorted(expand))
        found.append(("expanded", _itself, _spelling(nested)))
    return tuple(found)


def _reader(field: serializers.Field) -> tuple[Callable, Callable | None]:
    """How the field's value is read from a row, and how it is spelt where its own value is not JSON."""
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return _getter(f"{field.source}_id"), None
    if isinstance(field, serializers.SlugRelatedField):
        return _getter(f"{field.source}.{field.slug_field}"), None
    get = _itself if field.source == "*" else _getter(field.source)
    if type(field) is serializers.DateTimeField:
        return get, _moment
    is_plain = isinstance(field, PLAIN) or type(field) is serializers.ChoiceField
    return get, None if is_plain else field.to_representation


def _getter(source: str) -> Callable[[Any], Any]:
    if "." not in source:
        return attrgetter(source)
    parts = source.split(".")

    def through(row):
        for part in parts:
            if row is None:
                return None
            row = getattr(row, part)
        return row

    return through


def _spelling(nested: tuple[Reader, ...]) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {name: _read(row, get, spell) for name, get, spell in nested}


def _moment(value) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _itself(row):
    return row


def _nothing(row):
    return None


class VisibleField(serializers.SlugRelatedField):
    """A relation to a row the sender sees; the id of another one is refused as if there were none."""

    default_error_messages = {
        "does_not_exist": "There is no such thing, or it is not yours to see.",
        "invalid": "This is not a valid reference.",
    }

    def __init__(self, *, model: type[Model] | None = None, by: str = "id", **options):
        # DRF's own name for the rows of an automatic relation; the rows really offered are those of `get_queryset`.
        queryset = options.pop("queryset", None)
        self.model = model or queryset.model
        super().__init__(slug_field=by, queryset=self.model._base_manager.none(), **options)

    def get_queryset(self):
        return self.model.objects.visible_to(self.context["request"].user)

    def to_internal_value(self, data):
        if isinstance(data, bool | float | list | dict):
            self.fail("invalid")
        return super().to_internal_value(data)


class Input(serializers.ModelSerializer):
    """What a resource reads to make a row. Unknown fields are refused by name, relations reach visible rows only.

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

    def to_internal_value(self, data):
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = [name for name, field in self.fields.items() if not field.read_only]
            for name in data:
                if name not in known:
                    errors[name] = [f"This field cannot be set here. Known are: {', '.join(known)}."]
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return values


class ChangeInput(Input):
    """What a resource reads to change a row: PUT names every field, PATCH those that change."""

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            field.required = not field.read_only
            field.default = serializers.empty
        return fields

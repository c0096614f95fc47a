"""Custom fields in forms: as inputs of the rows that have them, and how they are made themselves."""

from typing import Any

from django import forms
from django.utils.text import slugify

from core.custom_fields import Cell, Kind, read_given
from core.exceptions import RuleBroken
from core.forms.base import DateInput, ModelForm, dress
from core.models import CustomField, Product, User
from core.permissions import can_keep_custom_fields

EMPTY = "(empty)"  # the choice that says so
YES_OR_NO = [("yes", "Yes"), ("no", "No")]
EMPTIED = object()  # the value where a field of many rows is to be emptied


class CustomInput(forms.Field):
    """A custom field as people fill it; its value is what the services take, None for blank.

    For many rows at once (`is_bulk`) nothing chosen leaves it as it is, and `EMPTIED` is its value where it is to be emptied.
    """

    def __init__(self, field: CustomField, user: User, cell: Cell | None = None, is_bulk: bool = False):
        self.custom, self.user, self.is_bulk = field, user, is_bulk
        super().__init__(label=field.label, required=False, widget=self._widget(cell))
        self.widget.attrs |= {"title": field.hint} if field.hint else {}
        dress(self)

    def clean(self, value: Any) -> Any:
        """What was typed, read. Raises `ValidationError` with the sentence of what is wrong."""
        if self.is_bulk and value == EMPTY and isinstance(self.widget, forms.Select):
            return EMPTIED
        try:
            return read_given(self.custom, value, self.user)
        except RuleBroken as error:
            raise forms.ValidationError(str(error)) from error

    def _widget(self, cell: Cell | None) -> forms.Widget:
        match self.custom.kind:
            case Kind.NUMBER | Kind.MONEY:
                return forms.NumberInput(attrs={"step": "any"})
            case Kind.DATE:
                return DateInput()
            case Kind.CHOICE:
                return self._select([(choice["label"], choice["label"]) for choice in self.custom.choices])
            case Kind.PERSON:
                people = User.objects.visible_to(self.user).filter(is_active=True).order_by("name", "pk").values_list("pk", "name")
                known = {str(pk): name for pk, name in people}
                held = {str(cell.value): cell.name} if cell is not None and cell.value is not None else {}
                return self._select([*{**held, **known}.items()])
            case Kind.FLAG:
                return self._select(YES_OR_NO)
        return forms.TextInput(attrs={"maxlength": 500})

    def _select(self, choices: list[tuple[str, str]]) -> forms.Select:
        nothing = f"No {self.custom.label[:1].lower()}{self.custom.label[1:]}"
        first = [("", "Leave as it is"), (EMPTY, nothing)] if self.is_bulk else [("", nothing)]
        return forms.Select(choices=[*first, *choices])


class NewCustomFieldForm(ModelForm):
    """A new field of rows of a kind."""

    kind = forms.ChoiceField(label="Holds", choices=Kind.choices)
    product = forms.ModelChoiceField(Product.objects.none(), label="Features of", required=False, empty_label="Every product")
    key = forms.CharField(
        label="Word", max_length=40, required=False,
        help_text="What filters, imports and the API call it, for good: risk_level. Left out, it is made of the name.",
    )  # fmt: skip
    choices = forms.CharField(
        label="Choices", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="One a line, for a field of choices."
    )

    field_order = ("label", "kind", "choices", "product", "key", "hint", "is_internal")

    class Meta:
        model = CustomField
        fields = ("label", "hint", "is_internal")
        labels = {"label": "Name", "hint": "What it is for", "is_internal": "Kept from guests"}

    choices_for = {"product": lambda user: Product.objects.visible_to(user).filter(pk__in=_kept_by(user), archived_at=None)}

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        if not can_keep_custom_fields(user, None):
            self.fields["product"].required, self.fields["product"].empty_label = True, "Choose one"

    def clean(self) -> dict[str, Any]:
        """With a word, where none was given."""
        given = super().clean() or self.cleaned_data
        made = slugify(given.get("label", "")).replace("-", "_").lstrip("_0123456789")[:30]  # behind the key of a product
        given["key"] = given.get("key") or made
        return given

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        lines = self.cleaned_data.get("choices", "").splitlines()
        names = ("label", "kind", "product", "key", "hint", "is_internal")
        return {name: self.cleaned_data[name] for name in names} | {"choices": [line for line in lines if line.strip()]}


class CustomFieldForm(ModelForm):
    """What may change of a field: each choice with its name and its place; one left without a name is taken away."""

    position = forms.IntegerField(label="Place among the fields", min_value=0, max_value=9_999)
    more = forms.CharField(label="More choices", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="One a line.")

    class Meta:
        model = CustomField
        fields = ("label", "hint", "is_internal", "position")
        labels = NewCustomFieldForm.Meta.labels

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.kind != Kind.CHOICE:
            del self.fields["more"]
            return
        for place, choice in enumerate(self.instance.choices, start=1):
            self._add(f"name_{choice['id']}", forms.CharField(label=f"Choice {place}", max_length=60, required=False), choice["label"])
            self._add(f"place_{choice['id']}", forms.IntegerField(label=f"Place of {choice['label']}", min_value=1, max_value=999), place)

    def _add(self, name: str, field: forms.Field, initial: Any) -> None:
        dress(field)
        self.fields[name], self.initial[name] = field, initial

    @property
    def facts(self) -> list[forms.BoundField]:
        """The field's own inputs."""
        return [self[name] for name in self._meta.fields]

    @property
    def choices(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """(name, place) of each choice there is."""
        return [(self[name], self[f"place_{name.removeprefix('name_')}"]) for name in self.fields if name.startswith("name_")]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = super().values()
        if self.instance.kind == Kind.CHOICE:
            given = self.cleaned_data
            kept = [choice["id"] for choice in self.instance.choices if given.get(f"name_{choice['id']}")]
            kept.sort(key=lambda pk: given[f"place_{pk}"])
            values["choices"] = [{"id": pk, "label": given[f"name_{pk}"]} for pk in kept]
            values["choices"] += [{"label": line} for line in given["more"].splitlines() if line.strip()]
        return values


def _kept_by(user: User) -> frozenset[int]:
    """The products whose fields this person keeps."""
    return frozenset(pk for pk in user.rights.visible if can_keep_custom_fields(user, pk))

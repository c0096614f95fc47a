"""Forms of pages: they read and check input, and save nothing."""

from django import forms
from django.http import QueryDict

from core.exceptions import RuleBroken
from core.models import ScopedQuerySet

CONTROLS = {
    forms.TextInput: "form-control",
    forms.NumberInput: "form-control",
    forms.EmailInput: "form-control",
    forms.DateInput: "form-control",
    forms.Textarea: "form-control",
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
    forms.CheckboxInput: "form-check-input",
}


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


def dress(field: forms.Field) -> None:
    """Give the control the class of our components."""
    for widget, css in CONTROLS.items():
        if isinstance(field.widget, widget):
            field.widget.attrs.setdefault("class", css)


class Dressed:
    """Gives every control the class of our components; choices of rows come from what the person may see."""

    # field name → function(user) answering the queryset to choose from
    choices_for: dict = {}

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name, rows in self.choices_for.items():
            if name in self.fields:
                queryset: ScopedQuerySet = rows(user)
                self.fields[name].queryset = queryset
        for field in self.fields.values():
            dress(field)


class Form(Dressed, forms.Form):
    """A form that is no model's."""

    def values(self) -> dict:
        """What a service takes of it."""
        return self.cleaned_data


class ModelForm(Dressed, forms.ModelForm):
    """A form over a model's fields; carries the version the page was drawn from.

    `is_valid` checks fields, not the database's constraints: the service's write does, once, with the same sentences.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def full_clean(self):
        """Read what was sent. A conflict is answered for the fields in question alone; a form's own `__init__` still met all of them."""
        if isinstance(self.data, QueryDict) and (asked := self.data.getlist("only")):
            self.fields = {name: field for name, field in self.fields.items() if name in (*asked, "version")}
        super().full_clean()

    def _post_clean(self):
        """Leave the instance alone: the service compares the cleaned values with what is stored."""

    def values(self) -> dict:
        """The cleaned values of the model's own fields."""
        return {name: value for name, value in self.cleaned_data.items() if name in (self._meta.fields or ())}


def blame(form: forms.BaseForm, error) -> None:
    """Put a broken rule where the person looks: at the field at fault, or above the form. Any other refusal is no fault of the form."""
    if not isinstance(error, RuleBroken):
        raise error
    name = getattr(error, "field", None)
    form.add_error(name if name in form.fields else None, str(error))

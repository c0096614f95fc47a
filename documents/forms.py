"""Reading and checking what people type about documents and templates."""

from django import forms

from core.forms import Form, ModelForm
from documents.models import Template
from documents.sections import LONGEST, read_sections
from roadmaps.models import Feature


class DocumentForm(Form):
    """A new document: of which template, about which feature, named by its key."""

    feature = forms.ModelChoiceField(
        queryset=Feature.objects.none(),
        to_field_name="key",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "PAY-42"}),
        help_text="The key of a feature you may edit.",
        error_messages={"invalid_choice": "There is no such feature, or you may not edit its product."},
    )
    template = forms.ModelChoiceField(queryset=Template.objects.none(), empty_label=None)

    choices_for = {
        "template": lambda user: Template.objects.visible_to(user),
        "feature": lambda user: Feature.objects.visible_to(user).filter(product_id__in=user.rights.editable),
    }


class TextForm(Form):
    """The document's whole text, and the revision it was begun from."""

    text = forms.CharField(required=False, strip=False, widget=forms.Textarea, label="Text")
    based_on = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def clean_text(self):
        """The sections of the text."""
        try:
            return read_sections(self.cleaned_data["text"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class DraftForm(Form):
    """What is being typed; anything a text field can hold is kept."""

    text = forms.CharField(required=False, strip=False, max_length=LONGEST)
    based_on = forms.IntegerField(min_value=1)


class TemplateForm(ModelForm):
    """Name and purpose of a template; its sections are rows of `SectionFormSet`."""

    class Meta:
        model = Template
        fields = ("name", "purpose")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 2})}


class SectionForm(Form):
    """A section of a template. One without a heading is left out."""

    heading = forms.CharField(max_length=200, required=False)
    guidance = forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}), label="What belongs there")
    is_required = forms.BooleanField(required=False, label="Required")
    position = forms.IntegerField(required=False, min_value=1, max_value=99, label="Place")


class SectionFormSet(forms.formset_factory(SectionForm, extra=2, max_num=40)):
    """The sections of a template, in the order of their places."""

    def sections(self) -> list[dict]:
        """Those with a heading, as the services take them."""
        rows = [(form.cleaned_data.get("position") or 99, form.cleaned_data) for form in self.forms if form.cleaned_data.get("heading")]
        rows.sort(key=lambda row: row[0])
        return [{name: values[name] for name in ("heading", "guidance", "is_required")} for _, values in rows]

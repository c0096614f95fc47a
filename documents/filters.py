"""Which documents a list shows, read from its URL; saves nothing."""

from django import forms
from django.db.models import QuerySet

from core.forms import Form
from documents.models import Document, Template


class DocumentFilter(Form):
    """State and template; a blank choice narrows nothing."""

    state = forms.ChoiceField(choices=[("", "Any state"), *Document.State.choices], required=False)
    template = forms.ModelChoiceField(queryset=Template.objects.none(), required=False, empty_label="Any template")

    choices_for = {"template": lambda user: Template.objects.visible_to(user)}

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The rows asked for; an unreadable choice narrows nothing."""
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**wanted)

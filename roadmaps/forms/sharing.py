"""Reading and checking how a roadmap is shared."""

from typing import Any

from django import forms

from core.forms import DateInput, Form, ModelForm
from roadmaps.models import Audience, ShareLink


class ShareLinkForm(ModelForm):
    """A link: to whom, under which title, until when, behind which password, and in whose pages it may stand."""

    link_password = forms.CharField(
        label="Password", max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Asked for before anything is shown. It is kept as a digest: note it down.",
    )  # fmt: skip
    pages = forms.CharField(
        label="May stand in pages of", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Addresses like https://www.example.com, one a line. Without any it stands in no page.",
    )  # fmt: skip

    class Meta:
        model = ShareLink
        fields = ("audience", "title", "ends_on", "takes_answers")
        widgets = {"ends_on": DateInput()}
        labels = {"audience": "Shown to", "title": "Title outside", "ends_on": "Last day", "takes_answers": "Visitors may leave feedback"}
        help_texts = {
            "ends_on": "Without one it holds until you revoke it.",
            "takes_answers": "What they write to an item arrives in the feedback inbox. You can change this at any time.",
        }

    choices_for = {"audience": lambda user: Audience.objects.visible_to(user)}

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        pages = [line.strip().rstrip("/").lower() for line in self.cleaned_data["pages"].split("\n")]
        return super().values() | {"password": self.cleaned_data["link_password"], "embeds": [page for page in pages if page]}


class LinkPasswordForm(Form):
    """The password of a link."""

    password = forms.CharField(label="Password", max_length=100, widget=forms.PasswordInput(attrs={"autofocus": True}), strip=False)

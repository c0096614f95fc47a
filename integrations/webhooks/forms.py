"""What people type about endpoints."""

from django import forms

from core.forms import ModelForm
from integrations.webhooks.models import WebhookEndpoint


class EndpointForm(ModelForm):
    """Name, address and the events to tell."""

    verbs = forms.CharField(
        required=False,
        label="Events",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One name a line, for instance roadmaps.feature_changed. Empty: all events.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("name", "url", "verbs")
        labels = {"url": "Address"}
        help_texts = {"url": "The https address of a public server."}

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        if instance is not None:
            self.initial["verbs"] = "\n".join(instance.verbs)

    def clean_verbs(self) -> list[str]:
        """The names of events, each once."""
        names = self.cleaned_data["verbs"].split()
        if odd := [name for name in names if len(name) > 64 or not name.replace(".", "").replace("_", "").isalnum()]:
            raise forms.ValidationError(f"“{odd[0][:60]}” is no name of an event.")
        return sorted(set(names))

"""Reading and checking whom a roadmap is shown to."""

from typing import Any

from django import forms

from core.forms import ModelForm
from roadmaps.forms.roadmaps import Boxes
from roadmaps.models import FACTS, Audience


class AudienceForm(ModelForm):
    """An audience and its masks."""

    shows = forms.MultipleChoiceField(
        label="What they see", choices=list(FACTS.items()), required=False, widget=Boxes(),
        help_text="Beside names and dates. What is not ticked never leaves the database for them.",
    )  # fmt: skip

    class Meta:
        model = Audience
        fields = ("name", "shows", "dates", "has_outside_names", "leaves_out")
        labels = {"dates": "Dates are shown", "has_outside_names": "Names for outside in place of our own", "leaves_out": "Left out"}
        help_texts = {
            "has_outside_names": "Where a feature has none, its theme’s stands for it, or “Other work”.",
            "leaves_out": "A filter as on the features page: status:open. What passes it is not there at all.",
        }

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return super().values() | ({"shows": list(self.cleaned_data["shows"])} if "shows" in self.cleaned_data else {})

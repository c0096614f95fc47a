"""Reading and checking what people type about checklists, freezes and calendars."""

from core.forms import DateInput, ModelForm
from core.models import Product
from roadmaps.forms.plan import ReleaseForm, active_people
from roadmaps.models import CalendarFeed, FreezePeriod, LaunchStep, ReleaseItem


class ReleaseItemForm(ModelForm):
    """A line of a launch checklist."""

    class Meta:
        model = ReleaseItem
        fields = ("text", "owner", "days_before", "day")
        labels = {"text": "What is to be done", "days_before": "Days before the release", "day": "Or on a day of its own"}
        help_texts = {"days_before": "Less than zero: after it."}
        widgets = {"day": DateInput()}

    choices_for = {"owner": active_people}


class StepForm(ModelForm):
    """A line that checklists begin with."""

    class Meta:
        model = LaunchStep
        fields = ("text", "days_before")
        labels = {"text": "What is to be done", "days_before": "Days before the release"}
        help_texts = {"days_before": "Less than zero: after it."}


class FreezeForm(ReleaseForm):
    """Days on which nothing is released."""

    class Meta:
        model = FreezePeriod
        fields = ("product", "reason", "starts_on", "ends_on")
        labels = {"reason": "Why", "starts_on": "First day", "ends_on": "Last day"}
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}

    everybody = "All products"


class FeedForm(ModelForm):
    """A calendar for another program."""

    class Meta:
        model = CalendarFeed
        fields = ("name", "product", "has_features")
        labels = {"has_features": "With the days on which features are due"}

    choices_for = {"product": lambda user: Product.objects.visible_to(user)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].empty_label = "Everything I may see"

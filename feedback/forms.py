"""Reading and checking what people type about feedback."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from core import clock
from core.forms import DateInput, Form, ModelForm
from core.models import Product, User
from feedback.models import TRIAGING, Feedback, Importance
from portfolio.models import Account
from roadmaps.models import Feature

MORNING = time(8)


def products(user: User):
    """The products in sight that still live."""
    return Product.objects.visible_to(user).filter(archived_at=None)


class RequestForm(Form):
    """What sales and support write down for a customer: who asks, what and why, how much hangs on it."""

    account = forms.ModelChoiceField(Account._base_manager.none(), required=False, widget=forms.HiddenInput)
    account_name = forms.CharField(
        label="Who asks?", max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "A company"})
    )
    text = forms.CharField(label="What do they need, and why?", max_length=Feedback.LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    importance = forms.ChoiceField(
        label="How important is it to them?", choices=Importance.choices, initial=Importance.IMPORTANT, widget=forms.RadioSelect
    )
    deal_size = forms.DecimalField(
        label="Deal size",
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    deal_closes_on = forms.DateField(label="Expected close", required=False, widget=DateInput())
    person = forms.CharField(
        label="Person", max_length=200, required=False, help_text="A name, and what they do after a comma.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Freja Lund, CFO"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label="What is it?", choices=Feedback.Kind.choices, initial=Feedback.Kind.REQUEST)
    product = forms.ModelChoiceField(Product._base_manager.none(), label="Product", required=False, empty_label="I do not know")
    feature = forms.ModelChoiceField(Feature._base_manager.none(), to_field_name="key", required=False, widget=forms.HiddenInput)

    choices_for = {
        "account": lambda user: Account.objects.visible_to(user),
        "product": products,
        "feature": lambda user: Feature.objects.visible_to(user).select_related("product", "merged_into__product"),
    }

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Settle on an account: the one chosen, else the one of exactly this name, else a new one of it."""
        values = super().clean()
        name = " ".join((values.get("account_name") or "").split())
        chosen = values.get("account")
        if chosen is not None and (not name or name == chosen.name):
            values["account_name"] = ""
        elif name:
            same = list(Account.objects.visible_to(self.user).filter(name__iexact=name)[:2])
            if len(same) > 1:
                self.add_error("account_name", f"More than one account is called {name}. Choose one from the list.")
            values["account"], values["account_name"] = (same[0], "") if len(same) == 1 else (None, name)
        return values

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = dict(self.cleaned_data)
        name, _, job = values.pop("person").partition(",")
        return values | {"person": {"name": name.strip(), "job": job.strip()} if name.strip() else {}}


class VisitorForm(Form):
    """What a visitor of a shared roadmap says to one of its items; who they are is theirs to say."""

    text = forms.CharField(label="What do you need, and why?", max_length=5_000, widget=forms.Textarea(attrs={"rows": 6}))
    name = forms.CharField(label="Your name", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label="Your e-mail address", required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class FactsForm(ModelForm):
    """What a message is about and whose it is."""

    tags = forms.CharField(required=False, max_length=800, help_text="Separated by commas.")

    class Meta:
        model = Feedback
        fields = ("product", "assignee", "kind", "tags")
        labels = {"assignee": "Given to"}

    choices_for = {
        "product": products,
        "assignee": lambda user: User.objects.visible_to(user).filter(is_active=True, role__in=TRIAGING),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].empty_label, self.fields["assignee"].empty_label = "Not sorted yet", "Nobody"
        self.initial["tags"] = ", ".join(self.instance.tags)

    def clean_tags(self) -> list[str]:
        return [tag for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


class LinkForm(Form):
    """Which part of a message speaks for which feature. `sentence` numbers sentences where no script counted characters."""

    feature = forms.CharField(max_length=20, required=False)
    q = forms.CharField(max_length=200, required=False)
    product = forms.ModelChoiceField(Product._base_manager.none(), to_field_name="key", required=False)
    importance = forms.ChoiceField(choices=Importance.choices)
    start = forms.IntegerField(required=False, min_value=0, max_value=Feedback.LONGEST)
    end = forms.IntegerField(required=False, min_value=0, max_value=Feedback.LONGEST)
    sentence = forms.TypedMultipleChoiceField(coerce=int, required=False)

    choices_for = {"product": lambda user: products(user).filter(pk__in=user.rights.editable)}

    def __init__(self, *args, sentences: int = 0, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sentence"].choices = [(number, number) for number in range(sentences)]


class SnoozeForm(Form):
    """Until when a message sleeps: a day, or in how many days."""

    days = forms.IntegerField(required=False, min_value=1, max_value=366)
    until = forms.DateField(required=False, widget=DateInput())

    def moment(self, user: User) -> datetime | None:
        """The morning of that day where the person is; None where no day was given."""
        zone = ZoneInfo(user.timezone)
        day = self.cleaned_data["until"]
        if day is None and self.cleaned_data["days"]:
            day = clock.today(user.timezone) + timedelta(days=self.cleaned_data["days"])
        return None if day is None else datetime.combine(day, MORNING, zone)

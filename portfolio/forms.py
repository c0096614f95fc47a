"""Reading and checking what people type about the portfolio."""

from decimal import Decimal

from django import forms

from core.forms import DateInput, Form, ModelForm
from core.masking import sees_revenue_of
from core.models import Product, User
from portfolio.models import (
    Account,
    InvestmentKind,
    KeyResult,
    Metric,
    Objective,
    Persona,
    ProductLine,
    Segment,
    StatusUpdate,
    Strategy,
    Team,
)
from portfolio.permissions import can_shape_portfolio

HUNDRED = Decimal(100)


def text(rows: int) -> forms.Textarea:
    """A text field of so many rows."""
    return forms.Textarea(attrs={"rows": rows})


def people(user: User):
    """Everybody who can still be given something."""
    return User.objects.visible_to(user).filter(is_active=True)


class PercentField(forms.DecimalField):
    """A share 0..1, typed and shown in per cent."""

    def __init__(self, **options):
        super().__init__(min_value=0, max_value=100, max_digits=4, decimal_places=1, **options)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return f"{(HUNDRED * value).normalize():f}"
        return value

    def clean(self, value):
        cleaned = super().clean(value)
        return None if cleaned is None else cleaned / HUNDRED

    def has_changed(self, initial, data):
        return True


class LineForm(ModelForm):
    class Meta:
        model = ProductLine
        fields = ("name", "purpose", "leader", "parent")
        widgets = {"purpose": text(3)}
        labels = {"parent": "Inside the line"}

    choices_for = {"leader": people, "parent": lambda user: ProductLine.objects.visible_to(user).filter(parent=None)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["parent"].queryset = self.fields["parent"].queryset.exclude(pk=self.instance.pk)


class PlaceForm(Form):
    """A product's place in a line."""

    line = forms.ModelChoiceField(queryset=ProductLine._base_manager.none(), label="Line")
    is_home = forms.BooleanField(required=False, label="This is its home line")

    choices_for = {"line": lambda user: ProductLine.objects.visible_to(user)}


class StrategyForm(ModelForm):
    class Meta:
        model = Strategy
        fields = ("lifecycle", "vision", "value_proposition", "differentiation")
        widgets = {"vision": text(4), "value_proposition": text(4), "differentiation": text(4)}
        labels = {"differentiation": "Why we and not another"}


class PersonaForm(ModelForm):
    class Meta:
        model = Persona
        fields = ("name", "description")
        widgets = {"description": text(3)}


class SegmentForm(ModelForm):
    class Meta:
        model = Segment
        fields = ("name", "description", "owner")
        widgets = {"description": text(3)}

    choices_for = {"owner": people}


class AccountForm(ModelForm):
    """What is known of a company; what the person may not set is not in the form."""

    class Meta:
        model = Account
        fields = ("name", "segment", "plan", "state", "annual_revenue", "owner", "renewal_date", "outside_id")
        widgets = {"renewal_date": DateInput()}
        labels = {"annual_revenue": "Revenue a year", "renewal_date": "Renews on", "outside_id": "Id elsewhere"}
        help_texts = {"outside_id": "The id under which your CRM or help desk knows this company; imports find it by that."}

    choices_for = {"segment": lambda user: Segment.objects.visible_to(user), "owner": people}

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        if not can_shape_portfolio(user):
            del self.fields["owner"]
        if self.instance.pk and not sees_revenue_of(user, self.instance):
            del self.fields["annual_revenue"]


class TeamForm(ModelForm):
    unplanned_share = PercentField(label="Kept for the unplanned, %", initial=Decimal(0))

    class Meta:
        model = Team
        fields = ("name", "lead", "unplanned_share")

    choices_for = {"lead": people}


class CapacityForm(Form):
    """Person-weeks of a team in a quarter."""

    quarter = forms.DateField(widget=forms.HiddenInput)
    person_weeks = forms.DecimalField(min_value=0, max_digits=7, decimal_places=2, label="Person-weeks")


class ObjectiveForm(ModelForm):
    class Meta:
        model = Objective
        fields = ("title", "description", "product", "line", "parent", "owner", "starts_on", "ends_on", "weight")
        widgets = {"description": text(3), "starts_on": DateInput(), "ends_on": DateInput()}
        labels = {"parent": "Serves the objective", "starts_on": "From", "ends_on": "To"}
        help_texts = {"weight": "How much it counts beside the others where features are scored by what they serve."}

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(archived_at=None),
        "line": lambda user: ProductLine.objects.visible_to(user),
        "parent": lambda user: Objective.objects.visible_to(user),
        "owner": people,
    }

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        product, parent = self.fields["product"], self.fields["parent"]
        product.queryset = product.queryset.filter(pk__in=user.rights.editable)
        if can_shape_portfolio(user):
            product.empty_label = self.fields["line"].empty_label = "The organisation"
        else:
            product.required = True
            del self.fields["line"]
        if self.instance.pk:
            parent.queryset = parent.queryset.exclude(pk=self.instance.pk)


class KeyResultForm(ModelForm):
    class Meta:
        model = KeyResult
        fields = ("title", "unit", "direction", "start", "target", "metric")
        labels = {"metric": "Follows the metric"}
        help_texts = {"metric": "Its value is then the metric’s last point. Without one, people check in by hand."}

    choices_for = {"metric": lambda user: Metric.objects.visible_to(user)}


class CheckInForm(Form):
    """Where a key result stands, and how sure somebody is of the target."""

    value = forms.DecimalField(max_digits=18, decimal_places=4)
    confidence = PercentField(required=False, label="Confidence, %")
    note = forms.CharField(required=False, max_length=2000, widget=text(2))


class StatusForm(Form):
    """How something goes, in somebody's words."""

    health = forms.ChoiceField(choices=StatusUpdate.Health, label="It is")
    text = forms.CharField(required=False, max_length=2000, widget=text(2), label="Why")


class MetricForm(ModelForm):
    class Meta:
        model = Metric
        fields = ("name", "definition", "product", "unit", "direction", "owner", "source", "cadence", "normal_low", "normal_high")
        widgets = {"definition": text(3)}
        labels = {"normal_low": "Normal from", "normal_high": "Normal to"}
        help_texts = {"definition": "The formula in words, so that everybody counts the same."}

    choices_for = {"product": lambda user: Product.objects.visible_to(user).filter(archived_at=None), "owner": people}

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        product = self.fields["product"]
        product.queryset = product.queryset.filter(pk__in=user.rights.editable)
        product.required = not can_shape_portfolio(user)
        product.empty_label = None if product.required else "The organisation"


class PointForm(Form):
    """A metric's value on a day."""

    day = forms.DateField(widget=DateInput())
    value = forms.DecimalField(max_digits=18, decimal_places=4)
    note = forms.CharField(required=False, max_length=200, label="What was out of the ordinary")


class SharesForm(Form):
    """Target shares of the kinds of investment, and the ceiling of what is done for deals."""

    ceiling = PercentField(required=False, label="Ceiling of deal-driven work, %")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        targets = {kind.value: PercentField(required=False, label=f"{kind.label}, %") for kind in InvestmentKind}
        self.fields = targets | self.fields
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def targets(self) -> dict[str, Decimal]:
        """The shares that were given."""
        return {kind: self.cleaned_data[kind] for kind in InvestmentKind.values if self.cleaned_data[kind] is not None}

    def ceilings(self) -> dict[str, Decimal]:
        """The ceiling, where one was given."""
        share = self.cleaned_data["ceiling"]
        return {} if share is None else {InvestmentKind.DEAL: share}

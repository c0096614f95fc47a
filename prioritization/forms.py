"""Reading and checking ratings."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms

from core.forms import Form
from prioritization.models import Criterion, ScoringModel
from prioritization.scoring import effort_of


class RatingForm(Form):
    """One person's rating by one criterion."""

    criterion = forms.ModelChoiceField(Criterion.objects.none(), widget=forms.HiddenInput)
    value = forms.DecimalField(max_digits=14, decimal_places=4)

    choices_for = {"criterion": lambda user: Criterion.objects.visible_to(user).filter(kind=Criterion.Kind.RATED)}

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if not value.is_finite():
            raise forms.ValidationError("Enter a number.")
        return value


@dataclass(frozen=True)
class WeightLine:
    """A slider: the criterion, its colour, the weight on it as whole percent and the one that is saved."""

    criterion: Criterion
    field: forms.BoundField
    colour: int
    percent: int
    saved: int


class WeightsForm(Form):
    """A model's method, and a weight per criterion, `w_<key>`; what they add up to is a hundred per cent."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    method = forms.ChoiceField(label="Scores are", choices=ScoringModel.Method.choices, required=False)

    def __init__(self, *args, model: ScoringModel, user, **kwargs):
        self.model = model
        self.criteria = list(Criterion.objects.visible_to(user).filter(model=model))
        super().__init__(*args, initial={"version": model.version, "method": model.method}, **kwargs)
        can = {ScoringModel.Method.VALUE_OVER_EFFORT: effort_of(self.criteria), ScoringModel.Method.FORMULA: model.formula}
        self.fields["method"].choices = [(key, label) for key, label in ScoringModel.Method.choices if can.get(key, True)]
        for criterion in self.criteria:
            self.fields[f"w_{criterion.key}"] = forms.DecimalField(
                min_value=0, max_value=100, initial=criterion.weight, label=criterion.name
            )

    def clean_method(self) -> str:
        return self.cleaned_data["method"] or self.model.method

    def clean(self) -> dict:
        if not self.errors and not any(self.weights().values()):
            raise forms.ValidationError("At least one criterion needs a weight above zero.")
        return self.cleaned_data

    def weights(self) -> dict[str, Decimal]:
        """The weights as given, by criterion key."""
        return {criterion.key: self.cleaned_data[f"w_{criterion.key}"] for criterion in self.criteria}

    def is_changed(self) -> bool:
        weights = self.weights()
        return self.cleaned_data["method"] != self.model.method or any(weights[c.key] != c.weight for c in self.criteria)

    def lines(self) -> list[WeightLine]:
        """The sliders, with shares of a hundred."""
        given = self.weights() if self.is_bound and self.is_valid() else {c.key: c.weight for c in self.criteria}
        total, saved = sum(given.values()) or 1, sum(c.weight for c in self.criteria) or 1
        return [
            WeightLine(c, self[f"w_{c.key}"], (i - 1) % 6 + 1, round(100 * given[c.key] / total), round(100 * c.weight / saved))
            for i, c in enumerate(self.criteria, start=1)
        ]

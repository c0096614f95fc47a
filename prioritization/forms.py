"""Reading and checking ratings, weights, scoring models and their criteria."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from core.custom_fields import fields_of
from core.forms import Form, ModelForm
from core.models import Product
from core.permissions import can_shape_process
from prioritization.models import Criterion, ScoringModel
from prioritization.scoring import effort_of
from prioritization.services.scoring_models import SCORED_KINDS
from roadmaps.models import Feature


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


class NewModelForm(Form):
    """A scoring model that begins with the criteria of another one, or with those an organisation begins with."""

    name = forms.CharField(max_length=80)
    product = forms.ModelChoiceField(Product.objects.none(), label="Scores the features of", required=False)
    like = forms.ModelChoiceField(ScoringModel.objects.none(), label="Begins with the criteria of", required=False)

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(
            archived_at=None, pk__in=user.rights.visible if can_shape_process(user) else user.rights.editable
        ),
        "like": lambda user: ScoringModel.objects.visible_to(user),
    }

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["like"].empty_label = "Impact, alignment, demand and effort"
        self.fields["product"].required = not can_shape_process(user)
        self.fields["product"].empty_label = "The whole portfolio" if can_shape_process(user) else None


class ScoringModelForm(ModelForm):
    """What a model is called and how it makes a score of its criteria."""

    class Meta:
        model = ScoringModel
        fields = ("name", "method", "formula")
        labels = {"method": "Scores are"}
        widgets = {"formula": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})}
        help_texts = {
            "formula": "Read where scores are an own formula. It names criteria by their keys: 100 * impact / max(effort_raw, 0.5)."
        }


class RubricField(forms.CharField):
    """A line a step: its number, then what it means. The value is a sentence by step."""

    LINE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)[\s:.–-]+(.+)")

    def __init__(self, **options):
        super().__init__(max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5}), **options)

    def prepare_value(self, value):
        return "\n".join(f"{step} {sentence}" for step, sentence in value.items()) if isinstance(value, dict) else value

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        read = [self.LINE.fullmatch(line) for line in lines]
        if not all(read):
            raise forms.ValidationError("Write a line a step: the number, then what it means. For instance: 5 A reason to choose us.")
        return {found[1]: found[2].strip() for found in read if found}


class CriterionForm(ModelForm):
    """How a criterion counts. What it reads stays as it is."""

    rubric = RubricField(label="What the steps mean", help_text="A line a step: 5 A reason to choose us.")

    class Meta:
        model = Criterion
        fields = ("name", "weight", "direction", "scale_min", "scale_max", "unit", "consensus", "rubric")
        labels = {
            "direction": "Which way", "scale_min": "Scale from", "scale_max": "Scale to", "consensus": "Several ratings count as their",
        }  # fmt: skip


class NewCriterionForm(CriterionForm):
    """One thing more that counts: rated by people, or computed from one of the sources."""

    SOURCES = [("", "Rated by people"), *(choice for choice in Criterion.Source.choices[1:] if choice[0] != Criterion.Source.FIELD)]

    reads = forms.ChoiceField(label="It is", choices=SOURCES, required=False)
    key = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        max_length=30,
        required=False,
        help_text="Its name in formulas; made of the name where it is blank.",
        error_messages={"invalid": "A key is small letters, digits and underscores, for instance strategic_fit."},
    )

    field_order = ("name", "reads", "weight", "direction", "scale_min", "scale_max", "unit", "consensus", "rubric", "key")

    def __init__(self, *args, user, model: ScoringModel, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        known = fields_of(user, Feature._meta.label_lower).values()
        self.custom = {
            f"field:{field.pk}": field for field in known if field.kind in SCORED_KINDS and field.product_id in (None, model.product_id)
        }
        self.fields["reads"].choices = [*self.SOURCES, *((key, field.label) for key, field in self.custom.items())]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        reads = self.cleaned_data["reads"]
        custom = self.custom.get(reads)
        source = Criterion.Source.FIELD if custom else reads
        kind = Criterion.Kind.COMPUTED if source else Criterion.Kind.RATED
        return super().values() | {"kind": kind, "source": source, "custom_field": custom, "key": self.cleaned_data["key"]}

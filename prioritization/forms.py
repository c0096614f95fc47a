"""Reading and checking ratings."""

from decimal import Decimal

from django import forms

from core.forms import Form
from prioritization.models import Criterion


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

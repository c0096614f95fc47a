"""Which features a list shows, read from its URL; saves nothing."""

from dataclasses import dataclass

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.forms import Form
from core.models import Product, User
from portfolio.models import Team
from roadmaps.models import Feature, Initiative, Release, Stage
from roadmaps.models.plan import Status

NONE = "none"


def boxes() -> forms.CheckboxSelectMultiple:
    """Boxes to tick, in our look."""
    return forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})


class Several(forms.MultipleChoiceField):
    """Some of few words, as boxes to tick."""

    def __init__(self, label: str, choices):
        super().__init__(label=label, choices=choices, required=False, widget=boxes())


class RowsOrNone(forms.ModelMultipleChoiceField):
    """Some rows in sight, and with `none` those that have none. Its value is (rows, whether none is wanted)."""

    def __init__(self, label: str, nothing: str = "", to_field_name: str | None = None):
        super().__init__(queryset=Feature.objects.none(), label=label, required=False, to_field_name=to_field_name, widget=boxes())
        self.nothing = nothing

    def clean(self, value):
        given = [one for one in (value or []) if one != NONE]
        return list(super().clean(given)), NONE in (value or []) and bool(self.nothing)


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words."""

    name: str
    label: str
    operator: str
    value: str

    @property
    def without(self) -> dict[str, None]:
        """What to change in the URL so that the filter goes."""
        return {self.name: None, "at": None}


class FeatureFilter(Form):
    """Status, stage, product, owner, team, kind, initiative, release, score and words. Unreadable values narrow nothing."""

    q = forms.CharField(label="Words or a key", required=False, max_length=100)
    status = Several("Status", Status.choices)
    stage = RowsOrNone("Stage", to_field_name="slug")
    product = RowsOrNone("Product", to_field_name="key")
    initiative = RowsOrNone("Initiative", "no initiative")
    owner = RowsOrNone("Owner", "nobody")
    team = RowsOrNone("Team", "no team")
    release = RowsOrNone("Release", "no release")
    kind = Several("Kind", Feature.Kind.choices)
    score_from = forms.DecimalField(label="Score at least", required=False, max_digits=10, decimal_places=2)

    choices_for = {
        "stage": lambda user: Stage.objects.visible_to(user),
        "product": lambda user: Product.objects.visible_to(user),
        "initiative": lambda user: Initiative.objects.visible_to(user),
        "owner": lambda user: User.objects.visible_to(user).filter(is_active=True),
        "team": lambda user: Team.objects.visible_to(user),
        "release": lambda user: Release.objects.visible_to(user),
    }

    def __init__(self, params: QueryDict, *, user):
        super().__init__(params, user=user)
        self.is_valid()

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The rows that pass every filter."""
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if isinstance(field, RowsOrNone):
                some, none = value
                if some or none:
                    rows = rows.filter(Q(**{f"{name}__in": some}) | (Q(**{name: None}) if none else Q()))
            elif isinstance(field, Several) and value:
                rows = rows.filter(**{f"{name}__in": value})
        if words := self.cleaned_data.get("q"):
            for word in words.split():
                rows = rows.filter(Q(title__icontains=word) | Q(key__istartswith=word))
        if (least := self.cleaned_data.get("score_from")) is not None:
            rows = rows.filter(score__gte=least)
        return rows

    def chips(self) -> list[Chip]:
        """The filters in force."""
        found = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if isinstance(field, RowsOrNone):
                words = [str(row) for row in value[0]] + [field.nothing] * value[1]
            elif isinstance(field, Several):
                words = [dict(field.choices)[one] for one in value]
            else:
                words = [] if value in (None, "") else [str(value)]
            if words:
                operator = {"q": "contain", "score_from": "or more"}.get(name, "is any of" if len(words) > 1 else "is")
                label = {"q": "Words", "score_from": "Score"}.get(name, str(field.label))
                found.append(Chip(name, label, operator, ", ".join(words)))
        return found

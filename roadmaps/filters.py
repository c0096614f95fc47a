"""Which features a list shows, read from its URL; saves nothing."""

from dataclasses import dataclass
from typing import NamedTuple

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.forms import Form
from core.models import Organisation, Product, User
from portfolio.models import Team
from roadmaps.health import HEALTH, with_health
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


class Wanted(NamedTuple):
    """The rows asked for, whether blank is asked for too, and whether anything is: what is out of sight is asked for and not found."""

    rows: list
    blank: bool
    is_asked: bool


class RowsOrNone(forms.ModelMultipleChoiceField):
    """Some rows in sight, and with `none` those that have none."""

    def __init__(self, label: str, nothing: str = "", to_field_name: str | None = None):
        super().__init__(queryset=Feature.objects.none(), label=label, required=False, to_field_name=to_field_name, widget=boxes())
        self.nothing = nothing

    def clean(self, value):
        given = [one for one in (value or []) if one != NONE]
        if self.to_field_name is None:
            given = [one for one in given if one.isascii() and one.isdigit() and len(one) < 19]
        rows = list(self.queryset.filter(**{f"{self.to_field_name or 'pk'}__in": given})) if given else []
        return Wanted(rows, bool(self.nothing) and NONE in (value or []), bool(value))


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
    """Status, stage, product, owner, team, kind, initiative, release, whether dates hold, effort, score and words.

    Words that mean nothing narrow nothing; a row out of sight matches none.
    """

    q = forms.CharField(label="Words or a key", required=False, max_length=100, widget=forms.TextInput(attrs={"autofocus": True}))
    status = Several("Status", Status.choices)
    stage = RowsOrNone("Stage", to_field_name="slug")
    product = RowsOrNone("Product", to_field_name="key")
    initiative = RowsOrNone("Initiative", "no initiative")
    owner = RowsOrNone("Owner", "nobody")
    team = RowsOrNone("Team", "no team")
    release = RowsOrNone("Release", "no release")
    kind = Several("Kind", Feature.Kind.choices)
    health = Several("Dates", HEALTH.items())
    effort = Several("Effort", [(NONE, "no estimate")])
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
                if value.is_asked:
                    rows = rows.filter(Q(**{f"{name}__in": value.rows}) | (Q(**{name: None}) if value.blank else Q(pk__in=[])))
            elif name == "health" and value:
                rows = with_health(rows, Organisation.today()).filter(health__in=value)
            elif name == "effort" and value:
                rows = rows.filter(effort_low=None, effort_likely=None, effort_high=None)
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
                words = [str(row) for row in value.rows] + [field.nothing] * value.blank
                words = words or ["something unknown"] * value.is_asked
            elif isinstance(field, Several):
                words = [dict(field.choices)[one] for one in value]
            else:
                words = [] if value in (None, "") else [str(value)]
            if words:
                operator = {"q": "contain", "score_from": "or more"}.get(name, "is any of" if len(words) > 1 else "is")
                label = {"q": "Words", "score_from": "Score"}.get(name, str(field.label))
                found.append(Chip(name, label, operator, ", ".join(words)))
        return found

"""Reading and checking how a roadmap is kept, and what is dragged on one."""

from typing import Any

from django import forms

from core import clock
from core.forms import DateInput, Form, ModelForm
from core.models import Organisation, Product, User
from roadmaps.dependencies import Dates
from roadmaps.forms.plan import active_people, is_id
from roadmaps.models import Dependency, Feature, Roadmap, RoadmapSource, Snapshot, Stage
from roadmaps.models.plan import Horizon


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes to tick, in our look."""

    def create_option(self, *args, **kwargs):
        option = super().create_option(*args, **kwargs)
        option["attrs"]["class"] = "form-check-input"
        return option


class RoadmapForm(ModelForm):
    """A kept way to look at the plan: its name, what it is of, and who may open it."""

    sources = forms.ModelMultipleChoiceField(
        Roadmap.objects.none(), label="Made of these roadmaps", required=False,
        widget=Boxes(),
        help_text="It shows what they show, each to whom may see it; they stay their owners'.",
    )  # fmt: skip

    class Meta:
        model = Roadmap
        fields = ("name", "product", "is_shared", "is_theme_only", "snapshot_every", "layout", "query")
        widgets = {"query": forms.HiddenInput(), "layout": forms.HiddenInput()}
        labels = {
            "is_shared": "Everybody may open it",
            "is_theme_only": "Themes only: initiatives and their outcomes, no features",
            "snapshot_every": "Name its moments",
        }

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user),
        "sources": lambda user: Roadmap.objects.visible_to(user).select_related("owner"),
    }

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["layout"].required, self.fields["product"].empty_label = False, "All products"
        sources = self.fields["sources"]
        if self.instance.pk:
            del self.fields["layout"], self.fields["query"]
            sources.queryset = sources.queryset.exclude(pk=self.instance.pk)
            self.initial["sources"] = sources.queryset.filter(
                pk__in=RoadmapSource.objects.visible_to(user).filter(roadmap=self.instance).values("source")
            )
        if not sources.queryset.exists():
            del self.fields["sources"]

    def values(self) -> dict[str, Any]:
        """What the services take; a layout that was not given is the timeline."""
        values = {name: value for name, value in super().values().items() if name != "layout" or value}
        return values | ({"sources": list(self.cleaned_data["sources"])} if "sources" in self.fields else {})


class StageMove(Form):
    """Where a feature goes on a board; the reason is asked for where a check is not met."""

    to = forms.ModelChoiceField(Stage.objects.none(), label="Stage", to_field_name="slug", empty_label=None)
    reason = forms.CharField(label="Why go on all the same?", max_length=500, required=False, widget=forms.HiddenInput())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    choices_for = {"to": lambda user: Stage.objects.visible_to(user)}

    def ask_reason(self) -> None:
        """Show the reason's input."""
        self.fields["reason"].widget = forms.TextInput(attrs={"class": "form-control", "autofocus": True, "maxlength": 500})

    def word_of(self, to: Stage) -> str:
        return to.name


class HorizonMove(Form):
    """Where an initiative goes: now, next or later."""

    to = forms.ChoiceField(label="Horizon", choices=Horizon.choices)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def word_of(self, to: str) -> str:
        return Horizon(to).label


class MoveForm(Form):
    """The dates a bar was moved to, and which of those it pushes move too."""

    start_date = forms.DateField(label="Start", widget=DateInput(), required=False)
    target_date = forms.DateField(label="Target", widget=DateInput(), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def to(self) -> Dates:
        return Dates(self.cleaned_data["start_date"], self.cleaned_data["target_date"])

    @property
    def also(self) -> set[int]:
        """The ids ticked."""
        return {int(pk) for pk in self.data.getlist("also") if is_id(pk)}


class LinkForm(Form):
    """The feature that waits, by its key or by words of its title, and how it waits."""

    to = forms.CharField(
        label="Who waits for it", max_length=100, help_text="A key, for instance PAY-42, or words of the title.",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label="How", choices=Dependency.Kind.choices)

    def __init__(self, *args, user=None, feature=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.rows = Feature.objects.visible_to(user).canonical().exclude(pk=feature.pk).select_related("product", "stage")

    def clean_to(self):
        """The one feature meant, of those in sight."""
        words = self.cleaned_data["to"].strip()
        if (found := self.rows.filter(key=words.upper()).first()) is not None:
            return found
        some = self.rows
        for word in words.split():
            some = some.filter(title__icontains=word)
        some = list(some.order_by("pk")[:6])
        if len(some) == 1:
            return some[0]
        if not some:
            raise forms.ValidationError("There is no such feature, or it is not yours to see.")
        said = ", ".join(f"{row.key} {row.title}" for row in some[:5])
        raise forms.ValidationError(f"Several are called like this: {said}{' and more' if len(some) > 5 else ''}. Name one by its key.")

    def word_of(self, to: Feature) -> str:
        return f"{to.key} waits for it"


class SnapshotForm(ModelForm):
    """A name for a moment, and its day where it is not now."""

    day = forms.DateField(required=False, label="At the end of this day, or now", widget=DateInput())

    class Meta:
        model = Snapshot
        fields = ("name",)
        labels = {"name": "Name"}

    def values(self) -> dict[str, Any]:
        """What the services take; of today only what has been counts."""
        day, now = self.cleaned_data["day"], clock.now()
        at = clock.end_of_day(day, Organisation.zone()) if day else None
        is_today = day is not None and day == Organisation.today()
        return {"name": self.cleaned_data["name"], "at": now if is_today else at}


class TellingForm(Form):
    """Whom to tell what moved."""

    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label="Send this comparison to", widget=forms.SelectMultiple(attrs={"class": "form-select", "size": 6}),
        help_text="Each is told as far as they may see. Ctrl chooses several.",
    )  # fmt: skip

    choices_for = {"people": lambda user: active_people(user).order_by("name", "pk")}

"""Reading and checking what people type about the plan."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q

from core.custom_fields import cells_of, fields_of, is_writable, sent
from core.forms import EMPTIED, CustomInput, DateInput, Form, ModelForm
from core.models import Product, User
from portfolio.models import Objective, Team
from roadmaps.effort import read_effort, say_effort
from roadmaps.models import Dependency, Feature, Initiative, Release, Stage
from roadmaps.models.plan import Status
from roadmaps.permissions import can_change_trains

CELL = [int, int, str, str]  # feature, version, column, text
BIGGEST = 2**63
EFFORT = ("effort_low", "effort_likely", "effort_high")


class Unread(NamedTuple):
    """A cell left as it was: what was meant for it, and why it was not taken; `pk` is None where its feature is out of sight."""

    pk: int | None
    column: str
    text: str
    why: str


class EffortField(forms.CharField):
    """Effort as people type it; its value is (low, likely, high)."""

    def __init__(self, **options):
        super().__init__(max_length=40, required=False, help_text="Person-weeks: low–high, or low–likely–high", **options)

    def clean(self, value):
        try:
            return read_effort(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def is_id(text: str) -> bool:
    """Whether the text is a number an id can be."""
    return text.isascii() and text.isdigit() and len(text) < 19


def active_people(user: User):
    return User.objects.visible_to(user).filter(is_active=True)


class FeatureForm(ModelForm):
    """The facts of a feature, custom fields behind our own; with `only`, some of them, so that one cell is one field of the same form."""

    effort = EffortField()
    reason = forms.CharField(label="Why go on all the same?", max_length=500, required=False)

    class Meta:
        model = Feature
        fields = (
            "title", "outside_name", "description", "stage", "owner", "team", "initiative", "release", "kind", "start_date",
            "target_date", "date_confidence", "effort_low", "effort_likely", "effort_high",
        )  # fmt: skip
        widgets = {
            "start_date": DateInput(),
            "target_date": DateInput(),
            "description": forms.Textarea(attrs={"rows": 8}),
        }
        labels = {"date_confidence": "How sure is the date?"}

    choices_for = {
        "stage": lambda user: Stage.objects.visible_to(user),
        "owner": active_people,
        "team": lambda user: Team.objects.visible_to(user),
        "initiative": lambda user: Initiative.objects.visible_to(user),
        "release": lambda user: Release.objects.visible_to(user),
    }
    PAGE = (
        "title", "outside_name", "description", "stage", "reason", "initiative", "owner", "team", "kind", "effort", "start_date",
        "target_date", "date_confidence", "release",
    )  # fmt: skip

    def __init__(self, *args, user=None, only=PAGE, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields = {name: self.fields[name] for name in (*only, "version") if name in self.fields}
        if "effort" in self.fields and self.instance.pk:
            f = self.instance
            self.initial["effort"] = say_effort(f.effort_low, f.effort_likely, f.effort_high, joint="–", whole=True)
        if "release" in self.fields and self.instance.pk:
            releases = self.fields["release"]
            releases.queryset = releases.queryset.filter(Q(product=self.instance.product_id) | Q(product=None))
        if self.instance.pk and (only is self.PAGE or not self.base_fields.keys() >= set(only)):
            self._add_custom(user, only)

    def _add_custom(self, user, only) -> None:
        for cell in cells_of(user, Feature._meta.label_lower, self.instance.pk, self.instance.product_id):
            if only is self.PAGE or cell.field.key in only:
                self.fields[cell.field.key] = CustomInput(cell.field, user, cell)
                self.initial[cell.field.key] = sent(cell.field, cell.value)

    def values(self) -> dict[str, Any]:
        """What the service takes: the fields sent, effort as its three numbers."""
        custom = {name: value for name, value in self.cleaned_data.items() if isinstance(self.fields[name], CustomInput)}
        values = super().values() | custom
        if "effort" in self.cleaned_data:
            values["effort_low"], values["effort_likely"], values["effort_high"] = self.cleaned_data["effort"]
        return values


class NewFeatureForm(ModelForm):
    """What a feature needs to begin: a product and a title."""

    class Meta:
        model = Feature
        fields = ("product", "title", "description", "initiative", "kind")
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(pk__in=user.rights.editable, archived_at=None),
        "initiative": lambda user: Initiative.objects.visible_to(user),
    }


class BulkForm(Form):
    """What to change of many features; what is left alone stays as it is, `none` empties."""

    KEEP, NONE = "", "none"
    FIELDS = ("stage", "owner", "team", "initiative", "release", "kind", "date_confidence", "start_date", "target_date", "effort")

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        facts = FeatureForm(user=user, only=self.FIELDS)
        for name in self.FIELDS:
            source = facts.fields[name]
            if isinstance(source, forms.ModelChoiceField):
                rows = [(str(row.pk), str(row)) for row in source.queryset]
                nothing = [(self.NONE, f"No {name}")] if name != "stage" else []
                field = forms.ChoiceField(choices=[(self.KEEP, "Leave as it is"), *nothing, *rows], required=False, label=source.label)
                field.rows = {str(row.pk): row for row in source.queryset}
            elif isinstance(source, forms.ChoiceField):
                known = [choice for choice in source.choices if choice[0]]
                field = forms.ChoiceField(choices=[(self.KEEP, "Leave as it is"), *known], required=False, label=source.label)
            else:
                field = source
                field.required, field.help_text = False, ""
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            self.fields[name] = field
        everywhere = (field for field in fields_of(user, Feature._meta.label_lower).values() if field.product_id is None)
        self.fields |= {field.key: CustomInput(field, user, is_bulk=True) for field in everywhere}
        self.fields["reason"] = facts.base_fields["reason"]

    def read_rows(self, rows: list[str]) -> dict[int, int]:
        """`<id>:<version>` of each row as {id: version}; unreadable ones are left out."""
        parts = [row.partition(":") for row in rows]
        return {int(pk): int(version) for pk, _, version in parts if is_id(pk) and is_id(version)}

    def chosen_values(self) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        values: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if value in (None, self.KEEP) or (name == "effort" and value.likely is None):
                continue
            if name == "effort":
                values["effort_low"], values["effort_likely"], values["effort_high"] = value
            elif isinstance(self.fields[name], CustomInput):
                values[name] = None if value is EMPTIED else value
            else:
                rows = getattr(self.fields[name], "rows", None)
                values[name] = value if rows is None else rows.get(value)
        return values


class CellsForm(Form):
    """Many cells at once, as pasted or filled: JSON, `[feature id, version seen, column, text]` each.

    Texts are what the grid shows: names, days as 2027-02-27 or 27 Feb 2027, effort as it is typed; an empty text empties.
    """

    FIELDS = ("title", *BulkForm.FIELDS)
    DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y")

    cells = forms.JSONField()

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        facts = FeatureForm(user=user, only=self.FIELDS).fields
        self.columns = {name: facts[name] for name in self.FIELDS}
        for field in self.columns.values():
            if isinstance(field, forms.DateField):
                field.input_formats = self.DAYS
        self.names: dict[str, dict[str, list]] = {}
        self.user = user

    @cached_property
    def custom(self) -> dict[str, CustomInput]:
        """The custom fields in sight, read where a cell of one is among those given."""
        return {key: CustomInput(field, self.user) for key, field in fields_of(self.user, Feature._meta.label_lower).items()}

    def clean_cells(self):
        cells = self.cleaned_data["cells"]
        is_readable = isinstance(cells, list) and all(isinstance(cell, list) and [type(part) for part in cell] == CELL for cell in cells)
        is_readable = is_readable and all(is_writable(column + text) for _, _, column, text in cells)
        if not is_readable or not all(0 < pk < BIGGEST and 0 < version < BIGGEST for pk, version, *_ in cells):
            raise forms.ValidationError("These cells cannot be read. Load the page again and paste once more.")
        return cells

    def read(self, products: Mapping[int, int]) -> tuple[dict[int, dict[str, dict[str, Any]]], list[Unread]]:
        """({feature: {column: what the service takes}}, the cells whose text means nothing); `products` are those of features in sight."""
        wanted: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
        unread = []
        for pk, _, column, text in self.cleaned_data["cells"]:
            try:
                wanted[pk][column] = self._values(column, text.strip(), products.get(pk))
            except forms.ValidationError as error:
                unread.append(Unread(pk if pk in products else None, column, text, " ".join(error.messages)))
        return {pk: columns for pk, columns in wanted.items() if columns}, unread

    def _values(self, column: str, text: str, product_id: int | None) -> dict[str, Any]:
        field = self.columns.get(column) or self.custom.get(column)
        if field is None or product_id is None:
            raise forms.ValidationError("This cell is not changed by hand." if field is None else "This feature is not there any more.")
        if isinstance(field, forms.ModelChoiceField) and text:
            return {column: self._row(column, field, text, product_id)}
        if isinstance(field, forms.ChoiceField):
            meant = (value for value, label in field.choices if text.casefold() in (str(value).casefold(), str(label).casefold()))
            text = next(meant, text)
        value = field.clean(text)
        return dict(zip(EFFORT, value, strict=True)) if column == "effort" else {column: value}

    def _row(self, column: str, field: forms.ModelChoiceField, text: str, product_id: int):
        if column not in self.names:
            self.names[column] = {}
            for row in field.queryset:
                self.names[column].setdefault(str(row).casefold(), []).append(row)
        found = self.names[column].get(text.casefold(), [])
        found = [row for row in found if getattr(row, "product_id", product_id) in (product_id, None)] or found
        if len(found) != 1:
            raise forms.ValidationError(f"There {'are several' if found else 'is no'} “{text}” to choose from here.")
        return found[0]


class DependencyForm(Form):
    """Another feature, by its key, and how the one waits for the other."""

    WAYS = (("needs", "This feature waits for"), ("blocks", "This feature is waited for by"))

    way = forms.ChoiceField(label="Which way", choices=WAYS)
    key = forms.CharField(label="The other feature", max_length=20, help_text="Its key, for instance PAY-42")
    kind = forms.ChoiceField(label="How", choices=Dependency.Kind.choices, initial=Dependency.Kind.FINISH_START)
    needed_by = forms.DateField(label="Needed by", widget=DateInput(), required=False)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.user = user

    def clean_key(self):
        """The feature of that key, as far as the person sees it."""
        key = self.cleaned_data["key"].strip().upper()
        found = Feature.objects.visible_to(self.user).select_related("product", "stage").filter(key=key).first()
        if found is None:
            raise forms.ValidationError("There is no such feature, or it is not yours to see.")
        return found


class NeedForm(Form):
    """By when a feature needs what it waits for."""

    needed_by = forms.DateField(label="Needed by", widget=DateInput(), required=False)


class AnswerForm(Form):
    """The state an agreement moves to, with the day that is promised or the reason of a refusal."""

    agreement = forms.ChoiceField(choices=Dependency.Agreement.choices, widget=forms.HiddenInput())
    promised_for = forms.DateField(label="Promised for", widget=DateInput(), required=False)
    why = forms.CharField(label="Why not", max_length=500, required=False)


class OrderForm(Form):
    """Where features are to stand in the order by hand of their product."""

    PLACES = (("top", "To the top"), ("bottom", "To the bottom"), ("before", "Before another one"), ("after", "After another one"))

    place = forms.ChoiceField(label="Where to", choices=PLACES)
    key = forms.CharField(label="The other feature", max_length=20, required=False, help_text="Its key, for instance PAY-42")

    def __init__(self, *args, user=None, features=(), **kwargs):
        super().__init__(*args, user=user, **kwargs)
        others = Feature.objects.visible_to(user).canonical().filter(product=features[0].product_id)
        self.others = others.exclude(pk__in=[feature.pk for feature in features]).order_by("sort_key")

    def clean(self):
        """The feature they are to stand beside, of the same product."""
        given = super().clean()
        key, place = given.get("key", "").strip().upper(), given.get("place")
        at_an_end = {"top": self.others.first, "bottom": self.others.last}.get(place)
        given["anchor"] = at_an_end() if at_an_end else self.others.filter(key=key).first()
        if place and given["anchor"] is None:
            self.add_error("key", "Give the key of another feature of the same product." if not at_an_end else "There is no other feature.")
        return given

    def beside(self) -> dict[str, Feature]:
        """What the service takes."""
        return {"before" if self.cleaned_data["place"] in ("top", "before") else "after": self.cleaned_data["anchor"]}


class ServesForm(Form):
    """The objectives a feature or an initiative serves."""

    objective = forms.ModelChoiceField(Objective.objects.none(), label="Objective")
    strength = forms.TypedChoiceField(
        label="How strongly", choices=((1, "Somewhat"), (2, "Clearly"), (3, "Decisively")), coerce=int, initial=2
    )

    choices_for = {"objective": lambda user: Objective.objects.visible_to(user)}


class InitiativeForm(ModelForm):
    """The facts of an initiative."""

    class Meta:
        model = Initiative
        fields = ("product", "name", "outside_name", "outcome", "horizon", "owner")
        widgets = {"outcome": forms.Textarea(attrs={"rows": 4})}

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(pk__in=user.rights.editable, archived_at=None),
        "owner": active_people,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["product"]


class ReleaseForm(ModelForm):
    """The facts of a release."""

    class Meta:
        model = Release
        fields = ("product", "version_name", "day", "notes", "retrospective")
        labels = {"version_name": "Name"}
        widgets = {"day": DateInput(), "notes": forms.Textarea(attrs={"rows": 6}), "retrospective": forms.Textarea(attrs={"rows": 14})}

    choices_for = {"product": lambda user: Product.objects.visible_to(user).filter(pk__in=user.rights.editable, archived_at=None)}
    everybody = "All products, as a train"

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        if not getattr(self.instance, "retrospective", ""):
            self.fields.pop("retrospective", None)  # it is begun on the release's page, from a template
        if self.instance.pk:
            del self.fields["product"]
        else:
            self.fields["product"].required = not can_change_trains(user)
            self.fields["product"].empty_label = self.everybody if can_change_trains(user) else "Choose one"


class WhyForm(Form):
    """A reason."""

    why = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class StageForm(ModelForm):
    """A stage and where it stands in the process."""

    after = forms.ModelChoiceField(Stage.objects.none(), required=False, label="Comes after", empty_label="Nothing: it is the first")

    class Meta:
        model = Stage
        fields = ("name", "status", "wip_limit")
        labels = {"status": "A feature in it is", "wip_limit": "At most at once"}
        help_texts = {"wip_limit": "A board marks the stage where it shows more features in it than this; nothing is held back."}

    choices_for = {"after": lambda user: Stage.objects.visible_to(user)}

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["status"].choices = [(value, label) for value, label in Status.choices if value != Status.DECLINED]
        others = self.fields["after"].queryset
        if self.instance.pk:
            others = self.fields["after"].queryset = others.exclude(pk=self.instance.pk)
            self.initial["after"] = others.filter(position__lt=self.instance.position).last()
        else:
            self.initial["after"] = others.last()

    def values(self) -> dict[str, Any]:
        """What the services take; the position only where another place was chosen."""
        after = self.cleaned_data.get("after")
        is_moved = "after" in self.fields and (not self.instance.pk or after != self.initial["after"])
        return super().values() | ({"position": after.position + 1 if after else 0} if is_moved else {})

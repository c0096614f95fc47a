"""Reading and checking what people say about a file."""

from typing import Any

from django import forms

from core.forms import Form
from core.models import Product
from integrations import reports
from integrations.models import ImportMapping, ImportRun, Kind
from integrations.tables import DELIMITERS, UnreadableTable
from integrations.targets import TARGETS

DELIMITER_NAMES = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
IGNORE = ""
DIALECT = ("delimiter", "encoding", "header", "source", "date_order")


class FileForm(Form):
    """A file, what it holds, and whose rows they are."""

    kind = forms.ChoiceField(label="What is in the file?", choices=[(kind, Kind(kind).label) for kind in TARGETS])
    product = forms.ModelChoiceField(
        Product.objects.none(),
        required=False,
        empty_label="The whole organisation",
        help_text="Features belong to one; releases to one, or each to the one its row names.",
    )
    file = forms.FileField(
        label="CSV or JSON file",
        help_text="Comma, semicolon or tab separated, in any usual encoding, or a list of records in JSON; at most 50 MB.",
    )
    mapping = forms.ModelChoiceField(
        ImportMapping.objects.none(), required=False, label="Read it like", empty_label="Guess from column names"
    )

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(pk__in=user.rights.editable, archived_at=None),
        "mapping": lambda user: ImportMapping.objects.visible_to(user),
    }

    def clean_mapping(self) -> ImportMapping | None:
        mapping, kind = self.cleaned_data["mapping"], self.cleaned_data.get("kind")
        if mapping is not None and mapping.kind != kind:
            raise forms.ValidationError(f"This mapping reads {mapping.get_kind_display().lower()}, not what you chose above.")
        return mapping


class PlanForm(Form):
    """How the run's file is written, and what each column holds; a field per column, named by position."""

    delimiter = forms.ChoiceField(choices=[(d, DELIMITER_NAMES[d]) for d in DELIMITERS], label="Columns are parted by")
    encoding = forms.CharField(max_length=20, label="Written in", help_text="For instance utf-8 or cp1252.")
    header = forms.BooleanField(required=False, label="The first row names the columns")
    source = forms.SlugField(
        required=False, max_length=20, label="Where it comes from", help_text="Keeps ids of different systems apart, for instance zendesk."
    )
    date_order = forms.ChoiceField(
        required=False, choices=[("", "Find out"), ("dmy", "Day first"), ("mdy", "Month first")], label="Dates like 01/02/2026"
    )

    def __init__(self, *args, run: ImportRun, names: list[str], **kwargs):
        self.run, self.names = run, names
        self.target, self.plan = reports.target_of(run.kind, run.owner, run.product), run.plan
        initial = {key: self.plan.get(key) for key in DIALECT}
        columns = self.plan.get("columns", {})
        super().__init__(
            *args, initial=initial | {f"column_{i}": self._chosen(columns.get(str(i), {})) for i in range(len(names))}, **kwargs
        )
        for position, name in enumerate(names):
            self.fields[f"column_{position}"] = forms.ChoiceField(
                required=False,
                label=name,
                choices=self._choices(),
                widget=forms.Select(attrs={"class": "form-select", "aria-label": f"What “{name}” holds"}),
            )

    def _choices(self) -> list[tuple[str, str]]:
        plain = [f for f in self.target.fields if not f.has_step]
        lines = [(IGNORE, "Leave out")] + [(f.key, f.label + (" (needed)" if f.is_required else "")) for f in plain]
        steps = self.target.dated.steps(self.run.owner) if self.target.dated else ()
        lines += [(f"{f.key}={word}", f"In {name} since") for f in self.target.fields if f.has_step for word, name, _ in steps]
        return lines + [(f"+{f.key}", f"Add to {f.label.lower()}") for f in self.target.fields if f.may_append]

    @staticmethod
    def _chosen(column: dict[str, Any]) -> str:
        step = column.get("step", "")
        return ("+" if column.get("append") else "") + column.get("field", IGNORE) + (f"={step}" if step else "")

    def column_fields(self) -> list[forms.BoundField]:
        """The fields of the columns, in the order of the file."""
        return [self[f"column_{position}"] for position in range(len(self.names))]

    def dialect_fields(self) -> list[forms.BoundField]:
        """The fields about how the file is written."""
        return [self[name] for name in DIALECT]

    def clean(self) -> dict[str, Any]:
        try:
            reports.must_be_readable(self.run, reports.dialect_of(self.cleaned_data))
        except UnreadableTable as error:
            self.add_error("encoding" if "encoding" in str(error) else "delimiter", str(error))
        chosen = [self.cleaned_data.get(f"column_{i}", IGNORE) for i in range(len(self.names))]
        for known in self.target.fields:
            if chosen.count(known.key) > 1:
                raise forms.ValidationError(f"{known.label} is chosen for two columns. Choose it once.")
            if known.is_required and known.key not in chosen and not self.plan.get("defaults", {}).get(known.key):
                raise forms.ValidationError(f"Choose the column that holds: {known.label}.")
        return self.cleaned_data

    def new_plan(self) -> dict[str, Any]:
        """The plan as chosen; meanings of words said before are kept for columns that hold the same."""
        columns = {}
        for position, name in enumerate(self.names):
            choice = self.cleaned_data[f"column_{position}"]
            if choice == IGNORE:
                continue
            before = self.plan.get("columns", {}).get(str(position), {})
            field, _, step = choice.removeprefix("+").partition("=")
            column = {"field": field, "step": step} if step else {"field": field}
            if choice.startswith("+"):
                column["append"] = before.get("append") or name
            elif before.get("field") == choice:
                column |= {name: before[name] for name in ("values", "unknown") if before.get(name)}
            columns[str(position)] = column
        said = {key: self.cleaned_data[key] for key in DIALECT}
        return {**self.plan, **said, "columns": columns}

"""Which events the audit log shows, read from its URL; saves nothing."""

from datetime import datetime, time, timedelta
from functools import cache
from importlib import import_module
from zoneinfo import ZoneInfo

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.utils.module_loading import module_has_submodule

from core.api.events import touching
from core.forms import DateInput, Form
from core.models import Product, User
from core.registry import subjects

DOORS = {"page": "Page", "api": "API", "import": "Import", "mcp": "MCP", "command": "Command", "worker": "Worker"}


@cache
def known_verbs() -> list[str]:
    """The facts every app records, by name."""
    modules = [import_module(f"{app.name}.events") for app in apps.get_app_configs() if module_has_submodule(app.module, "events")]
    words = [value for module in modules for name, value in vars(module).items() if name.isupper() and isinstance(value, str)]
    return sorted({word for word in words if "." in word})


class AuditFilter(Form):
    """Person, product, kind of thing, one thing by type and id, verb, door, period. What cannot be read narrows nothing and says so."""

    actor = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label="Person", empty_label="Anybody")
    product = forms.ModelChoiceField(queryset=Product.objects.none(), required=False, label="Product", empty_label="Any product")
    kind = forms.ChoiceField(required=False, label="Kind of thing")
    row = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, label="Its id")
    verb = forms.ChoiceField(required=False, label="What happened")
    door = forms.ChoiceField(required=False, label="Through", choices=[("", "Any way in"), *DOORS.items()])
    since = forms.DateField(required=False, widget=DateInput(), label="From")
    until = forms.DateField(required=False, widget=DateInput(), label="To")

    choices_for = {"actor": lambda user: User.objects.visible_to(user), "product": lambda user: Product.objects.visible_to(user)}

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.user = user
        kinds = sorted((subject.noun, name) for name, subject in subjects.items())
        self.fields["kind"].choices = [("", "Any kind"), *((name, noun.capitalize()) for noun, name in kinds)]
        self.fields["verb"].choices = [("", "Anything"), *((verb, verb.replace("_", " ")) for verb in known_verbs())]

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The events asked for."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        rows = rows.filter(**{name: given[name] for name in ("actor", "verb", "door") if name in given})
        which = {path: given[name] for name, path in (("product", "product"), ("kind", "subject_type")) if name in given}
        if "kind" in given and "row" in given:
            which["subject_id"] = given["row"]
        if which:
            rows = touching(rows, self.user, **which)
        zone = ZoneInfo(self.user.timezone)
        if "since" in given:
            rows = rows.filter(at__gte=datetime.combine(given["since"], time(), zone))
        if "until" in given:
            rows = rows.filter(at__lt=datetime.combine(given["until"] + timedelta(days=1), time(), zone))
        return rows

"""The one way the portfolio's forms are shown, saved and refused, and how its rows are removed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import editing
from core.acts import act
from core.forms import Form, ModelForm
from core.models import Versioned
from portfolio import models, services


@dataclass(frozen=True)
class FormPage:
    """What stands around a form: its heading, the word on its button, and where one leaves to."""

    heading: str
    submit: str
    back: str
    removal: str = ""


def edit(
    request: HttpRequest, form: Form | ModelForm, save: Callable[..., Any], page: FormPage, row: Versioned | None = None
) -> HttpResponse:
    """Show the form; on POST `save(**values)` and leave to the address it answers, or to `page.back`."""

    def leave(**values) -> HttpResponse:
        return redirect(save(**values) or page.back)

    return editing.edit(request, "portfolio/form.html", form, leave, lambda: {"page": page}, row)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing; None where the form is only to be shown."""
    return request.POST if request.method == "POST" else None


def posted(request: HttpRequest, form: type[forms.ModelForm], row: Versioned) -> QueryDict | None:
    """What was sent, filled up with the row's own values: the answer to a conflict names only the fields in dispute."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    stored = forms.model_to_dict(row, form._meta.fields)
    for name, value in stored.items():
        if name not in data:
            prepared = form.base_fields[name].prepare_value(value)
            data[name] = "" if prepared is None else prepared
    return data


# What can be removed: its model, the service that does it under the name it takes the row by, and the page to leave to.
REMOVALS: dict[str, tuple[type[Versioned], Callable[..., Any], str, Callable[[Any], str]]] = {
    "line": (models.ProductLine, services.delete_line, "line", lambda row: reverse("products")),
    "place": (models.ProductLineMembership, services.take_product_out, "place", lambda row: reverse("product", args=[row.product.key])),
    "persona": (models.Persona, services.delete_persona, "persona", lambda row: reverse("product", args=[row.product.key])),
    "segment": (models.Segment, services.delete_segment, "segment", lambda row: reverse("segments")),
    "account": (models.Account, services.delete_account, "account", lambda row: reverse("accounts")),
    "team": (models.Team, services.delete_team, "team", lambda row: reverse("teams")),
    "objective": (models.Objective, services.delete_objective, "objective", lambda row: reverse("objectives")),
    "result": (models.KeyResult, services.delete_key_result, "key_result", lambda row: reverse("objective", args=[row.objective_id])),
    "metric": (models.Metric, services.delete_metric, "metric", lambda row: reverse("metrics")),
    "point": (models.MetricPoint, services.delete_point, "point", lambda row: reverse("metric", args=[row.metric_id])),
}


@require_POST
def remove(request: HttpRequest, noun: str, pk: int) -> HttpResponse:
    """The row is gone from every list; the page one comes back to offers to take that back."""
    if noun not in REMOVALS:
        raise Http404
    model, service, name, back = REMOVALS[noun]
    row = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    with act(request.user) as this:
        target = back(row)
        service(actor=request.user, **{name: row})
    return redirect(f"{target}?{urlencode({'removed': this.event.number})}")

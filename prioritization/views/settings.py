"""Settings of scoring: models, and the criteria they are made of."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import history
from core.editing import edit
from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, say
from core.permissions import can_shape_process, must
from prioritization import services
from prioritization.beginning import CRITERIA
from prioritization.forms import CriterionForm, NewCriterionForm, NewModelForm, ScoringModelForm
from prioritization.models import Criterion, ScoringModel
from prioritization.permissions import can_change_model
from prioritization.services.scoring_models import REFUSAL


@require_http_methods(["GET", "POST"])
def models(request: HttpRequest) -> HttpResponse:
    """The scoring models in sight; POST makes one like another."""
    may_add = can_shape_process(request.user) or bool(request.user.rights.editable)
    must(request.method == "GET" or may_add, REFUSAL)
    form = NewModelForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        like, given = form.cleaned_data.pop("like"), form.cleaned_data
        try:
            begun = services.copy_model if like else services.create_model
            made = begun(actor=request.user, **given, **({"model": like} if like else {"criteria": CRITERIA, "is_active": False}))
            return say(request, redirect("scoring-model", made.pk), f"{made.name} is there. It scores nothing until you put it in use.")
        except Refused as error:
            blame(form, error)
    rows = ScoringModel.objects.visible_to(request.user).select_related("product").order_by("-is_active", "product__name", "name")
    context = {"rows": rows, "form": form, "may_add": may_add}
    return answer(request, "prioritization/models.html", context, status=422 if form.errors else 200)


@require_GET
def model(request: HttpRequest, pk: int) -> HttpResponse:
    """One model: how it scores, and its criteria."""
    row = get_object_or_404(ScoringModel.objects.visible_to(request.user).select_related("product"), pk=pk)
    return answer(request, "prioritization/model.html", _standing(request, row))


@require_POST
def change_model(request: HttpRequest, pk: int) -> HttpResponse:
    """The model's name, method and formula are as given."""
    row = get_object_or_404(ScoringModel.objects.visible_to(request.user).select_related("product"), pk=pk)
    form = ScoringModelForm(request.POST, instance=row, user=request.user)

    def save(**values) -> HttpResponse:
        services.change_model(actor=request.user, model=row, **values)
        return say(request, redirect("scoring-model", row.pk), f"{row.name} is saved as edition {row.edition}. Scores follow in a moment.")

    return edit(request, "prioritization/model.html", form, save, lambda: _standing(request, row), row)


@require_POST
def model_activation(request: HttpRequest, pk: int) -> HttpResponse:
    """The model scores from now on what the one before it scored; with `active` empty it scores no longer."""
    row = get_object_or_404(ScoringModel.objects.visible_to(request.user).select_related("product"), pk=pk)
    is_active = bool(request.POST.get("active"))
    services.change_model(actor=request.user, model=row, is_active=is_active)
    said = f"{row.name} is in use. Scores follow in a moment." if is_active else f"{row.name} is no longer in use."
    return say(request, redirect("scoring-model", row.pk), said)


@require_POST
def model_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The model has left every list."""
    row = get_object_or_404(ScoringModel.objects.visible_to(request.user), pk=pk)
    services.delete_model(actor=request.user, model=row)
    return say(request, redirect("scoring-models"), f"{row.name} is removed.")


@require_POST
def criteria(request: HttpRequest, pk: int) -> HttpResponse:
    """The model counts one thing more."""
    row = get_object_or_404(ScoringModel.objects.visible_to(request.user).select_related("product"), pk=pk)
    must(can_change_model(request.user, row), REFUSAL)
    form = NewCriterionForm(request.POST, user=request.user, model=row)
    if form.is_valid():
        try:
            made = services.create_criterion(actor=request.user, model=row, **form.values())
            return say(request, redirect("scoring-model", row.pk), f"{made.name} counts from now on. Scores follow in a moment.")
        except Refused as error:
            blame(form, error)
    return answer(request, "prioritization/model.html", _standing(request, row) | {"new_form": form}, status=422)


@require_http_methods(["GET", "POST"])
def criterion(request: HttpRequest, pk: int) -> HttpResponse:
    """One criterion; POST saves it."""
    row = get_object_or_404(Criterion.objects.visible_to(request.user).select_related("model", "custom_field"), pk=pk)
    must(can_change_model(request.user, row.model), REFUSAL)
    form = CriterionForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_criterion(actor=request.user, criterion=row, **values)
        return say(request, redirect("scoring-model", row.model_id), f"{row.name} is saved. Scores follow in a moment.")

    return edit(
        request, "prioritization/criterion.html", form, save, lambda: {"criterion": row, "history": history.of_row(row, request.user)}, row
    )  # fmt: skip


@require_POST
def criterion_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The model no longer counts it."""
    row = get_object_or_404(Criterion.objects.visible_to(request.user).select_related("model", "custom_field"), pk=pk)
    services.delete_criterion(actor=request.user, criterion=row)
    return say(request, redirect("scoring-model", row.model_id), f"{row.name} no longer counts. Its ratings are kept.")


def _standing(request: HttpRequest, row: ScoringModel) -> dict[str, Any]:
    """What the page of a model shows."""
    return {
        "model": row, "may_change": can_change_model(request.user, row), "history": history.of_row(row, request.user),
        "criteria": Criterion.objects.visible_to(request.user).filter(model=row).select_related("custom_field"),
        "form": ScoringModelForm(instance=row, user=request.user, initial={"version": row.version}),
        "new_form": NewCriterionForm(user=request.user, model=row),
    }  # fmt: skip

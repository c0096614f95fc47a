"""Checks: what each stage asks for, and a feature entering its next one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core.editing import edit
from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, say
from core.permissions import must
from governance import services
from governance.forms import CheckForm
from governance.models import Check
from governance.permissions import can_change_checks
from roadmaps.models import Feature, Stage
from roadmaps.services import enter_stage


@require_http_methods(["GET", "POST"])
def checks(request: HttpRequest) -> HttpResponse:
    """What each stage asks for; POST adds a check."""
    must(request.method == "GET" or can_change_checks(request.user), services.CHECKS)
    form = CheckForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.create_check(actor=request.user, **form.values())
            return say(request, redirect("checks"), f"{added.stage} asks for this from now on: {added}.")
        except Refused as error:
            blame(form, error)
    rows = Check.objects.visible_to(request.user).select_related("stage", "template")
    context = {"checks": rows, "form": form, "can_change": can_change_checks(request.user)}
    return answer(request, "governance/checks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change_check(request: HttpRequest, pk: int) -> HttpResponse:
    """One check; POST saves it."""
    row = get_object_or_404(Check.objects.visible_to(request.user).select_related("stage", "template"), pk=pk)
    must(can_change_checks(request.user), services.CHECKS)
    form = CheckForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_check(actor=request.user, check=row, **values)
        return say(request, redirect("checks"), "The check is saved.")

    return edit(request, "governance/check.html", form, save, lambda: {"check": row}, row)


@require_POST
def delete_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The stage no longer asks for it."""
    row = get_object_or_404(Check.objects.visible_to(request.user).select_related("stage"), pk=pk)
    services.delete_check(actor=request.user, check=row)
    return say(request, redirect("checks"), f"{row.stage} no longer asks for it.")


@require_POST
def enter_next_stage(request: HttpRequest, key: str) -> HttpResponse:
    """The feature enters the stage it was asked to enter, for a reason where a check is not met."""
    feature = get_object_or_404(Feature.objects.visible_to(request.user).select_related("stage", "product"), key=key)
    stage = get_object_or_404(Stage.objects.visible_to(request.user), slug=request.POST.get("stage", ""))
    enter_stage(actor=request.user, feature=feature, stage=stage, reason=request.POST.get("reason", "")[:500])
    return say(request, redirect("feature", feature.key), f"{feature.key} is in {stage} now.")

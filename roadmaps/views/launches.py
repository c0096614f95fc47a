"""What surrounds a release: its checklist and notes, freezes, and the steps that checklists begin with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core.context import scope_of
from core.exceptions import Refused, RuleBroken
from core.forms import blame
from core.models import Organisation
from core.pages import answer, say
from core.permissions import can_shape_process, must
from roadmaps import services
from roadmaps.forms.launches import FreezeForm, ReleaseItemForm, StepForm
from roadmaps.models import FreezePeriod, LaunchStep, Release, ReleaseItem
from roadmaps.permissions import can_change_trains, must_change_release
from roadmaps.services.launches import REFUSAL
from roadmaps.views.editing import edit_plan


@require_POST
def release_notes(request: HttpRequest, number: int) -> HttpResponse:
    """The notes are drafted from the features that shipped."""
    row = get_object_or_404(Release.objects.visible_to(request.user), pk=number)
    services.draft_notes(actor=request.user, release=row)
    return say(request, redirect("release", row.pk), "The notes are drafted. What stood there before is in the history.")


@require_POST
def release_items(request: HttpRequest, number: int) -> HttpResponse:
    """The checklist has one more line, or with `begin` those that every checklist begins with."""
    row = get_object_or_404(Release.objects.visible_to(request.user), pk=number)
    if "begin" in request.POST:
        services.begin_checklist(actor=request.user, release=row)
        return redirect("release", row.pk)
    must_change_release(request.user, row.product_id)
    form = ReleaseItemForm(request.POST, user=request.user)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0])
    services.create_item(actor=request.user, release=row, **form.values())
    return redirect("release", row.pk)


@require_http_methods(["GET", "POST"])
def release_item(request: HttpRequest, number: int, item: int) -> HttpResponse:
    """A line of the checklist: GET answers its form; POST saves it, or with `done`, `open` or `remove` does that."""
    row = get_object_or_404(_items(request).filter(release=number), pk=item)
    must_change_release(request.user, row.release.product_id)
    for name, service in (("done", services.finish_item), ("open", services.reopen_item), ("remove", services.delete_item)):
        if name in request.POST:
            service(actor=request.user, item=row)
            return redirect("release", number)
    return _edit(request, ReleaseItemForm, row, "launch item", services.change_item, "item", redirect("release", number))


@require_http_methods(["GET", "POST"])
def freezes(request: HttpRequest) -> HttpResponse:
    """The freezes in sight, those to come first; POST adds one."""
    form = FreezeForm(request.POST or None, user=request.user, initial={"product": request.user.scope_id})
    if request.method == "POST" and form.is_valid():
        try:
            services.create_freeze(actor=request.user, **form.values())
            return say(request, redirect("freezes"), "The freeze is noted.")
        except Refused as error:
            blame(form, error)
    rows, scope, today = FreezePeriod.objects.visible_to(request.user).select_related("product"), scope_of(request), Organisation.today()
    rows = rows.of_products([scope]) if scope else rows
    context = {
        "ahead": rows.filter(ends_on__gte=today), "past": rows.filter(ends_on__lt=today).order_by("-ends_on")[:20], "today": today,
        "form": form, "can_edit": bool(request.user.rights.editable) or can_change_trains(request.user),
        "can_change_trains": can_change_trains(request.user),
    }  # fmt: skip
    return answer(request, "roadmaps/freezes.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest, number: int) -> HttpResponse:
    """One freeze: its form where the person may change it; POST saves it, or with `remove` ends it."""
    row = get_object_or_404(FreezePeriod.objects.visible_to(request.user), pk=number)
    must_change_release(request.user, row.product_id)
    if "remove" in request.POST:
        services.delete_freeze(actor=request.user, freeze=row)
        return say(request, redirect("freezes"), f"“{row.reason}” holds no longer.")
    return _edit(request, FreezeForm, row, "freeze", services.change_freeze, "freeze", redirect("freezes"))


@require_http_methods(["GET", "POST"])
def launch_steps(request: HttpRequest) -> HttpResponse:
    """The steps that checklists begin with; POST adds one."""
    may_change = can_shape_process(request.user)
    must(request.method == "GET" or may_change, REFUSAL)
    form = StepForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.create_step(actor=request.user, **form.values())
            return say(request, redirect("launch-steps"), "Checklists begun from now on have this step.")
        except Refused as error:
            blame(form, error)
    context = {"rows": LaunchStep.objects.visible_to(request.user), "form": form, "may_change": may_change}
    return answer(request, "roadmaps/launch_steps.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def launch_step(request: HttpRequest, number: int) -> HttpResponse:
    """One step; POST saves it, or with `remove` takes it away."""
    row = get_object_or_404(LaunchStep.objects.visible_to(request.user), pk=number)
    must(can_shape_process(request.user), REFUSAL)
    if "remove" in request.POST:
        services.delete_step(actor=request.user, step=row)
        return say(request, redirect("launch-steps"), "Checklists begun from now on go without it.")
    return _edit(request, StepForm, row, "launch step", services.change_step, "step", redirect("launch-steps"))


def _items(request: HttpRequest):
    return ReleaseItem.objects.visible_to(request.user).select_related("release")


def _edit(request: HttpRequest, kind, row, noun: str, change, name: str, there: HttpResponse) -> HttpResponse:
    """Change a row by its form; `name` is what the service calls the row."""

    def save(**values) -> HttpResponse:
        change(actor=request.user, **{name: row}, **values)
        return there

    return edit_plan(request, kind, row, noun, save)

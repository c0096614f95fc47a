"""Initiatives and releases: lists, pages, forms."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import history
from core.context import scope_of
from core.exceptions import RuleBroken
from core.pages import answer
from core.permissions import can_edit_product
from core.registry import panels_for
from roadmaps import services
from roadmaps.deciding import deciding
from roadmaps.forms import InitiativeForm, ReleaseForm, ServesForm, WhyForm
from roadmaps.forms.launches import ReleaseItemForm
from roadmaps.launch import launch_of
from roadmaps.models import Feature, Initiative, InitiativeObjective, Release
from roadmaps.permissions import can_change_release, can_change_trains, must_change_release
from roadmaps.reports import outlook_of_all
from roadmaps.views.editing import edit_plan


@require_GET
def initiatives(request: HttpRequest) -> HttpResponse:
    """All initiatives in sight with how far their features are."""
    rows = _scoped(
        request, Initiative.objects.visible_to(request.user).select_related("product", "owner").order_by("horizon", "name", "pk")
    )
    counts = _counts(request, "initiative")
    found = [{"row": row, "counts": counts.get(row.pk, {})} for row in rows]
    return answer(request, "roadmaps/initiatives.html", {"initiatives": found, "can_edit": bool(request.user.rights.editable)})


@require_GET
def initiative(request: HttpRequest, number: int) -> HttpResponse:
    """An initiative: its outcome, the objectives it serves, its features."""
    row = get_object_or_404(Initiative.objects.visible_to(request.user).select_related("product", "owner"), pk=number)
    features = Feature.objects.visible_to(request.user).canonical().for_list().filter(initiative=row)
    context = {
        "initiative": row,
        "features": features, "outlook": outlook_of_all(request.user, features, None),
        "deciding": deciding(request.user, features, None),
        "can_edit": can_edit_product(request.user, row.product_id), "serves_form": ServesForm(user=request.user),
        "objectives": InitiativeObjective.objects.visible_to(request.user).filter(initiative=row).select_related("objective"),
        "history": history.of_row(row, request.user), "panels": panels_for(request, row),
    }  # fmt: skip
    return answer(request, "roadmaps/initiative.html", context)


@require_http_methods(["GET", "POST"])
def change_initiative(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """A form for an initiative, a new one without a number."""
    row = get_object_or_404(Initiative.objects.visible_to(request.user), pk=number) if number else None
    return _edit(request, InitiativeForm, row, "initiative", services.create_initiative, services.change_initiative)


@require_POST
def initiative_objectives(request: HttpRequest, number: int) -> HttpResponse:
    """The initiative serves an objective from now on, or with `remove` no longer."""
    row = get_object_or_404(Initiative.objects.visible_to(request.user), pk=number)
    links = InitiativeObjective.objects.visible_to(request.user).filter(initiative=row).select_related("objective__product")
    wanted = {link.objective_id: (link.objective, link.strength) for link in links if str(link.objective_id) != request.POST.get("remove")}
    form = ServesForm(request.POST, user=request.user)
    if "remove" not in request.POST:
        if not form.is_valid():
            raise RuleBroken("Choose an objective and how strongly it is served.")
        wanted[form.cleaned_data["objective"].pk] = (form.cleaned_data["objective"], form.cleaned_data["strength"])
    services.change_initiative(actor=request.user, initiative=row, objectives=list(wanted.values()))
    return redirect("initiative", row.pk)


@require_POST
def initiative_deletion(request: HttpRequest, number: int) -> HttpResponse:
    """Take the initiative out of every list."""
    services.delete_initiative(actor=request.user, initiative=get_object_or_404(Initiative.objects.visible_to(request.user), pk=number))
    return redirect("initiatives")


@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """All releases in sight, newest first, with how far their features are."""
    rows = _scoped(request, Release.objects.visible_to(request.user).select_related("product").order_by("-day", "product__name", "pk"))
    counts = _counts(request, "release")
    found = [{"row": row, "counts": counts.get(row.pk, {})} for row in rows]
    return answer(
        request,
        "roadmaps/releases.html",
        {"releases": found, "can_edit": bool(request.user.rights.editable) or can_change_trains(request.user)},
    )


@require_GET
def release(request: HttpRequest, number: int) -> HttpResponse:
    """A release: how it stands, its checklist, its notes and the features it ships."""
    row = get_object_or_404(Release.objects.visible_to(request.user).select_related("product"), pk=number)
    launch = launch_of(row, request.user)
    context = {
        "release": row, "launch": launch, "features": launch.features, "counts": launch.counts,
        "outlook": outlook_of_all(request.user, launch.features, row.day), "deciding": deciding(request.user, launch.features, row.day),
        "can_edit": can_change_release(request.user, row.product_id), "why_form": WhyForm(),
        "item_form": ReleaseItemForm(user=request.user), "history": history.of_row(row, request.user),
        "panels": panels_for(request, row),
    }  # fmt: skip
    return answer(request, "roadmaps/release.html", context)


@require_http_methods(["GET", "POST"])
def change_release(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """A form for a release, a new one without a number."""
    row = get_object_or_404(Release.objects.visible_to(request.user), pk=number) if number else None
    return _edit(request, ReleaseForm, row, "release", services.create_release, services.change_release)


@require_POST
def release_state(request: HttpRequest, number: int) -> HttpResponse:
    """Note that the release was shipped, rolled back (`why`), or is planned again."""
    row = get_object_or_404(Release.objects.visible_to(request.user), pk=number)
    state = request.POST.get("state", "")
    if state == Release.State.SHIPPED:
        services.ship_release(actor=request.user, release=row, reason=request.POST.get("why", "")[:200])
    elif state == Release.State.ROLLED_BACK:
        services.roll_back_release(actor=request.user, release=row, why=request.POST.get("why", "")[:500])
    elif state == Release.State.PLANNED:
        services.replan_release(actor=request.user, release=row)
    else:
        raise RuleBroken("A release is planned, shipped or rolled back.", "state")
    return redirect("release", row.pk)


@require_POST
def release_deletion(request: HttpRequest, number: int) -> HttpResponse:
    """Take the release out of every list."""
    services.delete_release(actor=request.user, release=get_object_or_404(Release.objects.visible_to(request.user), pk=number))
    return redirect("releases")


def _scoped(request: HttpRequest, rows):
    """The rows of the product everything is narrowed to, and those of all products."""
    scope = scope_of(request)
    return rows.filter(Q(product=scope) | Q(product=None)) if scope else rows


def _counts(request: HttpRequest, field: str) -> dict[int, dict]:
    """{row: how many features in sight hang on it, are shipped, are in progress}."""
    features = Feature.objects.visible_to(request.user).canonical().exclude(**{field: None})
    lines = features.order_by().values(field).annotate(
        all=Count("pk"), shipped=Count("pk", filter=Q(status="shipped")), building=Count("pk", filter=Q(status="in_progress"))
    )  # fmt: skip
    return {line[field]: line for line in lines}


def _edit(request: HttpRequest, kind, row, name: str, create, change) -> HttpResponse:
    """Make or change a row by its form."""
    if row is not None:
        must_change_release(request.user, row.product_id)

    def save(**values) -> HttpResponse:
        if row is None:
            return redirect(name, create(actor=request.user, **values).pk)
        change(actor=request.user, **{name: row}, **values)
        return redirect(name, row.pk)

    return edit_plan(request, kind, row, name, save)

"""Roadmaps: the plan in its layouts, and the ways to look at it that people kept."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.context import scope_of
from core.exceptions import Refused
from core.forms import blame
from core.models import Organisation, Product
from core.pages import answer, say
from core.permissions import must
from roadmaps import services
from roadmaps.drawn import drawn
from roadmaps.exports import FORMATS
from roadmaps.forecast import LEAST, RUNS, SEED
from roadmaps.forms import RoadmapForm
from roadmaps.looks import FIELDS, Look
from roadmaps.masks import MaskedLook, look_at
from roadmaps.models import Audience, Roadmap
from roadmaps.permissions import can_change_roadmap
from roadmaps.reports import history_of
from roadmaps.services.roadmaps import REFUSAL
from roadmaps.views.editing import edit_plan

QUARTER = timedelta(days=91)  # in which the plan's churn and slip are told


@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    """The plan as the address lays it out, filters, groups and zooms."""
    return _show(request, Look(request.user, request.GET, scope=scope_of(request)))


@require_GET
def roadmap(request: HttpRequest, number: int) -> HttpResponse:
    """The plan as this roadmap keeps it, with what the address says instead, or as an audience sees it."""
    row = _row(request, number)
    return _show(request, look_at(request.user, request.GET, row), row)


def _show(request: HttpRequest, look: Look | MaskedLook, roadmap: Roadmap | None = None) -> HttpResponse:
    request.GET = look.params  # what the page's links build on
    context = {
        "look": look, "filters": look.filters, "roadmap": roadmap, "fields": FIELDS, "formats": FORMATS,
        "form": RoadmapForm(user=request.user, initial={"product": look.product}),
        "is_owner": roadmap is not None and can_change_roadmap(request.user, roadmap),
        "audiences": Audience.objects.visible_to(request.user),
        "quarter_ago": Organisation.today() - QUARTER,
    }  # fmt: skip
    return answer(request, "roadmaps/look.html", context | drawn(look), part="plan")


@require_http_methods(["GET", "POST"])
def roadmaps(request: HttpRequest) -> HttpResponse:
    """The roadmaps one may open: own ones and shared ones; POST keeps one."""
    form = RoadmapForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("roadmap", services.create_roadmap(actor=request.user, **form.values()).pk)
        except Refused as error:
            blame(form, error)
    rows = Roadmap.objects.visible_to(request.user).select_related("owner", "product").order_by("name", "pk")
    context = {"rows": [(row, Look(request.user, request.GET, row)) for row in rows], "form": form}
    return answer(request, "roadmaps/roadmaps.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change_roadmap(request: HttpRequest, number: int) -> HttpResponse:
    """What a roadmap is of, who may open it and which roadmaps it is made of."""
    row = _row(request, number)
    must(can_change_roadmap(request.user, row), REFUSAL)

    def save(**values) -> HttpResponse:
        services.change_roadmap(actor=request.user, roadmap=row, **values)
        return redirect("roadmap", row.pk)

    return edit_plan(request, RoadmapForm, row, "roadmap", save)


@require_POST
def roadmap_look(request: HttpRequest, number: int) -> HttpResponse:
    """The roadmap keeps the layout and the rest of the look it is sent."""
    row = _row(request, number)
    look = Look(request.user, request.POST, row)
    services.change_roadmap(actor=request.user, roadmap=row, layout=look.layout, query=look.query)
    return say(request, redirect("roadmap", row.pk), f"{row.name} opens like this from now on.")


@require_POST
def roadmap_deletion(request: HttpRequest, number: int) -> HttpResponse:
    """Take the roadmap out of the list."""
    services.delete_roadmap(actor=request.user, roadmap=_row(request, number))
    return redirect("roadmaps")


@require_GET
def cycle_times(request: HttpRequest, key: str) -> HttpResponse:
    """The finished features of a product that its forecasts are told from, longest first."""
    product = get_object_or_404(Product.objects.visible_to(request.user), key=key)
    history = history_of(request.user, product)
    context = {"product": product, "history": history, "runs": RUNS, "seed": SEED, "least": LEAST}
    return answer(request, "roadmaps/cycle_times.html", context)


def _row(request: HttpRequest, number: int) -> Roadmap:
    return get_object_or_404(Roadmap.objects.visible_to(request.user).select_related("owner", "product"), pk=number)

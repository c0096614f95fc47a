"""Roadmaps: the timeline, and the ways to look at it that people kept."""

from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.context import scope_of
from core.exceptions import RuleBroken
from core.forms import blame
from core.models import Organisation, Product
from core.pages import answer
from roadmaps import services
from roadmaps.filters import FeatureFilter
from roadmaps.forecast import LEAST, RUNS, SEED
from roadmaps.forms import RoadmapForm
from roadmaps.models import Feature, Roadmap, Stage
from roadmaps.plan_view import LANES, build_plan
from roadmaps.reports import history_of
from roadmaps.timeline import ZOOMS, add_quarters, scale_at


@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    """The plan over time: bars in lanes, as the URL filters, groups and zooms."""
    zoom = request.GET.get("zoom", "")
    zoom = zoom if zoom in ZOOMS else "months"
    today = Organisation.today()
    scale = scale_at(zoom, _day(request.GET.get("from", "")) or today)
    grouping = LANES.get(request.GET.get("lanes", "initiative"))
    filters = FeatureFilter(request.GET, user=request.user)
    rows = Feature.objects.visible_to(request.user).canonical().for_list()
    if scope := scope_of(request):
        rows = rows.filter(product=scope)
    step = ZOOMS[zoom].step
    context = {
        "plan": build_plan(request.user, filters.narrow(rows), scale, grouping), "today": today, "zoom": zoom, "zooms": ZOOMS,
        "today_x": scale.x(today) if scale.start <= today < scale.end else None, "per_day": ZOOMS[zoom].per_day,
        "earlier": add_quarters(scale.start, -step).isoformat(), "later": add_quarters(scale.start, step).isoformat(),
        "grouping": grouping, "lanes": LANES.values(), "filters": filters, "form": RoadmapForm(user=request.user),
        "stages": Stage.objects.visible_to(request.user), "upper": scale.upper(), "lower": scale.lower(),
    }  # fmt: skip
    return answer(request, "roadmaps/timeline.html", context, part="plan")


@require_http_methods(["GET", "POST"])
def roadmaps(request: HttpRequest) -> HttpResponse:
    """The roadmaps one may open: own ones and shared ones; POST keeps one."""
    form = RoadmapForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("roadmap", services.create_roadmap(actor=request.user, **form.values()).pk)
        except RuleBroken as error:
            blame(form, error)
    rows = Roadmap.objects.visible_to(request.user).select_related("owner").order_by("name", "pk")
    own = [row for row in rows if row.owner_id == request.user.pk]
    context = {"own": own, "shared": [row for row in rows if row.owner_id != request.user.pk], "form": form}
    return answer(request, "roadmaps/roadmaps.html", context, status=422 if form.errors else 200)


@require_GET
def roadmap(request: HttpRequest, number: int) -> HttpResponse:
    """Open the timeline as this roadmap keeps it."""
    row = get_object_or_404(Roadmap.objects.visible_to(request.user), pk=number)
    return redirect(f"{reverse('timeline')}?{QueryDict(row.query).urlencode()}")


@require_POST
def roadmap_deletion(request: HttpRequest, number: int) -> HttpResponse:
    """Take the roadmap out of the list."""
    services.delete_roadmap(actor=request.user, roadmap=get_object_or_404(Roadmap.objects.visible_to(request.user), pk=number))
    return redirect("roadmaps")


@require_GET
def cycle_times(request: HttpRequest, key: str) -> HttpResponse:
    """The finished features of a product that its forecasts are told from, longest first."""
    product = get_object_or_404(Product.objects.visible_to(request.user), key=key)
    history = history_of(request.user, product)
    context = {"product": product, "history": history, "runs": RUNS, "seed": SEED, "least": LEAST}
    return answer(request, "roadmaps/cycle_times.html", context)


def _day(text: str) -> date | None:
    """A day within living memory; nothing where the text is none."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2100 else None

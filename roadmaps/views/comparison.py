"""Two moments of the plan side by side: what came, what went, what moved, and on whose decision."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core import clock
from core.context import scope_of
from core.models import Organisation
from core.pages import answer
from roadmaps.looks import Look
from roadmaps.models import Roadmap
from roadmaps.moments import MOST_LINES, compare_moments, moment_of

USUAL = timedelta(days=28)  # looked back where nothing is said


@require_GET
def plan_comparison(request: HttpRequest) -> HttpResponse:
    """What moved between two moments among the features the address filters for."""
    return _show(request, Look(request.user, request.GET, scope=scope_of(request)))


@require_GET
def roadmap_comparison(request: HttpRequest, number: int) -> HttpResponse:
    """What moved on a roadmap between two moments."""
    rows = Roadmap.objects.visible_to(request.user).select_related("owner", "product")
    return _show(request, Look(request.user, request.GET, get_object_or_404(rows, pk=number)))


def _show(request: HttpRequest, look: Look) -> HttpResponse:
    zone, now = Organisation.zone(), clock.now()
    since, until = _read(request.GET.get("from", ""), zone), _read(request.GET.get("to", ""), zone)
    context = {"look": look, "roadmap": look.roadmap, "zone": zone, "filters": look.filters, "most": MOST_LINES}
    context["besides"] = [(name, value) for name, values in request.GET.lists() if name not in ("from", "to") for value in values]
    given = [request.GET.get(name) for name, found in (("from", since), ("to", until)) if request.GET.get(name) and found is None]
    context["unread"] = given[0] if given else ""
    until = min(until or now, now)
    since = min(since or until - USUAL, until)
    if not look.is_hidden:
        context["comparison"] = compare_moments(look, since, until)
    return answer(request, "roadmaps/comparison.html", context)


def _read(text: str, zone: str) -> datetime | None:
    """The moment a text means: a day, by whose end all that happened on it is counted, or a date and time; None where it is neither."""
    try:
        if len(text) == 10:
            return moment_of(date.fromisoformat(text), zone)
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OverflowError):
        return None

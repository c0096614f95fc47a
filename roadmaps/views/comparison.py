"""Two moments of the plan side by side: what came, what went, what moved, and on whose decision."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from core.context import scope_of
from core.exceptions import Refused
from core.forms import blame
from core.models import Organisation
from core.pages import answer, say
from roadmaps import services
from roadmaps.exports import download_comparison
from roadmaps.forms import SnapshotForm, TellingForm
from roadmaps.looks import Look
from roadmaps.models import Roadmap, RoadmapSubscription, Snapshot
from roadmaps.moments import MOST_LINES, compare_moments, figures_between, two_moments
from roadmaps.permissions import can_change_roadmap


@require_GET
def plan_comparison(request: HttpRequest) -> HttpResponse:
    """What moved between two moments among the features the address filters for."""
    return _show(request, Look(request.user, request.GET, scope=scope_of(request)))


@require_GET
def roadmap_comparison(request: HttpRequest, number: int) -> HttpResponse:
    """What moved on a roadmap between two moments."""
    return _show(request, Look(request.user, request.GET, _roadmap(request, number)))


@require_GET
def plan_comparison_pdf(request: HttpRequest) -> HttpResponseBase:
    """The same on paper."""
    return _download(request, Look(request.user, request.GET, scope=scope_of(request)))


@require_GET
def roadmap_comparison_pdf(request: HttpRequest, number: int) -> HttpResponseBase:
    """The same of a roadmap."""
    return _download(request, Look(request.user, request.GET, _roadmap(request, number)))


def _download(request: HttpRequest, look: Look) -> HttpResponseBase:
    zone = Organisation.zone()
    since, until, _ = two_moments(look, request.GET.get("from", ""), request.GET.get("to", ""), zone)
    return download_comparison(look, since, until, zone)


@require_POST
def snapshots(request: HttpRequest, number: int) -> HttpResponse:
    """A moment of the roadmap has a name."""
    row, form = _roadmap(request, number), SnapshotForm(request.POST)
    if form.is_valid():
        try:
            made = services.create_snapshot(actor=request.user, roadmap=row, **form.values())
            return say(request, redirect("roadmap-comparison", row.pk), f"{made.name} is a moment of {row.name} now.")
        except Refused as error:
            blame(form, error)
    return _show(request, Look(request.user, QueryDict(), row), form, status=422)


@require_POST
def snapshot_removal(request: HttpRequest, number: int, snapshot: int) -> HttpResponse:
    """The moment has no name any more."""
    row = get_object_or_404(Snapshot.objects.visible_to(request.user).select_related("roadmap"), pk=snapshot, roadmap=number)
    services.delete_snapshot(actor=request.user, snapshot=row)
    return say(request, redirect("roadmap-comparison", number), f"{row.name} is no name of a moment any more.")


@require_POST
def comparison_mails(request: HttpRequest, number: int) -> HttpResponse:
    """People are told by mail what moved between the two moments."""
    row, form = _roadmap(request, number), TellingForm(request.POST, user=request.user)
    look, given = Look(request.user, QueryDict(), row), request.POST
    since, until, _ = two_moments(look, given.get("from", ""), given.get("to", ""), Organisation.zone())
    if form.is_valid():
        people = list(form.cleaned_data["people"])
        try:
            span = {"since": (since.at, since.name), "until": (until.at, until.name)}
            services.mail_comparison(actor=request.user, roadmap=row, people=people, **span)
            told = f"{len(people)} mail{'s are' if len(people) > 1 else ' is'} on the way."
            return say(request, redirect("roadmap-comparison", row.pk), told)
        except Refused as error:
            blame(form, error)
    return _show(request, look, telling=form, status=422)


@require_POST
def roadmap_subscription(request: HttpRequest, number: int) -> HttpResponse:
    """What moves on the roadmap is mailed to the reader; with no `cadence` no longer."""
    row, back = _roadmap(request, number), redirect("roadmap-comparison", number)
    if cadence := request.POST.get("cadence", ""):
        services.subscribe_to_roadmap(actor=request.user, roadmap=row, cadence=cadence)
        return say(request, back, f"You will be sent what moves on {row.name}.")
    services.unsubscribe_from_roadmap(actor=request.user, roadmap_id=row.pk)
    return say(request, back, f"You will not be sent what moves on {row.name}.")


def _roadmap(request: HttpRequest, number: int) -> Roadmap:
    return get_object_or_404(Roadmap.objects.visible_to(request.user).select_related("owner", "product"), pk=number)


def _show(
    request: HttpRequest, look: Look, form: SnapshotForm | None = None, telling: TellingForm | None = None, status: int = 200
) -> HttpResponse:
    zone, given = Organisation.zone(), request.GET or request.POST
    since, until, unread = two_moments(look, given.get("from", ""), given.get("to", ""), zone)
    if request.htmx and not look.is_hidden:
        return answer(request, "roadmaps/comparison_short.html", {"figures": figures_between(look, since.at, until.at)})
    context = {
        "look": look, "roadmap": look.roadmap, "zone": zone, "filters": look.filters, "most": MOST_LINES, "unread": unread,
        "since": since, "until": until, "form": form or SnapshotForm(),
        "telling": telling or TellingForm(user=request.user),
        "besides": [(name, value) for name, values in request.GET.lists() if name not in ("from", "to") for value in values],
    }  # fmt: skip
    if look.roadmap is not None:
        context["is_owner"] = can_change_roadmap(request.user, look.roadmap)
        mine = RoadmapSubscription.objects.visible_to(request.user).filter(roadmap=look.roadmap)
        context["cadence"] = mine.values_list("cadence", flat=True).first()
        context["cadences"] = RoadmapSubscription.offered_by(look.roadmap)
        context["named"] = Snapshot.objects.visible_to(request.user).filter(roadmap=look.roadmap).select_related("made_by")
    if not look.is_hidden:
        context["comparison"] = compare_moments(look, since.at, until.at)
    return answer(request, "roadmaps/comparison.html", context, status=status)

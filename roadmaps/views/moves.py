"""What is dragged: cards into a stage or a horizon, bars to other dates, a line from bar to bar; by a drop, or by a small form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.acts import act
from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, offer_undo, say
from core.permissions import must_edit
from roadmaps import services
from roadmaps.forms import HorizonMove, LinkForm, MoveForm, StageMove
from roadmaps.models import Feature, Initiative
from roadmaps.services.moves import pushed_by


@require_http_methods(["GET", "POST"])
def feature_stage(request: HttpRequest, key: str) -> HttpResponse:
    """The stage the feature enters next; one whose checks are not met asks for a reason."""
    row = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    must_edit(request.user, row.product_id)
    form = StageMove(request.POST or None, user=request.user, initial={"to": row.stage.slug, "version": row.version})

    def move(to, version, reason):
        services.enter_stage(actor=request.user, feature=row, stage=to, seen=version, reason=reason)

    return _moved(request, form, move, f"{row.key} {row.title}", reverse("feature", args=[row.key]))


@require_http_methods(["GET", "POST"])
def initiative_horizon(request: HttpRequest, number: int) -> HttpResponse:
    """The horizon the initiative stands in."""
    row = get_object_or_404(Initiative.objects.visible_to(request.user), pk=number)
    must_edit(request.user, row.product_id)
    form = HorizonMove(request.POST or None, user=request.user, initial={"to": row.horizon, "version": row.version})

    def move(to, version):
        services.change_initiative(actor=request.user, initiative=row, horizon=to, seen=version)

    return _moved(request, form, move, row.name, reverse("initiative", args=[row.pk]))


@require_http_methods(["GET", "POST"])
def feature_dates(request: HttpRequest, key: str) -> HttpResponse:
    """The dates a bar is moved to: GET says what that pushes and moves nothing, POST moves the feature and what was ticked of it."""
    row = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    must_edit(request.user, row.product_id)
    given = request.POST if request.method == "POST" else request.GET
    asked = given if "target_date" in given else {"start_date": row.start_date, "target_date": row.target_date, "version": row.version}
    form = MoveForm(asked, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            also = form.also
            result = services.reschedule_feature(actor=request.user, feature=row, to=form.to, seen=form.cleaned_data["version"], also=also)
            return _done(request, row, result)
        except Refused as error:
            blame(form, error)
    pushed = pushed_by(request.user, row, form.to) if form.is_valid() else []
    context = {"form": form, "feature": row, "moved": [one for one in pushed if one.to], "held": [one for one in pushed if not one.to]}
    return answer(request, "roadmaps/feature_dates.html", context, part="form", status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def feature_link(request: HttpRequest, key: str) -> HttpResponse:
    """Another feature waits for this one from now on; it is found by key or by words."""
    row = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    form = LinkForm(request.POST or None, user=request.user, feature=row)

    def link(to, kind):
        services.create_dependency(actor=request.user, predecessor=row, successor=to, kind=kind)

    if request.method == "GET":
        must_edit(request.user, row.product_id)
    return _moved(request, form, link, row.key, reverse("feature", args=[row.key]), "roadmaps/feature_link.html")


def _done(request: HttpRequest, row: Feature, result) -> HttpResponse:
    """What was moved, with an undo for all of it."""
    others = len(result.done) - 1
    said = f"{row.key} moved" + (f", and {others} that wait{'s' if others == 1 else ''} for it" if others else "")
    said += f"; {', '.join(one.feature.key for one in result.left)} left as somebody else changed it" if result.left else ""
    if not request.htmx:
        return say(request, redirect("feature", row.key), f"{said}.")
    return offer_undo(HttpResponse(status=204), said, result.event and result.event.number, "waymark:close", "waymark:moved")


def _moved(request: HttpRequest, form, move, name: str, page: str, template: str = "roadmaps/move.html") -> HttpResponse:
    """The form, or after a move the offer to undo it; the board draws itself anew."""
    if request.method == "POST" and form.is_valid():
        try:
            with act(request.user) as done:
                move(**form.cleaned_data)
            if not request.htmx:
                return redirect(page)
            response = HttpResponse(status=204)
            to = form.cleaned_data["to"]
            return offer_undo(response, f"{name}: {form.word_of(to)}", done.event and done.event.number, "waymark:close", "waymark:moved")
        except Refused as error:
            if getattr(error, "field", None) == "reason":
                form.ask_reason()
            blame(form, error)
    context = {"form": form, "name": name, "page": page}
    return answer(request, template, context, part="form", status=422 if form.errors else 200)

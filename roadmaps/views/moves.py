"""Cards moved on a board: a feature enters a stage, an initiative another horizon; by a drop, or by a small form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.acts import act
from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, offer_undo
from core.permissions import must_edit
from roadmaps import services
from roadmaps.forms import HorizonMove, StageMove
from roadmaps.models import Feature, Initiative


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


def _moved(request: HttpRequest, form, move, name: str, page: str) -> HttpResponse:
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
    return answer(request, "roadmaps/move.html", context, part="form", status=422 if form.errors else 200)

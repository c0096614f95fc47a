"""Settings of audiences: whom roadmaps are shown to, and behind which masks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core import history
from core.editing import edit
from core.exceptions import Refused, RuleBroken
from core.forms import blame
from core.models import User
from core.pages import answer, say
from core.permissions import can_shape_process, must
from roadmaps import services
from roadmaps.filters import FeatureFilter
from roadmaps.forms import AudienceForm
from roadmaps.models import Audience
from roadmaps.services.audiences import REFUSAL


@require_http_methods(["GET", "POST"])
def audiences(request: HttpRequest) -> HttpResponse:
    """The audiences and what each is shown; POST adds one."""
    may_change = can_shape_process(request.user)
    must(request.method == "GET" or may_change, REFUSAL)
    form = AudienceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.create_audience(actor=request.user, **_lasting(form.values(), request.user))
            return say(request, redirect("audiences"), f"Roadmaps can be shown to {added.name} from now on.")
        except Refused as error:
            blame(form, error)
    context = {"rows": Audience.objects.visible_to(request.user), "form": form, "may_change": may_change}
    return answer(request, "roadmaps/audiences.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    """One audience; POST saves it."""
    row = get_object_or_404(Audience.objects.visible_to(request.user), slug=slug)
    must(can_shape_process(request.user), REFUSAL)
    form = AudienceForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_audience(actor=request.user, audience=row, **_lasting(values, request.user))
        return say(request, redirect("audiences"), f"{row.name} is saved.")

    return edit(
        request, "roadmaps/audience.html", form, save, lambda: {"audience": row, "history": history.of_row(row, request.user)}, row
    )  # fmt: skip


@require_POST
def audience_removal(request: HttpRequest, slug: str) -> HttpResponse:
    """Nothing is shown to the audience any more."""
    row = get_object_or_404(Audience.objects.visible_to(request.user), slug=slug)
    services.delete_audience(actor=request.user, audience=row)
    return say(request, redirect("audiences"), f"Nothing is shown to {row.name} any more.")


def _lasting(values: dict[str, Any], user: User) -> dict[str, Any]:
    """The values with their rule as ids where it names rows, so that a later name of theirs changes nothing."""
    if "leaves_out" not in values:
        return values
    filters = FeatureFilter({"filter": values["leaves_out"]}, user=user)
    if filters.error:
        raise RuleBroken(filters.error, "leaves_out")
    return values | {"leaves_out": filters.lasting}

"""The order of features by hand: where rows that were dragged, moved by keys or by a dialog are to stand."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.acts import act
from core.exceptions import RuleBroken
from core.forms import blame
from core.models import Event
from core.pages import answer, say
from roadmaps import services
from roadmaps.forms import OrderForm
from roadmaps.models import Feature


@require_http_methods(["GET", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """Features, named by `feature` (keys, by commas), stand at the top, at the bottom, before or after another one of their product."""
    features = _named(request)
    form = OrderForm(request.POST if request.method == "POST" else None, user=request.user, features=features)
    if request.method == "POST" and form.is_valid():
        try:
            with act(request.user) as done:
                services.move_features(actor=request.user, features=features, **form.beside())
            return _moved(request, features, done.event)
        except RuleBroken as error:
            blame(form, error)
    context = {"form": form, "features": features}
    return answer(request, "roadmaps/features_order.html", context, part="form", status=422 if form.errors else 200)


def _named(request: HttpRequest) -> list[Feature]:
    given = (request.POST if request.method == "POST" else request.GET).getlist("feature")
    keys = [key for part in given for key in part.split(",")][: services.order.MOST]
    found = {row.key: row for row in Feature.objects.visible_to(request.user).select_related("product").filter(key__in=keys)}
    if not found or len(found) < len(set(keys)):
        raise Http404
    return [found[key] for key in dict.fromkeys(keys)]


def _moved(request: HttpRequest, features: list[Feature], event: Event | None) -> HttpResponse:
    """Where they stand now, with the way back; the list draws itself anew."""
    row = Feature.objects.visible_to(request.user).with_position().get(pk=features[0].pk)
    who = f"{row.key} is" if len(features) == 1 else f"{len(features)} features are"
    text = f"{who} number {row.position} by hand" if len(features) == 1 else f"{who} by hand from number {row.position} on"
    undo = reverse("event-undo", args=[event.number]) if event else ""
    if not request.htmx:
        return say(request, redirect(f"{reverse('features')}?sort=order"), text, undo=undo)
    news = {"waymark:undo": {"label": text, "url": undo}} if event else {"waymark:message": {"text": text, "level": "info"}}
    triggers = news | {"waymark:close": {}, "waymark:ordered": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(triggers)})

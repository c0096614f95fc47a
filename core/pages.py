"""How a view answers: a whole page, or the part of it that htmx asked for."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers


def answer(request: HttpRequest, template: str, context: dict | None = None, *, part: str = "", status: int = 200) -> HttpResponse:
    """Render `template`, or only its `{% partialdef part %}` when htmx asks for a part of the page."""
    name = f"{template}#{part}" if part and request.htmx and not request.htmx.history_restore_request else template
    response = render(request, name, context or {}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def offer_undo(response: HttpResponse, label: str, event_number: int | None, *besides: str) -> HttpResponse:
    """Show what was done with a button that takes it back; `besides` are events of the page that go with it."""
    events: dict[str, dict] = {name: {} for name in besides}
    if event_number is not None:
        events["waymark:undo"] = {"label": label, "url": reverse("event-undo", args=[event_number])}
    if events:
        response.headers["HX-Trigger"] = json.dumps(events)
    return response


def say(request: HttpRequest, response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    """Show a sentence of success: on the page that a redirect leads to, or beside the part that htmx swaps.

    After a redirect `undo` is the address that takes it back; its button stands beside the sentence.
    """
    if 300 <= response.status_code < 400:
        messages.success(request, text, extra_tags=undo)
    else:
        response.headers["HX-Trigger"] = json.dumps({"waymark:message": {"text": text, "level": "success"}})
    return response

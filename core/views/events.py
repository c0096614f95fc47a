"""Taking back what was done, and doing it again."""

import json
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import edits
from core.models import Event
from core.pages import answer, say

SHOWN = 50


@require_POST
def turn(request: HttpRequest, number: int) -> HttpResponse:
    """Take an event of mine back; the answer offers to do it again."""
    event = get_object_or_404(Event.objects.visible_to(request.user), number=number)
    return _told(request, edits.turn(actor=request.user, event=event))


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take my newest edit of the last hour back."""
    return _told(request, edits.undo_last(actor=request.user))


@require_POST
def redo(request: HttpRequest) -> HttpResponse:
    """Do again what I took back last."""
    return _told(request, edits.redo_last(actor=request.user))


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My edits of the last hour, each with the way to take it back or do it again."""
    found = edits.edits_of(request.user)
    context = {"edits": edits.told(found[:SHOWN], request.user), "undo": edits.next_to_undo(found), "redo": edits.next_to_redo(found)}
    return answer(request, "core/edits.html", context, part="list")


def _told(request: HttpRequest, done: edits.Done) -> HttpResponse:
    """What it came to, with a way to see it and one to turn it round."""
    turn_url = reverse("event-undo", args=[done.event.number]) if done.event else ""
    if not request.htmx:
        came_from = urlsplit(request.headers.get("Referer", ""))
        there = came_from.path if came_from.netloc == request.get_host() else "home"
        return say(request, redirect(there), done.text, undo=turn_url)
    response = HttpResponse()
    offer = {"waymark:undo": {"label": done.text, "url": turn_url, "link": done.url}}
    news = {"waymark:message": {"text": done.text, "level": "success", "link": done.url}}
    response.headers["HX-Trigger"] = json.dumps((offer if turn_url else news) | {"waymark:turned": {}})
    return response

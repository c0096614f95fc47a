"""Taking back what was done."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.models import Event
from core.pages import offer_undo, say
from core.undo import undo_event


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take an event of mine back; the answer offers to do it again."""
    event = get_object_or_404(Event.objects.visible_to(request.user), number=number)
    made = undo_event(actor=request.user, event=event)
    done = "Done again." if event.undoes else "Taken back."
    if request.htmx:
        return offer_undo(HttpResponse(), done, made.number)
    came_from = urlsplit(request.headers.get("Referer", ""))
    return say(request, redirect(came_from.path if came_from.netloc == request.get_host() else "home"), done)

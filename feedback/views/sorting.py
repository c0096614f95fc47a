"""Sorting messages: what each does is done by a service; the next message opens, with an offer to undo."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.acts import act
from core.context import scope_of
from core.exceptions import Conflict, RuleBroken
from core.pages import offer_undo
from feedback import services
from feedback.filters import InboxFilter
from feedback.forms import FactsForm, SnoozeForm
from feedback.models import Feedback
from feedback.permissions import must_triage
from feedback.views.inbox import list_query, neighbours, row_of, show


@require_POST
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """The message comes back on the day given."""
    form = SnoozeForm(request.POST, user=request.user)
    until = form.moment(request.user) if form.is_valid() else None
    if until is None:
        raise RuleBroken("Choose a day from tomorrow on, within a year.", "until")
    return moved_on(request, pk, "Snoozed", lambda row: services.snooze_feedback(actor=request.user, feedback=row, until=until))


@require_POST
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """What the message asks for will not be done, for the reason given."""
    reason = request.POST.get("reason", "")
    return moved_on(request, pk, "Declined", lambda row: services.decline_feedback(actor=request.user, feedback=row, reason=reason))


@require_POST
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """The message needs nothing more."""
    return moved_on(request, pk, "Closed", lambda row: services.close_feedback(actor=request.user, feedback=row))


@require_POST
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    """The message is to be looked at again."""
    return stayed(request, pk, "Opened again", lambda row: services.reopen_feedback(actor=request.user, feedback=row))


@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The message says the same as the one named; without one it stands for itself again."""
    into = request.POST.get("into", "")
    if not into:
        return stayed(request, pk, "Taken apart", lambda row: services.unmerge_feedback(actor=request.user, feedback=row))
    known = Feedback.objects.visible_to(request.user).select_related("product")
    target = get_object_or_404(known, pk=int(into) if into.isdecimal() and len(into) < 19 else 0)
    return moved_on(request, pk, "Merged", lambda row: services.merge_feedback(actor=request.user, feedback=row, into=target))


@require_POST
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Product, kind, tags and whose it is are as given."""
    row = row_of(request, pk)
    must_triage(request.user, row)
    form = FactsForm(request.POST, instance=row, user=request.user)
    if not form.is_valid():
        raise RuleBroken(next(iter(form.errors.values()))[0], next(iter(form.errors)))
    seen = form.cleaned_data["version"]
    try:
        return stayed(
            request, pk, "Saved", lambda row: services.change_feedback(actor=request.user, feedback=row, seen=seen, **form.values())
        )
    except Conflict as conflict:
        raise RuleBroken(f"{conflict} Load the page again to see theirs.") from conflict


def stayed(request: HttpRequest, pk: int, said: str, do: Callable[[Feedback], object]) -> HttpResponse:
    """Do it, and show the same message anew."""
    row = row_of(request, pk)
    with act(request.user) as done:
        do(row)
    if not request.htmx:
        return redirect(reverse("message", args=[pk]) + list_query(request))
    return offer_undo(show(request, row_of(request, pk)), f"{said}: {row.title[:60]}", done.event and done.event.number)


def moved_on(request: HttpRequest, pk: int, said: str, do: Callable[[Feedback], object]) -> HttpResponse:
    """Do it, and open the message that stood next in the list."""
    row = row_of(request, pk)
    following = neighbours(request, InboxFilter.of(request, scope_of(request)), row)["next_pk"]
    with act(request.user) as done:
        do(row)
    url = (reverse("message", args=[following]) if following else reverse("feedback")) + list_query(request)
    if not request.htmx:
        return redirect(url)
    response = show(request, row_of(request, following) if following else None)
    response.headers["HX-Push-Url"] = url
    return offer_undo(response, f"{said}: {row.title[:60]}", done.event and done.event.number)

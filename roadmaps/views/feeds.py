"""Calendars: one's own under Settings, and the file that other programs fetch."""

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, say
from core.permissions import can_see_product
from roadmaps import services
from roadmaps.feeds import calendar_of
from roadmaps.forms.launches import FeedForm
from roadmaps.models import CalendarFeed


@never_cache
@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """My calendars; the address of a new one is shown in this one answer and never again."""
    form, fresh = FeedForm(request.POST or None, user=request.user, initial={"product": request.user.scope_id}), ""
    if request.method == "POST" and form.is_valid():
        try:
            feed, secret = services.create_feed(actor=request.user, **form.values())
            fresh, form = settings.PUBLIC_BASE_URL + reverse("calendar", args=[feed.key, secret]), FeedForm(user=request.user)
        except Refused as error:
            blame(form, error)
    context = {"form": form, "fresh": fresh, "feeds": CalendarFeed.objects.visible_to(request.user).select_related("product")}
    return answer(request, "roadmaps/feeds.html", context, status=422 if form.errors else 200)


@require_POST
def feed_removal(request: HttpRequest, number: int) -> HttpResponse:
    """The address leads nowhere any more."""
    row = get_object_or_404(CalendarFeed.objects.visible_to(request.user), pk=number)
    services.delete_feed(actor=request.user, feed=row)
    return say(request, redirect("feeds"), f"The calendar “{row.name}” is closed.")


@login_not_required
@require_safe
def calendar(request: HttpRequest, key: str, secret: str) -> HttpResponse:
    """The calendar of this address, with the rights its person has now; a wrong address, and one that was closed, leads nowhere."""
    feed = CalendarFeed.objects.for_sign_in().filter(key=key, deleted_at=None).select_related("user").first()
    if feed is None or not feed.matches(secret) or not feed.user.rights.is_active:
        raise Http404("There is no such calendar.")
    if feed.product_id is not None and not can_see_product(feed.user, feed.product_id):
        raise Http404("There is no such calendar.")
    text = calendar_of(feed).encode()
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Disposition"] = 'inline; filename="waymark.ics"'
    response.headers["ETag"] = etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=etag, response=response)

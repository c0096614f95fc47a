"""Saved views: each has an address that stays."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core import services
from core.models import Product, SavedView
from core.pages import say
from core.saved_views import ALL, address_of, hides

EVERYBODY = "everybody"


@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Save a list as it is shown; its tab opens."""
    given = {name: request.POST.get(name, "") for name in ("page", "name", "query")}
    made = services.save_view(actor=request.user, **given, **_audience(request))
    if "is_pinned" in request.POST:
        services.pin_view(actor=request.user, view=made)
    return say(request, redirect("view", made.pk), f"The view “{made.name}” is saved.")


@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """GET opens the list as it was saved, or the whole list where the view asks for what is not the reader's; POST changes the view."""
    row = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if request.method == "GET":
        if not hides(row, request.user):
            return redirect(address_of(row))
        messages.warning(request, f"“{row.name}” asks for something that is gone or not yours to see. This is the whole list.")
        return redirect(f"{reverse(row.page)}?view={ALL}")
    values = {name: request.POST[name] for name in ("name", "query") if name in request.POST}
    services.change_view(actor=request.user, view=row, **values, **_audience(request))
    return say(request, redirect("view", row.pk), f"The view “{row.name}” is saved.")


@require_POST
def view_pin(request: HttpRequest, pk: int) -> HttpResponse:
    """The view is at hand beside every page, or with `pin=0` no longer: one's own affair, whosever the view is."""
    row = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    wanted = request.POST.get("pin", "1") == "1"
    services.pin_view(actor=request.user, view=row, is_pinned=wanted)
    return say(request, redirect("view", row.pk), f"“{row.name}” is {'pinned' if wanted else 'not pinned any more'}.")


@require_POST
def view_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes in the view is mailed to the reader, daily or weekly; with no `cadence` no longer."""
    row = get_object_or_404(SavedView.objects.visible_to(request.user).select_related("product"), pk=pk)
    if cadence := request.POST.get("cadence", ""):
        services.subscribe_to_view(actor=request.user, view=row, cadence=cadence)
        return say(request, redirect("view", row.pk), f"You will be sent what changes in “{row.name}”.")
    services.unsubscribe_from_view(actor=request.user, view_id=row.pk)
    return say(request, redirect("view", row.pk), f"You will not be sent anything about “{row.name}”.")


@require_POST
def view_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The view is gone."""
    row = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    services.delete_view(actor=request.user, view=row)
    undo = reverse("view-restoration", args=[row.pk])
    return say(request, redirect(row.page), f"The view “{row.name}” is removed.", undo=undo)


@require_POST
def view_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """The removed view is back and opens."""
    row = get_object_or_404(SavedView.objects.removed_by(request.user), pk=pk)
    services.restore_view(actor=request.user, view=row)
    return say(request, redirect("view", row.pk), f"The view “{row.name}” is back.")


def _audience(request: HttpRequest) -> dict[str, Any]:
    """Whom the form says the view is for: nothing said leaves that as it is; a product out of sight does not exist."""
    whom = request.POST.get("whom")
    if whom is None:
        return {}
    key = whom if whom not in ("", EVERYBODY) else ""
    product = get_object_or_404(Product.objects.visible_to(request.user), key=key) if key else None
    return {"is_shared": whom != "", "product": product, "is_default": "is_default" in request.POST}

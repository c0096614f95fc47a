"""Saved views: each has an address that stays."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core import services
from core.models import SavedView
from core.pages import say


@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Save a list as it is shown; its tab opens."""
    given = {name: request.POST.get(name, "") for name in ("page", "name", "query")}
    made = services.save_view(actor=request.user, is_pinned="is_pinned" in request.POST, **given)
    return say(request, redirect("view", made.pk), f"The view “{made.name}” is saved.")


@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """GET opens the list as it was saved; POST changes what it keeps."""
    row = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if request.method == "GET":
        return redirect(f"{reverse(row.page)}?{row.query}{'&' if row.query else ''}view={row.pk}")
    values = {name: request.POST[name] for name in ("name", "query") if name in request.POST}
    services.change_view(actor=request.user, view=row, is_pinned="is_pinned" in request.POST, **values)
    return say(request, redirect("view", row.pk), f"The view “{row.name}” is saved.")


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

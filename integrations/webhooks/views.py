"""Pages of webhooks."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core.editing import edit
from core.exceptions import Refused
from core.forms import blame
from core.models import Delivery
from core.pages import answer, say
from core.permissions import can_shape_process, must
from integrations.webhooks import services
from integrations.webhooks.forms import EndpointForm
from integrations.webhooks.models import WebhookEndpoint


@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """All endpoints, and a form for a new one; its secret is shown in this one answer."""
    must(can_shape_process(request.user), services.WHO)
    form, made = EndpointForm(request.POST or None, user=request.user), None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_endpoint(actor=request.user, **form.values())
            form = EndpointForm(user=request.user)
        except Refused as error:
            blame(form, error)
    rows = WebhookEndpoint.objects.visible_to(request.user).select_related("owner")
    context = {"form": form, "rows": rows, "fresh": made}
    return answer(request, "integrations/webhooks/webhooks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One endpoint and what it was told."""
    row = _endpoint(request, pk)
    form = EndpointForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_endpoint(actor=request.user, endpoint=row, **values)
        return say(request, redirect("webhook", row.pk), f"“{row.name}” is saved.")

    return edit(request, "integrations/webhooks/webhook.html", form, save, lambda: _standing(request, row), row)


@require_POST
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown in this one answer."""
    row = services.renew_secret(actor=request.user, endpoint=_endpoint(request, pk))
    form = EndpointForm(instance=row, user=request.user, initial={"version": row.version})
    return answer(request, "integrations/webhooks/webhook.html", _standing(request, row) | {"form": form, "fresh": row})


@require_POST
def webhook_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The endpoint is told nothing any more."""
    row = _endpoint(request, pk)
    services.delete_endpoint(actor=request.user, endpoint=row)
    return say(request, redirect("webhooks"), f"“{row.name}” is removed.")


def _endpoint(request: HttpRequest, pk: int) -> WebhookEndpoint:
    return get_object_or_404(WebhookEndpoint.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _standing(request: HttpRequest, row: WebhookEndpoint) -> dict[str, Any]:
    """What the page of an endpoint shows beside its form."""
    log = Paginator(Delivery.objects.visible_to(request.user).filter(lane=row.lane), 50).get_page(request.GET.get("page"))
    return {"endpoint": row, "log": log}

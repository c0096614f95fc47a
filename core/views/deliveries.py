"""What was sent, and sending it again."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from core.deliveries import redeliver
from core.models import Delivery
from core.pages import answer, say
from core.permissions import can_shape_process, must


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """The log of everything that left the house, newest first."""
    must(can_shape_process(request.user), "Only administrators and product operations see what was sent.")
    log = Paginator(Delivery.objects.visible_to(request.user), 50).get_page(request.GET.get("page"))
    return answer(request, "settings/deliveries.html", {"log": log})


@require_POST
def redelivery(request: HttpRequest, pk: int) -> HttpResponse:
    """A delivery that was given up is due again."""
    row = get_object_or_404(Delivery.objects.visible_to(request.user), pk=pk)
    redeliver(actor=request.user, delivery=row)
    here = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return say(request, redirect(here if safe else "deliveries"), "It is on its way again.")

"""What machines ask: is this process alive, is the work done, what changed."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from core import health, pulse

LATE = 60  # seconds after which something due counts as late


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and nothing due is late: not "is a worker running" but "is its work done"."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    ages = health.ages()
    ready = max(ages.values()) <= LATE
    return JsonResponse({"ready": ready, "oldest_due_seconds": ages}, status=200 if ready else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, by the token METRICS_TOKEN of the environment; for everybody else there is nothing here."""
    if not health.may_read_metrics(request.headers.get("Authorization", "")):
        raise Http404
    return HttpResponse(health.metrics(), content_type=CONTENT_TYPE_LATEST)


@require_GET
def pulse_view(request: HttpRequest) -> HttpResponse:
    """What changed since the page looked last: 204, or the topics of the parts to fetch again."""
    seen, topics = pulse.since(request.GET.get("seen", ""), request.user.rights.visible)
    if not topics and seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return JsonResponse({"seen": seen, "topics": topics})

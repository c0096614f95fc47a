"""What machines ask: is this process alive, is the work done, what changed."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_safe

from core import clock, derivation, pulse

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
    oldest = derivation.oldest_due()
    age = (clock.now() - oldest).total_seconds() if oldest else 0
    ready = age <= LATE
    return JsonResponse({"ready": ready, "oldest_due_seconds": round(age, 1)}, status=200 if ready else 503)


@require_GET
def pulse_view(request: HttpRequest) -> HttpResponse:
    """What changed since the page looked last: 204, or the topics of the parts to fetch again."""
    seen, topics = pulse.since(request.GET.get("seen", ""), request.user.rights.visible)
    if not topics and seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return JsonResponse({"seen": seen, "topics": topics})

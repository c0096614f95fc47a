"""The audit log: who did what, when, through which door; and whether the record is whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from core import history
from core.audit import size_and_faults
from core.models import Event
from core.pages import answer
from core.permissions import can_read_audit, must
from core.registry import subjects
from governance.filters import AuditFilter

PAGE = 50
MOST_EVENTS = 50_000  # verified in a request: a few seconds; longer records are verified by the command
MOST_FAULTS = 20
REFUSAL = "Only administrators and product operations may read the audit log."


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Events in sight, the newest first; `?before=` continues below a number."""
    must(can_read_audit(request.user), REFUSAL)
    narrowing = AuditFilter(request.GET, user=request.user)
    rows = narrowing.narrow(Event.objects.visible_to(request.user).select_related("actor").order_by("-number"))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= 18:
        rows = rows.filter(number__lt=int(before))
    events = list(rows[: PAGE + 1])
    for event in events:
        event.noun = subjects[event.subject_type].noun if event.subject_type in subjects else event.subject_type
    context = {"events": events[:PAGE], "next": events[PAGE - 1].number if len(events) > PAGE else None, "filter": narrowing}
    return answer(request, "governance/audit.html", context, part="rows")


@require_GET
def audit_event(request: HttpRequest, number: int) -> HttpResponse:
    """One event with every row it touched, as far as this person may see them."""
    must(can_read_audit(request.user), REFUSAL)
    event = get_object_or_404(Event.objects.visible_to(request.user).select_related("actor"), number=number)
    return answer(
        request, "governance/audit_event.html", {"event": event, "touched": history.of_event(event, request.user)}, part="touched"
    )


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Read the whole record and say whether it is as it was written."""
    must(can_read_audit(request.user), REFUSAL)
    size, faults = size_and_faults(MOST_EVENTS, MOST_FAULTS)
    return answer(request, "governance/verification.html", {"size": size, "faults": faults, "most": MOST_EVENTS}, part="result")

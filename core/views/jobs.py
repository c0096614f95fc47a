"""Long work: what runs, how far it is, and ending it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import services
from core.models import Job
from core.pages import answer, say
from core.permissions import can_shape_process
from core.registry import job_kinds


@require_http_methods(["GET", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """My jobs, and for operations everybody's; POST rebuilds the search index."""
    if request.method == "POST":
        return redirect("job", services.start_reindexing(actor=request.user).pk)
    page = Paginator(Job.objects.visible_to(request.user).select_related("owner"), 50).get_page(request.GET.get("page"))
    context = {"page": page, "can_rebuild": can_shape_process(request.user)}
    return answer(request, "settings/jobs.html", context, part="jobs")


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job, live while it runs."""
    row = get_object_or_404(Job.objects.visible_to(request.user).select_related("owner"), pk=pk)
    kind = job_kinds.get(row.kind)
    url = kind.url(row) if kind and kind.url and row.state == Job.State.DONE else ""
    return answer(request, "settings/job.html", {"job": row, "url": url}, part="job")


@require_POST
def job_cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """End the job."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    services.cancel_job(actor=request.user, job=row)
    return say(request, redirect("job", row.pk), "The job is being ended.")

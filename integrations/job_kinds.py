"""Integrations' own kinds of jobs."""

from django.urls import reverse

from core.registry import JobKind, register_job
from integrations import services

register_job(
    JobKind(
        services.JOB,
        services.work_off,
        url=lambda job: reverse("import", args=[job.arguments["run"]]),
        cut_short=services.note_cut_short,
    )
)

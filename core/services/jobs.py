"""Starting and cancelling long work. Who may start a kind of job is the affair of the service that starts it."""

from core import clock, doorbell, events
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Job, Product, User
from core.permissions import can_shape_process, can_write, must
from core.registry import job_kinds
from core.writes import insert, update


@acts
def start_job(*, actor: User, kind: str, label: str, arguments: dict | None = None, product: Product | None = None) -> Job:
    """The job waits for a worker; its page shows how far it is."""
    must(can_write(actor), "This token may only read.")
    if kind not in job_kinds:
        raise RuleBroken("There is no such kind of job.", "kind")
    job = insert(Job(kind=kind, label=label, owner_id=actor.pk, arguments=arguments or {}, product=product), events.JOB_STARTED)
    doorbell.ring_on_commit()
    return job


@acts
def cancel_job(*, actor: User, job: Job) -> Job:
    """A job that waits is cancelled; one that runs is ended within seconds, and what it did not finish is as it was."""
    must(can_write(actor) and (job.owner_id == actor.pk or can_shape_process(actor)), "Only who started a job may cancel it.")
    if not job.is_open:
        raise RuleBroken("This job has ended already.")
    cancelled = update(job, {"cancel_asked_at": clock.now()}, events.JOB_CANCELLED)
    if Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=clock.now()):
        job_kinds[job.kind].cut_short(job)
    doorbell.ring_on_commit()
    cancelled.refresh_from_db()
    return cancelled


@acts
def start_reindexing(*, actor: User) -> Job:
    """The search index is written anew."""
    must(can_shape_process(actor), "Only administrators and product operations may rebuild the search index.")
    return start_job(actor=actor, kind="reindex", label="Rebuild the search index")

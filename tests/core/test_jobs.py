"""Jobs: claimed once, shown while they run, ended when somebody asks, noted when they are cut short."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, jobs, registry, services
from core.exceptions import NotAllowed, RuleBroken
from core.models import Event, Job, User
from tests.installation import installation

State = Job.State
REAL = """
import json, time
from core import jobs, services
from core.models import Job
person = services.create_user(actor=None, email="jobs@example.com", name="Jobs", role="ops")
services.create_product(actor=person, key="PAY", name="Pay")
job, until = services.start_reindexing(actor=person), time.monotonic() + 30
while job.is_open and time.monotonic() < until:
    jobs.tend()
    time.sleep(0.1)
    job.refresh_from_db()
print(json.dumps([job.state, job.result]))
"""


def start(actor, **values) -> Job:
    return services.start_job(actor=actor, **{"kind": "reindex", "label": "Rebuild", **values})


def ran(monkeypatch, cast, run) -> Job:
    monkeypatch.setitem(registry.job_kinds, "test", registry.JobKind("test", run))
    job = start(cast.ops, kind="test")
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_leaves_its_result(monkeypatch, cast):
    job = ran(monkeypatch, cast, lambda job, tell: tell(40, "Half way") or {"rows": 3})
    assert (job.state, job.progress, job.result) == (State.DONE, 100, {"rows": 3})


def test_progress_is_seen_while_it_runs(monkeypatch, cast):
    seen = []

    def run(job, tell):
        tell(40, "Half way")
        seen.append(tuple(Job.objects.values_list("progress", "message").get(pk=job.pk)))

    ran(monkeypatch, cast, run)
    assert seen == [(40, "Half way")]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(RuleBroken("The file is empty."), "The file is empty."), (MemoryError(), "more memory"), (ZeroDivisionError(), "This broke")],
)
def test_a_job_that_fails_says_why(monkeypatch, cast, error, sentence):
    def run(job, tell):
        raise error

    job = ran(monkeypatch, cast, run)
    assert job.state == State.FAILED
    assert sentence in job.message


def test_a_job_is_claimed_once(cast):
    job = start(cast.ops)
    assert jobs._claim().pk == job.pk
    assert jobs._claim() is None


def test_a_waiting_job_is_cancelled_at_once_and_never_started(cast):
    job = services.cancel_job(actor=cast.ops, job=start(cast.ops))
    assert (job.state, jobs._claim()) == (State.CANCELLED, None)
    with pytest.raises(RuleBroken, match="ended already"):
        services.cancel_job(actor=cast.ops, job=job)


def test_starting_and_cancelling_are_recorded_and_progress_is_not(monkeypatch, cast):
    services.cancel_job(actor=cast.ops, job=start(cast.ops))
    ran(monkeypatch, cast, lambda job, tell: tell(50, "x"))
    verbs = list(Event.objects.order_by("number").values_list("verb", flat=True))
    assert verbs == ["core.job_started", "core.job_cancelled", "core.job_started"]


def test_a_job_without_a_sign_of_life_is_noted_as_cut_short(cast):
    job = start(cast.ops)
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING, seen_at=clock.now() - timedelta(minutes=2))
    jobs.tend()
    job.refresh_from_db()
    assert (job.state, "cut short" in job.message) == (State.FAILED, True)


def tend_until(job: Job, *states: str) -> Job:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        jobs.tend()
        job.refresh_from_db()
        if job.state in states:
            return job
        time.sleep(0.1)
    raise AssertionError(f"The job is still {job.state}.")


def test_a_running_process_is_ended_when_somebody_cancels(monkeypatch, cast):
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    job = start(cast.ops)
    jobs.tend()
    process = jobs._running[job.pk]
    assert process.poll() is None
    job.refresh_from_db()
    services.cancel_job(actor=cast.ops, job=job)
    assert tend_until(job, State.CANCELLED)
    assert process.returncode == -15


def test_a_process_that_dies_is_noted(monkeypatch, cast):
    monkeypatch.setattr(jobs, "COMMAND", (sys.executable, "-c", "import os; os.abort()"))
    job = start(cast.ops)
    assert tend_until(job, State.FAILED).message.startswith("This was cut short")


def test_a_real_process_does_the_work(tmp_path):
    with installation(tmp_path) as house:
        said = house.python(REAL)
    assert json.loads(said) == ["done", {"entries": 1}]


def test_a_process_is_kept_within_its_memory(tmp_path):
    code = (
        "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup()\n"
        "from core import jobs; jobs.limit_process()\n"
        "try: bytearray(3 << 30)\n"
        "except MemoryError: print('kept')"
    )
    environment = {**os.environ, "WAYMARK_DATA": str(tmp_path), "JOB_MEMORY_MB": "1024"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "kept"


def test_jobs_are_seen_by_their_owner_and_by_operations(cast, client):
    mine = start(cast.maker, product=cast.private, label="Canary")
    plain = start(cast.maker)
    for person, seen in ((cast.maker, {mine, plain}), (cast.ops, {plain}), (cast.admin, {plain}), (cast.leader, set())):
        assert set(Job.objects.visible_to(User.objects.get(pk=person.pk))) == seen
    client.force_login(cast.ops)
    assert client.get(reverse("job", args=[mine.pk])).status_code == 404
    assert client.post(reverse("job-cancellation", args=[mine.pk])).status_code == 404
    client.force_login(cast.leader)
    assert client.get(reverse("job", args=[plain.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        services.cancel_job(actor=cast.leader, job=plain)


def test_the_pages_show_and_cancel(cast, client):
    client.force_login(cast.ops)
    made = client.post(reverse("jobs"))
    assert "Waiting" in client.get(made["Location"]).content.decode()
    job = Job.objects.get()
    part = client.get(made["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert client.post(reverse("job-cancellation", args=[job.pk])).status_code == 302
    assert "Cancelled" in client.get(reverse("jobs")).content.decode()
    client.force_login(cast.maker)
    assert client.post(reverse("jobs")).status_code == 403


def test_the_api_lists_reads_and_cancels(cast, program):
    job = start(cast.maker)
    api = program(cast.maker)
    assert [item["id"] for item in api.get("/api/v1/jobs/").json()["items"]] == [job.pk]
    assert api.post(f"/api/v1/jobs/{job.pk}/cancellation/").json()["state"] == "cancelled"
    assert api.post(f"/api/v1/jobs/{job.pk}/cancellation/").status_code == 422
    assert program(cast.leader).get(f"/api/v1/jobs/{job.pk}/").status_code == 404
    assert program(cast.maker, scopes=["read"]).post(f"/api/v1/jobs/{job.pk}/cancellation/").status_code == 403

"""Long work as processes of their own: started by the worker's round, limited in memory and time, ended when somebody cancels.

The rows are the queue: a job is claimed by one UPDATE, shows its progress in its row, and gives signs of life. A job whose worker died
ends with it, and the next worker notes that; nothing waits for a message.
"""

import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection

from core import clock
from core.acts import write_lock
from core.derivation import announce
from core.door import through
from core.exceptions import Refused
from core.models import Job
from core.registry import job_kinds

log = logging.getLogger(__name__)
AT_ONCE = 2  # jobs a worker process runs beside each other
SIGN_OF_LIFE = 10.0  # seconds between two
LOST = timedelta(seconds=60)  # without a sign of life
GRACE = timedelta(seconds=5)  # between asking a process to end and ending it
TELL_EVERY = 0.3  # seconds
TOPIC = "jobs"
COMMAND = (sys.executable, str(settings.BASE_DIR / "manage.py"), "run_job")

_running: dict[int, subprocess.Popen] = {}
State = Job.State


def tend() -> None:
    """Note what ended, end what was cancelled, start what waits. A part of the worker's round."""
    for pk, process in list(_running.items()):
        if process.poll() is not None:
            del _running[pk]
            _note_end(pk)
    now = clock.now()
    for cancelled in Job.objects.filter(pk__in=list(_running), cancel_asked_at__isnull=False):
        is_stubborn = now - (cancelled.cancel_asked_at or now) > GRACE
        _running[cancelled.pk].send_signal(signal.SIGKILL if is_stubborn else signal.SIGTERM)
    for pk in Job.objects.filter(state=State.RUNNING, seen_at__lt=clock.now() - LOST).values_list("pk", flat=True):
        if pk not in _running:
            _note_end(pk)
    while len(_running) < AT_ONCE and (job := _claim()) is not None:
        _running[job.pk] = subprocess.Popen([*COMMAND, str(job.pk)], start_new_session=True, stdin=subprocess.DEVNULL)


def run(pk: int) -> None:
    """Do the job in this process and leave its outcome in its row."""
    job = Job.objects.select_related("owner", "product").get(pk=pk)
    last = 0.0

    def tell(percent: int, message: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY:
            last = time.monotonic()
            _set(job, progress=max(0, min(100, percent)), message=message[:300], seen_at=clock.now())

    with through("job", f"job-{pk}"):
        try:
            result = job_kinds[job.kind].run(job, tell)
        except Refused as error:
            _set(job, state=State.FAILED, message=str(error)[:300], ended_at=clock.now())
        except MemoryError:
            _set(job, state=State.FAILED, message="This needed more memory than a job may use.", ended_at=clock.now())
        except Exception:
            log.exception("job_broke", extra={"job": pk, "kind": job.kind})
            _set(job, state=State.FAILED, message="This broke, and the error was recorded. Nothing was half done.", ended_at=clock.now())
        else:
            _set(job, state=State.DONE, progress=100, message="", result=result, ended_at=clock.now())


def limit_process() -> None:
    """Bound this process's memory and time, give signs of life, and end with the worker that started it."""
    for kind, most in ((resource.RLIMIT_AS, settings.JOB_MEMORY_MB << 20), (resource.RLIMIT_CPU, settings.JOB_SECONDS)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def watch(pk: int) -> None:
    """A thread beside the job: it tells that the process lives, and ends it when its time is over or its worker is gone."""
    parent, began, last = os.getppid(), time.monotonic(), 0.0

    def look() -> None:
        nonlocal last
        while True:
            time.sleep(0.5)
            if os.getppid() != parent or time.monotonic() - began > settings.JOB_SECONDS:
                os.kill(os.getpid(), signal.SIGTERM)
            if time.monotonic() - last > SIGN_OF_LIFE:
                last = time.monotonic()
                try:
                    Job.objects.filter(pk=pk).update(seen_at=clock.now())
                except Error:  # the next sign will do
                    connection.close()

    threading.Thread(target=look, name="watch", daemon=True).start()


def _claim() -> Job | None:
    """Take the job that waits longest, if no other worker was faster."""
    for job in Job.objects.alive().filter(state=State.QUEUED).order_by("id")[:5]:
        taken = {"state": State.RUNNING, "host": socket.gethostname()[:100], "started_at": clock.now(), "seen_at": clock.now()}
        with write_lock():
            if Job.objects.filter(pk=job.pk, state=State.QUEUED).update(**taken):
                announce(TOPIC, [job.product_id])
                return job
    return None


def _note_end(pk: int) -> None:
    """The process of a job is gone: what it left open was cancelled, or cut short."""
    job = Job.objects.filter(pk=pk, state=State.RUNNING).first()
    if job is None:
        return
    if job.kind in job_kinds:
        job_kinds[job.kind].cut_short(job)
    if job.cancel_asked_at is not None:
        _set(job, state=State.CANCELLED, message="", ended_at=clock.now())
    else:
        sentence = "This was cut short: it took too long, needed too much memory, or its worker was stopped. Nothing was half done."
        _set(job, state=State.FAILED, message=sentence, ended_at=clock.now())


def _set(job: Job, **values) -> None:
    """Write the job's own columns, as long as it runs."""
    with write_lock():
        if Job.objects.filter(pk=job.pk, state=State.RUNNING).update(**values):
            announce(TOPIC, [job.product_id])

"""A team's installation without containers: the lines of Procfile, on PostgreSQL and Redis, in production, with nobody there yet."""

import contextlib
import os
import re
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.drills.client import Person, Visitor, shown
from tests.installation import ROOT
from tests.services import free_port, postgres, redis

pytestmark = pytest.mark.drill
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
HEALTHY_WITHIN = 60  # seconds


def test_the_processes_of_the_procfile_are_healthy_and_let_the_first_administrator_in(tmp_path):
    with postgres() as database, redis() as queue:
        port = free_port()
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PRODUCTION": "1",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "DATABASE_URL": database.url,
            "REDIS_URL": queue.url,
            "WAYMARK_DATA": str(tmp_path),
            "STATIC_ROOT": str(tmp_path / "static"),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PORT": str(port),
        }
        run("python manage.py collectstatic --noinput --verbosity 0", environment)
        run("python manage.py prepare", environment)
        with running(environment, tmp_path, "web", "worker", "beat"):
            for name in ("web", "worker", "beat"):
                await_health(name, environment)
            link = run("python manage.py invite first@example.com", environment).splitlines()[-1]
            check_first_person(port, urlsplit(link).path)


def check_first_person(port: int, link: str) -> None:
    """The link asks for a password; with it the person comes in, and is an administrator."""
    password = "quite a long one"
    visitor = Visitor(port)
    assert visitor.get(link).status == 200
    assert visitor.post(link, name="First Person", password=password).status == 302
    first = Person(port, "first@example.com", password)
    page = first.get("/settings/people/")
    assert page.status == 200
    assert "First Person" in shown(page.text)


def run(line: str, environment: dict[str, str]) -> str:
    """What the command printed; it succeeded."""
    done = subprocess.run(shlex.split(line), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def await_health(name: str, environment: dict[str, str]) -> None:
    """The process passes the check that the containers are given."""
    until = time.monotonic() + HEALTHY_WITHIN
    command = [sys.executable, "-m", "deploy.healthcheck", name]
    while subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode:
        assert time.monotonic() < until, f"{name} is not healthy."
        time.sleep(0.5)


@contextlib.contextmanager
def running(environment: dict[str, str], folder: Path, *names: str) -> Iterator[None]:
    """The processes of these names run inside; on leaving each has ended at a SIGTERM, and said nothing of an error."""
    processes = {}
    try:
        for name in names:
            with (folder / f"{name}.log").open("wb") as log:
                processes[name] = subprocess.Popen(
                    shlex.split(PROCFILE[name]), cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
                )
        yield
        for process in processes.values():
            process.terminate()
        for name, process in processes.items():
            assert process.wait(40) in (0, -signal.SIGTERM), name
            assert not re.search(r"Traceback|CRITICAL|\"level\": \"error\"", (folder / f"{name}.log").read_text()), name
    finally:
        for process in processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

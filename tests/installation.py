"""A whole Waymark as people run it: its own database, queue, web and worker processes, on free loopback ports.

For what a test client cannot show: two processes racing, a worker killed, a browser. Every process is stopped by its own id.
"""

import atexit
import contextlib
import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.postgres import bin_folder
from tests.services.server import free_port

ROOT = Path(__file__).resolve().parent.parent
# What takes longest to make is made once a run, whose parts share it: the compressed static files, and for each engine an empty
# database that was brought up to date.
MADE = Path(os.environ.get("WAYMARK_MADE") or tempfile.mkdtemp(prefix="waymark-made-"))
if "WAYMARK_MADE" not in os.environ:
    atexit.register(shutil.rmtree, MADE, ignore_errors=True)
STATIC, SQLITE, POSTGRES = "static", "waymark.sqlite3", "waymark.sql"
STARTS_WITHIN = 40.0  # seconds


def made(name: str, make: Callable[[Path], object]) -> Path:
    """What has this name among the things made once; `make(path)` makes it where it is not there yet. Nobody sees it half done."""
    found = MADE / name
    if not found.exists():
        with tempfile.TemporaryDirectory(dir=MADE) as folder:
            make(Path(folder) / name)
            with contextlib.suppress(OSError):  # somebody else was quicker
                (Path(folder) / name).rename(found)
    return found


@dataclass
class Installation:
    """One installation; `environment` is what its processes see."""

    folder: Path
    environment: dict[str, str]
    port: int
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a management command to its end; answers what it printed."""
        return _run([sys.executable, "manage.py", *arguments], self.environment | environment)

    def python(self, code: str) -> str:
        """Run code inside the installation (`manage.py shell`); answers what it printed."""
        return self.manage("shell", "-v", "0", "-c", code)

    def start(self, *names: str) -> None:
        """Start `web`, `worker` or `beat`; the web is there when this returns."""
        if "web" in names:
            made(STATIC, lambda path: self.manage("collectstatic", "--noinput", "-v", "0", STATIC_ROOT=str(path)))
        for name in names:
            log = open(self.folder / f"{name}.log", "ab")  # noqa: SIM115 - the child keeps it open
            command = [sys.executable, *COMMANDS[name](self)]
            # PostgreSQL shows the name with each of the process's sessions.
            environment = self.environment | {"PGAPPNAME": name}
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        if "web" in names:
            self.await_web()

    def await_web(self) -> None:
        """Return once /healthz answers 200."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            if self.processes["web"].poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"The web did not start:\n{self.log('web')}")

    def signal(self, name: str, number: int) -> None:
        """Send a signal to the process and all it started."""
        os.killpg(self.processes[name].pid, number)

    def kill(self, name: str) -> None:
        """SIGKILL the process and all it started."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kill everything: that processes end in order when they are asked to is shown where they are started as people start them."""
        for name in list(self.processes):
            self.kill(name)

    def log(self, name: str) -> str:
        """What the process wrote so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


COMMANDS = {
    "web": lambda i: [
        "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{i.port}", "--workers", "2", "--threads", "4",
        "--worker-tmp-dir", str(i.folder), "--log-level", "warning",
    ],
    "worker": lambda i: ["-m", "celery", "-A", "config", "--quiet", "worker", "-P", "threads", "-c", "2", "-l", "WARNING",
                         "--without-mingle", "--without-gossip"],
    "beat": lambda i: ["-m", "celery", "-A", "config", "--quiet", "beat", "--pidfile=", "-l", "WARNING"],
}  # fmt: skip


@contextlib.contextmanager
def installation(folder: Path, *, database_url: str = "", redis_url: str = "") -> Iterator[Installation]:
    """A prepared installation with nothing running yet; on leaving, nothing of it runs any more."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}
    environment = kept | {
        "WAYMARK_DATA": str(folder),
        "STATIC_ROOT": str(MADE / STATIC),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    environment = {name: value for name, value in environment.items() if value}
    found = Installation(folder, environment, port)
    folder.mkdir(parents=True, exist_ok=True)
    if database_url:
        _prepare_postgres(found, database_url)
    else:
        shutil.copy(made(SQLITE, lambda path: found.manage("prepare", WAYMARK_DATA=str(path.parent))), folder)
    try:
        yield found
    finally:
        found.stop()


def _prepare_postgres(house: Installation, url: str) -> None:
    """The database at the address is empty and up to date."""

    def dump(path: Path) -> None:
        house.manage("prepare")
        _run([str(bin_folder() / "pg_dump"), "--no-owner", "--clean", "--if-exists", f"--file={path}", url], house.environment)

    _run([str(bin_folder() / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", f"--file={made(POSTGRES, dump)}", url], house.environment)


def _run(command: list[str], environment: dict[str, str]) -> str:
    """What the command printed; it succeeded."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command[1:])} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout

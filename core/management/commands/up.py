"""`manage.py up`: the whole product on one machine, as three children that cannot outlive it."""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.models import User

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps dying
STEADY = 60.0  # seconds after which a child counts as healthy again
STOPPING = 15.0  # seconds a child gets to finish what it has in hand


@dataclass
class Child:
    """One child process and how often it died lately."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    started: float = 0.0
    pause: float = 0.5
    due: float = field(default=0.0)

    def start(self) -> None:
        # What a child has to say it says in its log, on stderr; all of Celery's farewells would stand among our own lines.
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, preexec_fn=_die_with_parent, start_new_session=True)
        self.started = time.monotonic()

    def tend(self) -> str | None:
        """Restart it when it is dead and its pause is over; answers a sentence when it has just died."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            code, self.process = self.process.returncode, None
            self.pause = 0.5 if now - self.started > STEADY else min(self.pause * 2, LONGEST_PAUSE)
            self.due = now + self.pause
            return f"{self.name} ended with code {code}; starting it again in {self.pause:.0f} s"
        if self.process is None and now >= self.due:
            self.start()
        return None


def _die_with_parent() -> None:
    """In the child, before it becomes its program: the kernel ends it when its parent is gone, however that went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_filling() -> subprocess.Popen:
    """The demonstration company is on its way in, in a process of its own beside the collecting of files."""
    return subprocess.Popen([sys.executable, "manage.py", "fill_demo"], cwd=settings.BASE_DIR, preexec_fn=_die_with_parent)


def collect_static() -> None:
    """The files pages load are collected and compressed; nothing is done when none changed since the last time."""
    sources = sorted(path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*") if path.is_file())
    seen = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in [settings.BASE_DIR / "requirements.lock", *sources]]
    digest, stamp = hashlib.sha256(repr(seen).encode()).hexdigest(), settings.STATIC_ROOT / "collected"
    if stamp.exists() and stamp.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest)


class Command(BaseCommand):
    help = "Run Waymark: web, worker and beat, kept alive, all stopped by Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--bind", default="127.0.0.1")
        parser.add_argument("--threads", type=int, default=4)
        parser.add_argument("--demo", action="store_true", help="fill an empty installation with the demonstration company first")
        parser.add_argument("--without", action="append", default=[], choices=["web", "worker", "beat"], help="leave a child out")

    def handle(self, *args, **options):
        call_command("prepare")
        filling = start_filling() if options["demo"] and not User._base_manager.exists() else None
        if not settings.DEBUG:
            collect_static()
        if filling is not None and filling.wait() != 0:
            raise CommandError("The demonstration could not be filled in; the reason stands above.")
        self.children = [child for child in self._children(options) if child.name not in options["without"]]
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        address = f"http://{options['bind']}:{options['port']}/"
        if options["bind"] != "0.0.0.0":  # noqa: S104 - nobody's address; the children send links that lead here, unless told where to
            os.environ.setdefault("PUBLIC_BASE_URL", address.rstrip("/"))
        self.stdout.write(f"Waymark runs at {address} (Ctrl-C stops it)")
        if not User._base_manager.exists():
            self.stdout.write("Nobody is here yet. Let the first administrator in: manage.py invite <e-mail>")
        self.stdout.flush()
        while not self.stopping:
            for child in self.children:
                if news := child.tend():
                    self.stderr.write(news)
            time.sleep(0.2)
        self._end_children()
        self.stdout.write("Waymark has stopped.")

    def _children(self, options) -> list[Child]:
        python = sys.executable
        gunicorn = [python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{options['bind']}:{options['port']}"]
        gunicorn += ["--threads", str(options["threads"]), "--worker-tmp-dir", str(settings.DATA_DIR), "--log-level", "warning"]
        celery = [python, "-m", "celery", "-A", "config", "--quiet"]
        worker = [*celery, "worker", "-P", "threads", "-c", "2", "-n", f"waymark-{os.getpid()}@%h", "--without-mingle", "--without-gossip"]
        return [
            Child("web", gunicorn),
            Child("worker", [*worker, "-l", "WARNING"]),
            Child("beat", [*celery, "beat", "--pidfile=", "-s", str(settings.DATA_DIR / "celerybeat-schedule"), "-l", "WARNING"]),
        ]

    def _stop(self, number, frame) -> None:
        self.stopping = True

    def _end_children(self) -> None:
        running = [child.process for child in self.children if child.process is not None and child.process.poll() is None]
        for process in running:
            process.terminate()
        until = time.monotonic() + STOPPING
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

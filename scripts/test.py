#!/usr/bin/env python
"""Runs the checks and tests in named parts and says at the end what passed, on which engine, and how long it took.

    scripts/test.py                  every part
    scripts/test.py lint sqlite      these parts
    scripts/test.py drills races --long    the drills in their full length

Two parts run side by side, on two cores; the races, whose figures need the machine to themselves, run alone at the end.
The standard library alone: what is missing on the machine is installed or named here, before anything else is imported.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import ServiceMissing, chromium, postgres, redis  # noqa: E402
from tests.services.postgres import bin_folder  # noqa: E402

TOOLS = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "--durations=5", "--tb=short"]
PART_LIMIT_SECONDS = {"short": 40 * 60, "long": 4 * 60 * 60}  # by the length of the drills
FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) ")
CLOSING_LINE = re.compile(r"^=+ (.*\b\d+ (?:passed|failed|skipped|error|deselected)\b.*|no tests ran.*) in [\d.]+s.*=+$")
# Settings of the machine must not leak into the tests.
OWN_VARIABLES = {"ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "LOG_LEVEL", "MAIL_FROM", "MAIL_URL", "PRODUCTION", "PUBLIC_BASE_URL"}
OWN_VARIABLES |= {"REDIS_URL", "SECRET_KEY", "STATIC_ROOT"}

LINT = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["djlint", ".", "--lint", "--quiet"],
    ["lint-imports"],
    ["mypy"],
]


@dataclass(frozen=True)
class Part:
    """One named run: commands of which all must succeed, and the programs the machine must have for it."""

    name: str
    engine: str
    commands: list[list[str]]
    needs: tuple[str, ...] = ()


UNIT = "not browser and not drill"
# Chromium without a window takes a third less of the machine; not every Debian has it by itself.
INSTALLED_AS = {"chromium": ["chromium-headless-shell", "chromium"]}
EVERY_PAGE = "tests/browser/test_every_page.py"
PARTS = {
    part.name: part
    for part in [
        Part("lint", "", [[str(TOOLS / command[0]), *command[1:]] for command in LINT]),
        Part("pure", "no database", [[*PYTEST, "-m", f"{UNIT} and no_database"]]),
        Part("sqlite", "SQLite", [[*PYTEST, "-m", f"{UNIT} and not no_database"]]),
        Part("postgres", "PostgreSQL + Redis", [[*PYTEST, "-m", f"{UNIT} and not no_database"]], ("postgresql", "redis-server")),
        Part("browser", "Chromium", [[*PYTEST, "-m", "browser", f"--ignore={EVERY_PAGE}"]], ("chromium",)),
        Part("pages", "Chromium", [[*PYTEST, "-m", "browser", EVERY_PAGE]], ("chromium",)),
        Part("drills", "both", [[*PYTEST, "-m", "drill and not alone"]], ("postgresql", "redis-server")),
        Part("races", "both", [[*PYTEST, "-m", "drill and alone"]], ("postgresql", "redis-server", "chromium")),
    ]
}
CONTAINERS = "the README's docker commands: tests use no container engine and read them against docker-compose.yml as text"
SIDE_BY_SIDE = 2
STAGES = [["lint", "postgres", "pages", "browser", "sqlite", "drills", "pure"], ["races"]]


@dataclass(frozen=True)
class Outcome:
    """What became of a part. `result` is "passed", "FAILED" or "not run"; `detail` says how many, or why not."""

    part: Part
    result: str
    detail: str
    seconds: float = 0.0


class Run:
    """One run over chosen parts: children are started in sessions of their own and stopped in order, whatever happens."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.children: set[subprocess.Popen[str]] = set()
        self.is_stopping = False
        self.failures: list[str] = []  # the lines that name a failed test, for the end of the report

    def part(self, part: Part, variables: dict[str, str]) -> Outcome:
        """The outcome of all commands of a part, run one after the other even when one fails."""
        started = time.monotonic()
        closing_lines, failed = [], []
        with tempfile.TemporaryDirectory(prefix=f"waymark-{part.name}-", ignore_cleanup_errors=True) as folder:
            for command in part.commands:
                if self.is_stopping:
                    break
                code, closing = self.command(part.name, command, variables | {"WAYMARK_DATA": folder})
                closing_lines += closing
                if code:
                    failed.append(Path(command[0]).name)
        seconds = time.monotonic() - started
        if self.is_stopping:
            return Outcome(part, "not run", "stopped by hand", seconds)
        print("\n".join(closing_lines), flush=True)
        if part.engine:
            counts = [CLOSING_LINE.match(line)[1] for line in closing_lines]
            detail = counts[-1] if counts else "ended without a result"
        else:
            detail = f"{len(part.commands) - len(failed)} of {len(part.commands)} checks"
            detail += f"; failed: {', '.join(failed)}" if failed else ""
        return Outcome(part, "FAILED" if failed else "passed", detail, seconds)

    def command(self, name: str, command: list[str], variables: dict[str, str]) -> tuple[int, list[str]]:
        """Exit code and pytest's closing lines of a command whose output was shown line by line under the part's name."""
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.children.add(child)
        limit = threading.Timer(PART_LIMIT_SECONDS[self.environment["WAYMARK_DRILLS"]], self.interrupt, [child])
        limit.start()
        closing = []
        for line in child.stdout:
            print(f"{name:<8} | {line.rstrip()}", flush=True)
            if CLOSING_LINE.match(line.rstrip()):
                closing.append(line.rstrip())
            elif FAILED_TEST.match(line):
                self.failures.append(f"{name:<8} | {line.rstrip()}")
        limit.cancel()
        self.children.discard(child)
        return child.wait(), closing

    def stop(self) -> None:
        """Nothing of ours runs any more but the servers, which their context managers stop."""
        self.is_stopping = True
        for child in list(self.children):
            self.interrupt(child)

    def interrupt(self, child: subprocess.Popen[str]) -> None:
        """The child had 30 s to clean up after a Ctrl-C, then it and everything in its session was killed."""
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def is_installed(package: str) -> bool:
    """Whether the program that Debian calls `package` can be started here, from whatever source."""
    if package == "chromium":
        return bool(chromium())
    if package == "postgresql":
        with contextlib.suppress(ServiceMissing):
            return bool(bin_folder())
        return False
    return bool(shutil.which(package))


def provide(packages: set[str]) -> dict[str, str]:
    """Installs what is missing where we may; returns, by package, why it is still missing."""
    missing = sorted(package for package in packages if not is_installed(package))
    if not missing:
        return {}
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} ...", flush=True)
        apt_get("update")
        for package in missing:
            for name in INSTALLED_AS.get(package, [package]):
                if not is_installed(package):
                    apt_get("install", "-y", "--no-install-recommends", name)
        reason = "could not be installed by apt-get"
    else:
        if "chromium" in missing and subprocess.run([TOOLS / "playwright", "install", "chromium"], check=False).returncode == 0:
            missing.remove("chromium")
        reason = "is not on this machine, and installing it takes Debian and root"
    return {package: f"{package} {reason}" for package in missing if not is_installed(package)}


def apt_get(*command: str) -> None:
    """Debian's packages, without a question or a word but for what goes wrong."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *command], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def run_parts(names: list[str], run: Run) -> list[Outcome]:
    """The outcomes of the named parts, in the order of PARTS."""
    chosen = [part for part in PARTS.values() if part.name in names]
    absent = provide({need for part in chosen for need in part.needs})
    reasons = {part.name: [absent[need] for need in part.needs if need in absent] for part in chosen}
    outcomes = [Outcome(part, "not run", " and ".join(reasons[part.name])) for part in chosen if reasons[part.name]]
    ready = [part for part in chosen if not reasons[part.name]]
    for stage in STAGES:
        if not run.is_stopping:
            outcomes += run_stage([PARTS[name] for name in stage if PARTS[name] in ready], run)
    return sorted(outcomes, key=lambda outcome: list(PARTS).index(outcome.part.name))


def run_stage(parts: list[Part], run: Run) -> list[Outcome]:
    """The outcomes of the parts, begun in this order."""
    variables: dict[str, dict[str, str]] = {}
    with contextlib.ExitStack() as servers, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        if PARTS["postgres"] in parts:
            database, queue = servers.enter_context(postgres()), servers.enter_context(redis())
            variables["postgres"] = {"DATABASE_URL": database.url, "REDIS_URL": queue.url}
        running = [pool.submit(run.part, part, variables.get(part.name, {})) for part in parts]
        try:
            wait(running)
        except KeyboardInterrupt:
            run.stop()
        return [part.result() for part in running]


def report(outcomes: list[Outcome], failures: list[str], seconds: float) -> int:
    """Prints the failed tests and one line a part; 0 when something passed and nothing failed."""
    print("\n".join(["", *failures]))
    print(f"\n{'part':<10}{'engine':<20}{'result':<9}{'time':>7}  counts")
    for outcome in outcomes:
        minutes, rest = divmod(round(outcome.seconds), 60)
        print(f"{outcome.part.name:<10}{outcome.part.engine:<20}{outcome.result:<9}{minutes:>4}:{rest:02}  {outcome.detail}")
    print(f"{seconds / 60:.1f} min in all")
    for outcome in outcomes:
        if outcome.result == "not run":
            print(f"not run: {outcome.part.name}: {outcome.detail}")
    print(f"not run: {CONTAINERS}")
    results = {outcome.result for outcome in outcomes}
    return int("FAILED" in results or "passed" not in results)


def interrupt(*_: object) -> None:
    """SIGTERM ends a run as Ctrl-C does."""
    raise KeyboardInterrupt


def main() -> int:
    """Runs the chosen parts; 0 when none failed, 130 when stopped by hand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; without any, all of them")
    parser.add_argument("--long", action="store_true", help="drills in their full length")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    environment = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    environment |= {"PYTHONUNBUFFERED": "1", "WAYMARK_DRILLS": "long" if options.long else "short"}
    signal.signal(signal.SIGTERM, interrupt)
    run, started = Run(environment), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="waymark-made-", ignore_cleanup_errors=True) as made:
        run.environment["WAYMARK_MADE"] = made  # what installations begin with, made once for all parts
        outcomes = run_parts(options.parts or list(PARTS), run)
    code = report(outcomes, run.failures, time.monotonic() - started)
    return 130 if run.is_stopping else code


if __name__ == "__main__":
    sys.exit(main())

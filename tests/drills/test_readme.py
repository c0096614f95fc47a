"""The README followed word by word in a fresh copy of the tree: start, sign in, and every command beside the running demonstration."""

import contextlib
import filecmp
import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.client import Person
from tests.readme import BESIDE, PASSWORD, ROOT, SIGN_INS, START
from tests.services import free_port

pytestmark = pytest.mark.drill
STARTS_WITHIN = 300  # seconds; the demonstration is filled in first
NOT_COPIED = (".git", ".venv", ".tools", "var", "staticfiles", "__pycache__", ".*_cache", ".hypothesis")
SAID = {
    "import": "would be",
    "token": "pf_",
    "backup": "today.zip: ",
    "restore": "0 differences",
    "audit": "0 faults",
    "derive": "0 differences",
}


def test_the_readme_leads_from_a_copy_of_the_tree_to_a_restored_backup(tmp_path):
    tree = copy_of_the_tree(tmp_path / "waymark")
    port = free_port()
    with started(tree, port) as process:
        for email in SIGN_INS:
            person = Person(port, email, PASSWORD)
            assert person.get("/portfolio/").status == 200
        said = typed(tree, BESIDE)
        assert process.poll() is None
    for command in BESIDE:
        if "manage.py" in command:
            verb = command.split("manage.py ")[1].split()[0]
            assert SAID[verb] in said[command], f"{command}\n{said[command]}"
    with pytest.raises(OSError, match="refused"):
        asked(port)


def copy_of_the_tree(folder: Path) -> Path:
    """What a clone would hold, with the environment of this tree, so that nothing is fetched."""
    lock = "requirements-dev.lock"
    assert filecmp.cmp(ROOT / lock, ROOT / ".venv" / lock), "The environment is not that of the lock: run `make check` first."
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    return folder


@contextlib.contextmanager
def started(tree: Path, port: int) -> Iterator[subprocess.Popen]:
    """`make run` answers inside; on leaving it was stopped by Ctrl-C."""
    log = tree / "run.log"
    with log.open("wb") as output:
        command = [*START[0].split(), f"PORT={port}"]
        process = subprocess.Popen(command, cwd=tree, env=bare(), stdout=output, stderr=output, start_new_session=True)
        try:
            until = time.monotonic() + STARTS_WITHIN
            while not is_up(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            assert f"http://127.0.0.1:{port}/" in log.read_text()
            assert all(email in log.read_text() for email in SIGN_INS)
            yield process
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)
            assert "Waymark has stopped." in log.read_text()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def typed(tree: Path, commands: list[str]) -> dict[str, str]:
    """What each command printed, typed one after the other into one shell that stops at the first that fails."""
    mark = "=== "
    script = "set -e\n" + "".join(f"echo '{mark}{number}'\n{command}\n" for number, command in enumerate(commands))
    done = subprocess.run(["sh", "-c", script], cwd=tree, env=bare(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    parts = done.stdout.split(mark)[1:]
    return {command: part.split("\n", 1)[1] for command, part in zip(commands, parts, strict=True)}


def bare() -> dict[str, str]:
    """An environment that sets nothing of Waymark's."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}


def is_up(port: int) -> bool:
    try:
        return asked(port) == 200
    except (OSError, http.client.HTTPException):
        return False


def asked(port: int) -> int:
    """The status of /healthz."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/healthz")
    return connection.getresponse().status

"""`manage.py up` without the demonstration: it says how to come in, says nothing needless, keeps its children alive, and stops in order."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation, installation

pytestmark = pytest.mark.drill
CHILDREN = {"web": "gunicorn", "worker": "worker", "beat": "beat"}  # a word of each child's command
WITHIN = 30.0  # seconds


@pytest.fixture
def house(tmp_path) -> Iterator[Installation]:
    """An installation that runs as `manage.py up`, as its process "web"; nothing it started is left afterwards."""
    with installation(tmp_path / "data") as found:
        with (found.folder / "web.log").open("wb") as log:
            command = [sys.executable, "manage.py", "up", "--port", str(found.port)]
            environment = found.environment | {"STATIC_ROOT": str(tmp_path / "static")}  # it collects them anew, under the eyes of others
            process = found.processes["web"] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        try:
            found.await_web()
            yield found
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(WITHIN)


def test_an_installation_without_anybody_says_how_the_first_person_comes_in(house):
    house.processes["web"].send_signal(signal.SIGINT)
    assert house.processes["web"].wait(30) == 0
    assert house.log("web").splitlines() == [
        f"Waymark runs at {house.url}/ (Ctrl-C stops it)",
        "Nobody is here yet. Let the first administrator in: manage.py invite <e-mail>",
        "Waymark has stopped.",
    ]


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; only Linux ends children with their parent")


@needs_proc
def test_each_child_that_was_killed_is_started_again_and_the_others_go_on(house):
    for name in CHILDREN:
        before = children(house)
        assert set(before) == set(CHILDREN)
        os.kill(before[name], signal.SIGKILL)
        await_that(lambda name=name, killed=before[name]: children(house).get(name, killed) != killed, f"{name} was not started again.")
        assert f"{name} ended with code -9; starting it again in 1 s" in house.log("web")
        assert [other for other, pid in children(house).items() if before[other] != pid] == [name]
    house.await_web()


@needs_proc
def test_no_child_outlives_a_parent_that_was_killed(house):
    left = children(house)
    assert set(left) == set(CHILDREN)
    house.processes["web"].kill()
    house.processes["web"].wait()
    await_that(lambda: not any(words_of(pid) for pid in left.values()), "Children outlived their parent.")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", house.port), timeout=5).close()


def children(house: Installation) -> dict[str, int]:
    """The process ids of the running children by name."""
    found = {}
    for pid in Path(f"/proc/{house.processes['web'].pid}/task/{house.processes['web'].pid}/children").read_text().split():
        words = words_of(int(pid))
        found |= {name: int(pid) for name, word in CHILDREN.items() if word in words}
    return found


def words_of(pid: int) -> list[str]:
    """The words of a process's command; none where it is gone, or dead and not waited for."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return []


def await_that(is_so: Callable[[], bool], sentence: str) -> None:
    until = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < until, sentence
        time.sleep(0.1)

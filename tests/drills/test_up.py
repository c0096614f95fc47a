"""`manage.py up` without the demonstration: it says how to come in, says nothing needless, and stops in order."""

import signal
import subprocess
import sys

import pytest

from tests.installation import ROOT, installation

pytestmark = pytest.mark.drill


def test_an_installation_without_anybody_says_how_the_first_person_comes_in(tmp_path):
    with installation(tmp_path / "data") as house:
        with (house.folder / "web.log").open("wb") as log:
            command = [sys.executable, "manage.py", "up", "--port", str(house.port)]
            environment = house.environment | {"STATIC_ROOT": str(tmp_path / "static")}  # it collects them anew, under the eyes of others
            house.processes["web"] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        house.await_web()
        house.processes["web"].send_signal(signal.SIGINT)
        assert house.processes["web"].wait(30) == 0
        assert house.log("web").splitlines() == [
            f"Waymark runs at {house.url}/ (Ctrl-C stops it)",
            "Nobody is here yet. Let the first administrator in: manage.py invite <e-mail>",
            "Waymark has stopped.",
        ]

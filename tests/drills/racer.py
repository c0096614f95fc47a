"""One process of the race: edits a few features over and over, through the page or the API, and keeps a ledger of what was answered.

Run as `python -m tests.drills.racer '<json>'`. Each edit writes a text nobody else writes. The ledger, a line of JSON each, says
`sent` before the request leaves and what came back after it; a request that died says `lost`.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.drills.client import Answer, Client, Person, Program
from tests.drills.pages import feature_form
from tests.installation import ROOT

FIELDS = ("title", "title", "description")  # two thirds meet others in the title, the rest merge beside it
STANDSTILL = 60.0  # seconds in which nothing is noted


@dataclass
class Racer:
    """Edits made one after the other; `edit` sends one and answers what came back."""

    name: str
    ledger: Any
    client: Client
    edit: Callable[[Client, str, str, str], Answer]

    def run(self, keys: list[str], count: int) -> None:
        for number in range(count):
            key, field, token = random.choice(keys), random.choice(FIELDS), f"{self.name}-{number}"
            self.note(token, key=key, field=field, outcome="sent")
            try:
                answer = self.edit(self.client, key, field, token)
            except OSError as error:
                self.note(token, outcome="lost", why=str(error))
                self.wait_for_web()
            else:
                self.note(token, outcome=answer.status, seconds=round(answer.seconds, 3))
                self.client.leave()

    def note(self, token: str, **what: Any) -> None:
        self.ledger.write(json.dumps({"token": token, "at": time.time(), **what}) + "\n")
        self.ledger.flush()

    def wait_for_web(self) -> None:
        until = time.monotonic() + 40
        while time.monotonic() < until:
            try:
                if self.client.get("/healthz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)


def edit_by_page(person: Client, key: str, field: str, token: str) -> Answer:
    """Open the page, type, save: the form carries the version it was drawn from."""
    assert isinstance(person, Person)
    form = feature_form(person, key)
    return person.post(form.action, **form.fields | {field: token})


def edit_by_api(program: Client, key: str, field: str, token: str) -> Answer:
    """Read the feature, change it where nobody else did meanwhile."""
    assert isinstance(program, Program)
    path = f"/api/v1/features/{key}/"
    read = program.get(f"{path}?fields=title,description")
    if read.status != 200:
        return read
    return program.patch(path, {field: token}, If_Match=read.headers["etag"])


def start_racer(setup, number: int, folder: Path, count: int) -> subprocess.Popen:
    """A racer of this number, waiting for the file `go`. Even ones are people at the page, odd ones programs."""
    who = {"email": setup.facts["emails"][number]} if number % 2 == 0 else {"token": setup.facts["tokens"][number]}
    task = {"name": f"racer{number}", "port": setup.port, "keys": setup.facts["keys"][:6], "count": count, "go": str(folder / "go"), **who}
    task["ledger"] = str(folder / f"racer{number}.ledger")
    command = [sys.executable, "-m", "tests.drills.racer", json.dumps(task)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def wait_for(ledgers: list[Path], what: str, count: int, racers: list[subprocess.Popen]) -> None:
    """The ledgers say `what` so many times when this returns. However long the race is, it must not stand still."""
    seen, until = -1, 0.0
    while (said := sum(path.read_text().count(what) for path in ledgers if path.exists())) < count:
        if said > seen:
            seen, until = said, time.monotonic() + STANDSTILL
        assert time.monotonic() < until, f"The race does not move: {what} {said} times, not {count}."
        assert all(racer.poll() in (None, 0) for racer in racers), [racer.stderr.read() for racer in racers if racer.poll()]
        time.sleep(0.1)


def main() -> None:
    task = json.loads(sys.argv[1])
    with Path(task["ledger"]).open("w") as ledger:
        if "email" in task:
            racer = Racer(task["name"], ledger, Person(task["port"], task["email"]), edit_by_page)
        else:
            racer = Racer(task["name"], ledger, Program(task["port"], task["token"]), edit_by_api)
        racer.client.get(f"/features/{task['keys'][0]}/")
        racer.note("ready")
        while not Path(task["go"]).exists():
            time.sleep(0.01)
        racer.run(task["keys"], task["count"])


if __name__ == "__main__":
    main()

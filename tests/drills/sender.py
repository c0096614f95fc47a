"""One process of a drill: moves features, or saves one half of pairs of edits, and keeps a ledger of what was answered.

Run as `python -m tests.drills.sender '<json>'`. It waits for the file `go`, works off its share over one kept connection, and writes a
line of JSON for each request.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.drills.client import Person, Program
from tests.drills.conftest import SetUp
from tests.installation import ROOT

FIELDS = ("title", "description")  # of the two halves of a pair


def move(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A feature drawn by chance is moved before or after another one, over and over."""
    chance = random.Random(task["number"])
    program = Program(task["port"], task["token"])
    for _ in range(task["count"]):
        feature, anchor = chance.sample(task["keys"], 2)
        way = chance.choice(("before", "after"))
        answer = program.post("/api/v1/features/order/", {"features": [feature], way: anchor})
        said = answer.json() if answer.status == 200 else {"text": answer.text[:300]}
        yield {"feature": feature, "way": way, "anchor": anchor, "status": answer.status, **said}


def read(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The list by hand is read while others move, as often as there is a moment for it."""
    program = Program(task["port"], task["token"])
    for _ in range(task["count"]):
        answer = program.get("/api/v1/features/?order=sort_key&fields=key&limit=200&product=PAY")
        yield {"status": answer.status, "keys": [item["key"] for item in answer.json()["items"]]}
        time.sleep(0.05)


def pair(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Two people save different fields of one feature from the version both saw, one half each, at the same time.

    The other half is another process's; each waits for the other between the rounds, by the files they leave.
    """
    person = Person(task["port"], task["email"])
    half, field = task["half"], FIELDS[task["half"]]
    for turn in range(task["count"]):
        key, version = task["keys"][turn % len(task["keys"])], 1 + 2 * (turn // len(task["keys"]))
        token = f"{task['number']}-{turn}-{half}"
        meet(Path(task["meet"]), f"{task['number']}-{turn}", half)
        answer = person.post(f"/features/{key}/cell/?field={field}&in=bar", version=version, **{field: token})
        yield {"token": token, "key": key, "field": field, "seen": version, "status": answer.status}


def meet(folder: Path, name: str, half: int) -> None:
    """Both halves are here when this returns."""
    (folder / f"{name}-{half}").touch()
    other, until = folder / f"{name}-{1 - half}", time.monotonic() + 60
    while not other.exists():
        if time.monotonic() > until:
            raise AssertionError(f"The other half of {name} did not come.")
        time.sleep(0.001)


WORK = {"move": move, "read": read, "pair": pair}


def start_sender(setup: SetUp, folder: Path, name: str, **task: Any) -> subprocess.Popen:
    """A process that does this kind of work as soon as the file `go` is there."""
    given = {"port": setup.port, "go": str(folder / "go"), "ledger": str(folder / f"{name}.ledger"), **task}
    command = [sys.executable, "-m", "tests.drills.sender", json.dumps(given)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def main() -> None:
    task = json.loads(sys.argv[1])
    with Path(task["ledger"]).open("w") as ledger:
        while not Path(task["go"]).exists():
            time.sleep(0.01)
        for line in WORK[task["work"]](task):
            ledger.write(json.dumps(line) + "\n")
            ledger.flush()


if __name__ == "__main__":
    main()

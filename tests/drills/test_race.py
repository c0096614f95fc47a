"""Many processes edit the same few features through page and API, others read, the web is killed: nothing acknowledged is lost."""

import json
import os
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.drills.client import Answer, Person
from tests.drills.racer import STANDSTILL, start_racer, wait_for

pytestmark = [pytest.mark.drill, pytest.mark.alone]
IS_LONG = os.environ.get("WAYMARK_DRILLS") == "long"
PROCESSES, EDITS, READERS = (16, 625, 16) if IS_LONG else (8, 125, 0)
CONFLICTS = 500 if IS_LONG else 50
KILLS = 10 if IS_LONG else 1
LISTS = ("/features/", "/products/", "/roadmaps/timeline/", "/portfolio/")
GLANCE = 1.0  # seconds a reader looks at a page
LONGEST = 2.0  # seconds a write may take
PULSE = 0.02  # seconds between two looks at the machine itself
SAVED, REFUSED = {200, 302}, {409, 412}


def test_no_acknowledged_edit_is_lost_in_a_race_of_many_processes(setup, tmp_path):
    setup.seed(features=40, people=PROCESSES)
    setup.installation.start("web", "worker")
    readers, machine = Readers(setup), Machine(tmp_path / "probe")
    racers = [start_racer(setup, number, tmp_path, EDITS) for number in range(PROCESSES)]
    try:
        ledgers = [tmp_path / f"racer{number}.ledger" for number in range(PROCESSES)]
        # Signing in is slow on purpose, and a server's first answers are; neither is what is raced for.
        wait_for(ledgers, '"ready"', PROCESSES, racers)
        (tmp_path / "go").touch()
        readers.start()
        machine.start()
        for number in range(1, KILLS + 1):
            wait_for(ledgers, '"seconds"', PROCESSES * EDITS * number // (KILLS + 1), racers)
            setup.installation.kill("web")
            setup.installation.start("web")
        wait_for(ledgers, '"sent"', PROCESSES * EDITS, racers)
        for racer in racers:
            assert racer.wait(STANDSTILL) == 0, racer.stderr.read()
    finally:
        readers.stop()
        machine.stop()
        for racer in racers:
            racer.kill()
            racer.wait()
    edits = read_ledgers(ledgers)
    check_answers(edits)
    check_rows(setup, edits)
    assert "database is locked" not in setup.installation.log("web") + setup.installation.log("worker")
    assert "0 faults" in setup.installation.manage("audit", "verify")
    check_seconds([edit for edit in edits.values() if "seconds" in edit], readers.answers, machine.standstill)


class Readers:
    """People who look at lists while others write; `answers` holds what came back."""

    def __init__(self, setup):
        self.answers: list[Answer] = []
        self.is_over = threading.Event()
        self.people = [Person(setup.port, email) for email in setup.facts["emails"][:READERS]]
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        self.threads = [threading.Thread(target=self._read, args=(person,)) for person in self.people]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Nobody reads any more."""
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _read(self, person: Person) -> None:
        while not self.is_over.wait(GLANCE):
            with suppress(OSError):  # the web was killed
                person.get("/healthz")  # answers once it is there again, which is not what is measured
                self.answers.append(person.get(random.choice(LISTS)))
            person.leave()


class Machine:
    """Looks at the machine the race runs on: how long a pause and a small write through to the disk took longer than they should.

    What no program on it could have done faster is not the writers' waiting.
    """

    def __init__(self, probe: Path):
        self.standstill = 0.0  # seconds, the longest
        self.probe = probe
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """Nobody looks any more."""
        self.is_over.set()
        if self.thread.ident is not None:
            self.thread.join()

    def _watch(self) -> None:
        with self.probe.open("wb") as file:
            while not self.is_over.is_set():
                started = time.monotonic()
                time.sleep(PULSE)
                os.pwrite(file.fileno(), b"still here", 0)
                os.fdatasync(file.fileno())
                self.standstill = max(self.standstill, time.monotonic() - started - PULSE)


def read_ledgers(ledgers: list[Path]) -> dict[str, dict]:
    """Every edit by its token, with its outcome."""
    edits: dict[str, dict] = {}
    for path in ledgers:
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            edits.setdefault(entry["token"], {}).update(entry)
    edits.pop("ready")
    return edits


def check_answers(edits: dict[str, dict]) -> None:
    outcomes = Counter(edit["outcome"] for edit in edits.values())
    print(f"\n{len(edits)} edits: {dict(outcomes)}")
    assert len(edits) == PROCESSES * EDITS
    assert set(outcomes) <= SAVED | REFUSED | {"lost"}
    assert outcomes["lost"] >= KILLS, "Nothing was in flight when the web was killed."
    assert sum(outcomes[status] for status in REFUSED) >= CONFLICTS
    assert {409, 412} <= set(outcomes), "Both doors are to refuse in their own way."


def check_rows(setup, edits: dict[str, dict]) -> None:
    """Every acknowledged edit is in the record, no refused one is, and the newest of each field is in its row."""
    changes = setup.query(
        "SELECT subject_id, version_after, after FROM core_change WHERE subject_type = 'roadmaps.feature' ORDER BY version_after"
    )
    recorded: dict[str, int] = {}
    newest: dict[tuple[int, str], str] = {}
    for feature, _, after in changes:
        for field, value in (json.loads(after) if isinstance(after, str) else after or {}).items():
            if field in ("title", "description"):
                newest[feature, field] = value
                recorded[value] = recorded.get(value, 0) + 1
    saved = [token for token, edit in edits.items() if edit["outcome"] in SAVED]
    refused = [token for token, edit in edits.items() if edit["outcome"] in REFUSED]
    assert [token for token in saved if recorded.get(token) != 1] == []
    assert [token for token in refused if token in recorded] == []
    stored = {
        (pk, field): value
        for pk, *values in setup.query("SELECT id, title, description FROM roadmaps_feature")
        for field, value in zip(("title", "description"), values, strict=True)
    }
    assert {place: stored[place] for place in newest} == newest


def check_seconds(writes: list[dict], lists: list[Answer], standstill: float) -> None:
    """Nobody waited long to write. Reading is told, not asked for: writers who never pause leave nobody a core of two."""
    told = {"writes": [edit["seconds"] for edit in writes], "reads": [answer.seconds for answer in lists]}
    for what, seconds in told.items():
        if seconds:
            print(f"{len(seconds)} {what}: p50 {median(seconds) * 1000:.0f} ms, p99 {p99(seconds) * 1000:.0f} ms, max {max(seconds):.2f} s")
    print(f"the machine itself stood still for {standstill:.2f} s at most")
    assert {answer.status for answer in lists} <= {200}
    slowest = max(writes, key=lambda edit: edit["seconds"])
    assert slowest["seconds"] <= LONGEST + standstill, slowest


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[-1]

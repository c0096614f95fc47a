"""Many processes edit the same few features through page and API, and the web is killed meanwhile: nothing acknowledged is lost."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.drills.racer import start_racer, wait_for

pytestmark = [pytest.mark.drill, pytest.mark.alone]
IS_LONG = os.environ.get("WAYMARK_DRILLS") == "long"
PROCESSES, EDITS = (16, 625) if IS_LONG else (8, 125)
CONFLICTS = 500 if IS_LONG else 50
KILLS = 10 if IS_LONG else 1
LONGEST = 2.0  # seconds
SAVED, REFUSED = {200, 302}, {409, 412}


def test_no_acknowledged_edit_is_lost_in_a_race_of_many_processes(setup, tmp_path):
    setup.seed(features=40, people=PROCESSES)
    setup.installation.start("web", "worker")
    racers = [start_racer(setup, number, tmp_path, EDITS) for number in range(PROCESSES)]
    try:
        ledgers = [tmp_path / f"racer{number}.ledger" for number in range(PROCESSES)]
        # Signing in is slow on purpose, and a server's first answers are; neither is what is raced for.
        wait_for(ledgers, '"ready"', PROCESSES, racers)
        (tmp_path / "go").touch()
        for number in range(1, KILLS + 1):
            wait_for(ledgers, '"seconds"', PROCESSES * EDITS * number // (KILLS + 1), racers)
            setup.installation.kill("web")
            setup.installation.start("web")
        for racer in racers:
            assert racer.wait(300) == 0, racer.stderr.read()
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
    edits = read_ledgers(ledgers)
    check_answers(edits)
    check_rows(setup, edits)
    assert "database is locked" not in setup.installation.log("web") + setup.installation.log("worker")
    assert "0 faults" in setup.installation.manage("audit", "verify")


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
    longest = max(edit.get("seconds", 0) for edit in edits.values())
    print(f"\n{len(edits)} edits: {dict(outcomes)}; the longest write took {longest:.2f} s")
    assert len(edits) == PROCESSES * EDITS
    assert set(outcomes) <= SAVED | REFUSED | {"lost"}
    assert outcomes["lost"] >= KILLS, "Nothing was in flight when the web was killed."
    assert sum(outcomes[status] for status in REFUSED) >= CONFLICTS
    assert {409, 412} <= set(outcomes), "Both doors are to refuse in their own way."
    assert longest <= LONGEST


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

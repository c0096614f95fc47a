"""People work on the same things at the same moment: pairs of edits of different fields both hold, moves in one list leave one order."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from roadmaps.order import first_key
from tests.drills.client import Program
from tests.drills.sender import start_sender

pytestmark = [pytest.mark.drill, pytest.mark.alone]
PAIRS = MOVES = 2_000
COUPLES, MOVERS = 4, 8
LISTED = 40  # features in the list that is moved in
LONGEST = 240.0  # seconds, beside other work too


def test_both_of_two_edits_of_different_fields_hold_however_close_they_are(setup, tmp_path):
    setup.seed(features=80, people=2 * COUPLES)
    setup.installation.start("web")
    keys, share = setup.facts["keys"], len(setup.facts["keys"]) // COUPLES
    (tmp_path / "meet").mkdir()
    senders = [
        start_sender(
            setup, tmp_path, f"pair{number}-{half}", work="pair", number=number, half=half, email=setup.facts["emails"][2 * number + half],
            keys=keys[number * share : (number + 1) * share], count=PAIRS // COUPLES, meet=str(tmp_path / "meet"),
        )
        for number in range(COUPLES) for half in (0, 1)
    ]  # fmt: skip
    halves = run(senders, tmp_path)
    assert Counter(half["status"] for half in halves) == {302: 2 * PAIRS}
    rows = {key: values for key, *values in setup.query("SELECT key, title, description, version FROM roadmaps_feature")}
    recorded: dict[str, list[tuple[str, int]]] = {}
    changes = "SELECT f.key, c.after, c.version_after FROM core_change c JOIN roadmaps_feature f ON f.id = c.subject_id"
    for key, after, version in setup.query(f"{changes} WHERE c.subject_type = 'roadmaps.feature' AND c.version_after > 1"):
        for value in (json.loads(after) if isinstance(after, str) else after).values():
            recorded.setdefault(value, []).append((key, version))
    in_row = in_record = 0
    newest = {half["key"]: max(one["seen"] for one in halves if one["key"] == half["key"]) for half in halves}
    for half in halves:
        in_record += [key for key, _ in recorded[half["token"]]] == [half["key"]] and recorded[half["token"]][0][1] - half["seen"] in (1, 2)
        in_row += half["seen"] < newest[half["key"]] or half["token"] in rows[half["key"]]
    print(f"\n{PAIRS} pairs from the same version: {in_record // 2} in the record, {in_row // 2} in the row until the next pair")
    assert (in_record, in_row) == (2 * PAIRS, 2 * PAIRS)
    assert {version for _, _, version in rows.values()} == {1 + 2 * PAIRS // len(keys)}


def test_moves_at_once_in_one_list_leave_one_order_and_hold_at_their_commit(setup, tmp_path):
    setup.seed(features=LISTED, people=MOVERS + 2)
    setup.installation.start("web")
    keys, tokens = setup.facts["keys"], setup.facts["tokens"]
    senders = [
        start_sender(setup, tmp_path, f"mover{number}", work="move", number=number, token=tokens[number], keys=keys, count=MOVES // MOVERS)
        for number in range(MOVERS)
    ]
    readers = [start_sender(setup, tmp_path, f"reader{n}", work="read", token=tokens[MOVERS + n], count=100) for n in range(2)]
    lines = run([*senders, *readers], tmp_path)
    moves, reads = [line for line in lines if "way" in line], [line for line in lines if "keys" in line]
    assert Counter(line["status"] for line in lines) == {200: MOVES + len(reads)}, [line for line in lines if line["status"] != 200][:3]
    orders = replay(setup, {move["event"]: move for move in moves if move["event"]})
    stored = [key for (key,) in setup.query("SELECT key FROM roadmaps_feature ORDER BY sort_key")]
    unique = setup.query("SELECT COUNT(*), COUNT(DISTINCT sort_key) FROM roadmaps_feature")[0]
    shown = {
        tuple(item["key"] for item in Program(setup.port, token).get("/api/v1/features/?order=sort_key&limit=200").json()["items"])
        for token in tokens
    }
    print(f"\n{MOVES} moves by {MOVERS} processes: {sum(not move['event'] for move in moves)} stood there already, the others hold")
    print(f"{len(reads)} lists read meanwhile, each in an order that was committed; {unique[1]} keys of {unique[0]} features")
    assert unique == (LISTED, LISTED)
    assert shown == {tuple(stored)} == {orders[-1]}
    assert {tuple(line["keys"]) for line in reads} <= set(orders)


def replay(setup, moves: dict[int, dict]) -> list[tuple[str, ...]]:
    """The orders that were committed, one after the other; raises where a move did not hold in the one it left."""
    keys = dict(setup.query("SELECT id, key FROM roadmaps_feature"))
    places = {key: first_key(number) for number, key in enumerate(setup.facts["keys"], start=1)}
    orders, missing = [tuple(sorted(places, key=places.get))], dict(moves)
    changes = "SELECT c.event_id, c.subject_id, c.after FROM core_change c JOIN core_event e ON e.number = c.event_id"
    for number, pk, after in setup.query(f"{changes} WHERE e.verb = 'roadmaps.features_moved' ORDER BY c.event_id"):
        places[keys[pk]] = (json.loads(after) if isinstance(after, str) else after)["sort_key"]
        order, move = tuple(sorted(places, key=places.get)), missing.pop(number)
        at = order.index(move["anchor"]) + (1 if move["way"] == "after" else -1)
        assert order[at] == move["feature"] == keys[pk], move
        assert len(set(places.values())) == len(places)
        orders.append(order)
    assert missing == {}
    return orders


def run(senders: list, folder: Path) -> list[dict]:
    """Let them all begin at once; answers the lines of their ledgers when they are through."""
    started = time.monotonic()
    try:
        (folder / "go").touch()
        for sender in senders:
            assert sender.wait(LONGEST) == 0, sender.stderr.read()
    finally:
        for sender in senders:
            sender.kill()
            sender.wait()
    lines = [json.loads(line) for path in folder.glob("*.ledger") for line in path.read_text().splitlines()]
    print(f"\n{len(lines)} requests by {len(senders)} processes in {time.monotonic() - started:.0f} s")
    return lines

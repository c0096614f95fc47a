"""Whether the record is whole: numbers without a gap, hashes that chain, values that match their digests."""

from collections.abc import Iterator

from core.acts import digest_of_changes
from core.models import ChainHead, Change, Event

GENESIS = ""
BLOCK = 2_000


def broken_links() -> Iterator[str]:
    """A sentence for each fault found, oldest first; nothing when the record is whole. Changes nothing."""
    previous, expected = GENESIS, 1
    for events in _blocks():
        changes = _changes_of(events)
        for event in events:
            if event.number != expected:
                yield f"event {expected} to {event.number - 1}: missing"
                expected = event.number
            mine = changes.get(event.number, [])
            yield from _faults(event, mine, previous)
            previous, expected = event.hash, expected + 1
    head = ChainHead.objects.get(pk=1)
    if head.number != expected - 1:
        yield f"the chain ends at event {expected - 1}, its head says {head.number}"
    elif head.hash != previous:
        yield f"event {head.number}: the head's hash is not its hash"


def _blocks() -> Iterator[list[Event]]:
    after = 0
    while events := list(Event.objects.filter(number__gt=after).order_by("number")[:BLOCK]):
        yield events
        after = events[-1].number


def _changes_of(events: list[Event]) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = {}
    for change in Change.objects.filter(event_id__gte=events[0].number, event_id__lte=events[-1].number).order_by("id"):
        found.setdefault(change.event_id, []).append(change)
    return found


def _faults(event: Event, changes: list[Change], previous: str) -> Iterator[str]:
    if event.changes_digest != digest_of_changes(changes):
        yield f"event {event.number}: its changes are not those it was written with"
    if event.hash != event.hash_over(previous):
        yield f"event {event.number}: its hash does not follow from event {event.number - 1}"
    for change in changes:
        is_emptied = change.salt == "" and change.before is None and change.after is None
        if not is_emptied and change.digest != change.digest_of_values():
            yield f"event {event.number}: the values of {change.subject_type} {change.subject_id} were altered"

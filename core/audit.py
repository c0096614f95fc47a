"""Whether the record is whole: numbers without a gap, hashes that chain, values that match their digests."""

import re
from collections.abc import Iterator
from itertools import islice

from core import guard
from core.acts import digest_of_changes
from core.models import ChainHead, Change, Event

GENESIS = ""
BLOCK = 2_000
HEAD = re.compile(r"[1-9][0-9]{0,17}:[0-9a-f]{64}")


def size_and_faults(most_events: int, most_faults: int) -> tuple[int, list[str] | None]:
    """How many events the record has, and its first faults; None for them where it has more than `most_events`.

    All of the record is read, whoever asks; faults are named by type and id, never by value.
    """
    with guard.armed(False):
        size = ChainHead.objects.get(pk=1).number
        return size, list(islice(broken_links(), most_faults)) if size <= most_events else None


def broken_links() -> Iterator[str]:
    """A sentence for each fault found, oldest first; nothing when the record is whole. Changes nothing."""
    previous, expected, told = GENESIS, 1, -1
    while True:
        for events in _blocks(expected - 1):
            changes = _changes_of(events)
            for event in events:
                if event.number != expected:
                    yield f"event {expected} to {event.number - 1}: missing"
                    expected = event.number
                mine = changes.get(event.number, [])
                yield from _faults(event, mine, previous)
                previous, expected = event.hash, expected + 1
        head = ChainHead.objects.get(pk=1)
        if head.number < expected or head.number == told:
            break
        told = head.number  # somebody wrote while this was read: on to there, once
    if head.number != expected - 1:
        yield f"the chain ends at event {expected - 1}, its head says {head.number}"
    elif head.hash != previous:
        yield f"event {head.number}: the head's hash is not its hash"


def head() -> str:
    """Where the record ends, as NUMBER:HASH. Kept somewhere else, it shows later that nothing before it was cut off or written anew."""
    end = ChainHead.objects.get(pk=1)
    return f"{end.number}:{end.hash}"


def lost_head(kept: str) -> Iterator[str]:
    """A sentence where the record no longer contains the event of a head that somebody kept. Raises ValueError where it is none."""
    if not HEAD.fullmatch(kept):
        raise ValueError(f"{kept!r} is no head: it is written NUMBER:HASH, the hash of 64 characters, as the log says them.")
    number, digest = kept.split(":")
    event = Event.objects.filter(number=int(number)).first()
    if event is None:
        yield f"event {number}: missing, though its hash was kept; the end of the record was cut off"
    elif event.hash != digest:
        yield f"event {number}: its hash is not the one that was kept; the record was written anew"


def _blocks(after: int) -> Iterator[list[Event]]:
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
        if change.digest != change.digest_of_values():
            yield f"event {event.number}: the values of {change.subject_type} {change.subject_id} were altered"

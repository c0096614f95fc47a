"""What a person did in the last hour: in words, what of it is taken back next, and what is done again next.

Nothing is kept for it: an event says which one it takes back, so what became of an edit stands at the end of its chain. Taking back goes
from the newest edit to older ones; doing again goes the way back, until a new edit makes what was taken back a thing of the past.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from core import clock, history
from core.exceptions import RuleBroken
from core.models import Event, User
from core.registry import reversals, subject_of
from core.undo import undo_event

SPAN = timedelta(hours=1)
MOST = 200  # newest events looked at


@dataclass
class Edit:
    """An act, or the acts of one import. `ends` holds the last event of each chain, and whether what the first did holds after it."""

    first: Event
    ends: dict[int, tuple[Event, bool]] = field(default_factory=dict)
    words: str = ""
    url: str = ""

    @property
    def last(self) -> Event:
        """What was done to it last."""
        return max((event for event, _ in self.ends.values()), key=lambda event: event.number)

    @property
    def is_undone(self) -> bool:
        return not any(holds for _, holds in self.ends.values())

    @property
    def icon(self) -> str:
        return subject_of(self.first.subject_type).icon

    @property
    def can_be_undone(self) -> bool:
        """Whether an edit of this kind is ever taken back."""
        return self.first.because_type in reversals or subject_of(self.first.subject_type).undoable


@dataclass(frozen=True)
class Done:
    """What taking back or doing again came to: in a sentence, where that is seen, and the event by which it is turned round."""

    text: str
    url: str = ""
    event: Event | None = None


def edits_of(user: User) -> list[Edit]:
    """The person's edits of the last hour, the newest first, without those of their programs; one read of an index."""
    since, newest = clock.now() - SPAN, Event.objects.done_by(user).order_by("-number")[:MOST]
    edits: dict[object, Edit] = {}
    chains: dict[int, tuple[Edit, int, bool]] = {}
    for event in reversed([event for event in newest if (event.written_at or event.at) >= since and event.door != "api"]):
        if event.undoes in chains:
            edit, first, held = chains[event.undoes]
        else:
            group = (event.because_type, event.because_id) if event.because_type in reversals else event.number
            edit, first, held = edits.setdefault(group, Edit(event)), event.number, event.undoes is not None
        edit.ends[first] = (event, not held)
        chains[event.number] = (edit, first, not held)
    return sorted(edits.values(), key=lambda edit: -edit.first.number)


def next_to_undo(edits: list[Edit]) -> Edit | None:
    """The newest edit that holds."""
    return next((edit for edit in edits if edit.can_be_undone and not edit.is_undone), None)


def next_to_redo(edits: list[Edit]) -> Edit | None:
    """What was taken back last, unless there is a newer edit."""
    undone = max((edit for edit in edits if edit.is_undone), key=lambda edit: edit.last.number, default=None)
    return undone if undone and all(edit.first.number < undone.last.number for edit in edits if edit.can_be_undone) else None


def undo_last(*, actor: User) -> Done:
    """The newest edit of the last hour that holds is taken back."""
    edit = next_to_undo(edits_of(actor))
    if edit is None:
        raise RuleBroken("There is nothing of the last hour to take back. Older changes are taken back from the history of the thing.")
    return turn(actor=actor, event=edit.last)


def redo_last(*, actor: User) -> Done:
    """What was taken back last is done again."""
    edit = next_to_redo(edits_of(actor))
    if edit is None:
        raise RuleBroken("There is nothing to do again: nothing was taken back, or something was changed since.")
    return turn(actor=actor, event=edit.last)


def turn(*, actor: User, event: Event) -> Done:
    """The event is taken back, which does again what it took back itself; what belongs to an import is turned as the whole import."""
    reversal = reversals.get(event.because_type)
    if reversal is not None and event.because_id is not None:
        is_undo = event.undoes is None or reversal.holds(actor, event.because_id)
        return Done(*(reversal.undo if is_undo else reversal.redo)(actor, event.because_id))
    made = undo_event(actor=actor, event=event)
    words, url = history.in_words([made], actor).get(made.number, ("", ""))
    return Done(f"{words} again." if words else "Taken back.", url, made)


def told(edits: list[Edit], user: User) -> list[Edit]:
    """The edits in words, as far as the person may still see what they touched, in a few statements for all of them."""
    words = history.in_words([edit.first for edit in edits], user)
    for edit in edits:
        edit.words, edit.url = words.get(edit.first.number, ("", ""))
    return [edit for edit in edits if edit.words]

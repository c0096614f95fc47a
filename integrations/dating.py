"""The past that comes with a file's rows: when each was made and when it entered its stages, as columns say, told to the record.

Only rows the same run makes are back-dated, the earliest act first, so that the record's order stays the order of what happened.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.acts import attempt
from core.exceptions import Refused
from core.models import Product, User
from integrations.targets.base import Dated, Field
from integrations.values import Unreadable, is_empty, shown

LONGEST_NOTE = 300


@dataclass
class Past:
    """When a row was made and what it entered when, in order; `steps` are (moment, stage or None). `notes` say what could not be read."""

    steps: list[tuple[datetime, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        return " ".join(self.notes)[:LONGEST_NOTE]


class Pasts:
    """Reads the past of rows for one run: days by date or by the name of what happened on them, steps by their words."""

    def __init__(self, dated: Dated, user: User, product: Product | None, zone: str):
        self.zone = ZoneInfo(zone)
        self.days = {_bare(word): day for word, day in dated.days(user, product).items()}
        self.places = {word: (place, step) for place, (word, _, step) in enumerate(dated.steps(user))}

    def read(self, cells: Iterable[tuple[Field, str, Mapping[str, Any], str]]) -> Past:
        """The past that these cells (field, text, settings, order of dates) tell; of one moment the furthest step counts."""
        past, found = Past(), dict[datetime, tuple[int, Any]]()
        for known, text, settings, order in cells:
            if is_empty(text):
                continue
            word = settings.get("step", "")
            if word and word not in self.places:
                raise Unreadable(f"There is no stage “{shown(word)}” any more. Say anew what the column holds.")
            place, step = self.places.get(word, (-1, None))
            try:
                at = datetime.combine(self._day(known, text, order), time(), self.zone).astimezone(UTC)
                if at > clock.now():
                    raise Unreadable(f"“{shown(text)}” lies ahead.")
            except Unreadable as error:
                past.notes.append(f"{step or known.label}: {error}")
            else:
                found[at] = max(found.get(at, (-1, None)), (place, step), key=lambda pair: pair[0])
        past.steps = [(at, step) for at, (_, step) in sorted(found.items(), key=lambda item: item[0])]
        return past

    def _day(self, known: Field, text: str, order: str) -> date:
        if day := self.days.get(_bare(text)):
            return day
        try:
            day = known.read(text, order)
        except Unreadable as error:
            raise Unreadable(f"nothing here says when “{shown(text)}” was.") from error
        return day


type Entry = tuple[int, str, dict[str, Any]]  # number of the row, its id in the file, its values


def make_in_their_time[R](
    dated: Dated,
    entries: Sequence[Entry],
    pasts: Mapping[int, Past],
    *,
    acted: Callable[..., AbstractContextManager],
    make: Callable[[list[Entry]], list[R]],
    find: Callable[[list[str]], Mapping[str, Any]],
    enter: Callable[[Any, Any], Any],
) -> list[R]:
    """The rows are made and have entered their steps, each moment an act of its own; answers what `make` told. What a step was refused
    for is noted.
    """
    makes, enters = defaultdict[datetime, list[Entry]](list), defaultdict[datetime, list[tuple[int, str, Any]]](list)
    for number, key, values in entries:
        (at, step), *rest = pasts[number].steps
        begun = {name: value for name, value in values.items() if name != dated.field} | ({dated.field: step} if step else {})
        makes[at].append((number, key, begun))
        for later, entered in rest:
            if entered is not None:
                enters[later].append((number, key, entered))
    told: list[R] = []
    for at in sorted(makes.keys() | enters.keys()):
        with acted(at=at):
            told += make(makes[at]) if at in makes else []
            rows = find([key for _, key, _ in enters[at]]) if at in enters else {}
            for number, key, step in enters[at]:
                if key in rows:
                    _try_entering(lambda row=rows[key], step=step: enter(row, step), pasts[number], step)
    return told


def _try_entering(enter: Callable[[], Any], past: Past, step: Any) -> None:
    try:
        with attempt():
            enter()
    except Refused as error:
        note = f"{step}: {error}"
        past.notes += [] if note in past.notes else [note]  # a chunk the database ended is worked off again


def _bare(word: str) -> str:
    """Versions are written with a v before them, and without."""
    return word.strip().lower().removeprefix("v")

"""Turning rows of a table into values, and values into rows of ours, chunk by chunk.

The rehearsal runs the very same code and takes everything back, so what it foretells is what the run does.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction

from core import clock
from core.acts import Because, act, acts_together, attempt, retried, write_lock
from core.exceptions import Refused
from core.models import Organisation, Product, User
from core.writes import update
from integrations import events
from integrations.dating import Past, Pasts, make_in_their_time
from integrations.linking import Linker, Mention
from integrations.models import ImportRow
from integrations.tables import Row
from integrations.targets.base import Field, Target, date
from integrations.values import Unreadable, date_order, is_empty, shown

CHUNK = 200  # rows an act; other writers wait for one at most
SKIP, BLANK = "skip", ""  # what an unknown word may be mapped to besides a known one
MAKE = "make"  # what becomes of a column's unknown words, where it is said: rows of that name
Outcome = ImportRow.Outcome
type Wanted = tuple[int, str, dict[str, Any]]  # number of the row, its id in the file, its values


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row."""

    number: int
    outcome: str
    label: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A word that is to become a row of ours, in the act that brings its row in."""

    field: Field
    word: str


type Keep = Callable[[Sequence[Result], Sequence[Mention]], None]


@dataclass
class Reader:
    """Reads rows by a plan: columns by position, known words, date order. `user` and `product` decide what words are known."""

    target: Target
    plan: Mapping[str, Any]
    user: User
    product: Product | None
    _choices: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _orders: dict[int, str] = field(default_factory=dict)

    def columns(self) -> list[tuple[int, Field, Mapping[str, Any]]]:
        """(position, field, settings) of the columns that are mapped."""
        found = []
        for position, settings in self.plan.get("columns", {}).items():
            known = self.target.field(settings.get("field", ""))
            if known is not None:
                found.append((int(position), known, settings))
        return sorted(found, key=lambda entry: entry[0])

    def learn(self, rows: Iterable[Row]) -> int:
        """Look at whole columns: whether days come first. Answers the number of rows."""
        count, days = 0, {position: dict[str, None]() for position, known, _ in self.columns() if known.read is date}
        for row in rows:
            count += 1
            for position, cells in days.items():
                cells[cell_of(row, position)] = None
        self._orders = {position: self.plan.get("date_order") or date_order(cells) for position, cells in days.items()}
        return count

    def choices(self, known: Field) -> Mapping[str, Any]:
        if known.key not in self._choices:
            self._choices[known.key] = known.choices(self.user, self.product)
        return self._choices[known.key]

    def forget(self, keys: Iterable[str]) -> None:
        """Words of these fields are looked up anew: rows of that name were made, or taken back."""
        for key in keys:
            self._choices.pop(key, None)

    def identify(self, values: Mapping[str, Any]) -> str:
        """The id by which the row of these values is known again."""
        return self.target.identify(self.product, dict(values))

    def linker(self) -> Linker | None:
        """What collects the rows' references, where a column holds any."""
        has_any = self.target.links is not None and any(known.is_reference for _, known, _ in self.columns())
        return Linker(self.target.links, self.user, self.product, self.plan.get("source", "")) if has_any else None

    def pasts(self) -> Pasts | None:
        """What reads the rows' past, where a column holds any."""
        if self.target.dated is None or not any(known.is_dated for _, known, _ in self.columns()):
            return None
        return Pasts(self.target.dated, self.user, self.product, Organisation.zone())

    def dated_cells(self, row: Row) -> list[tuple[Field, str, Mapping[str, Any], str]]:
        """(field, text, settings, order of dates) of the cells that say when."""
        columns = [entry for entry in self.columns() if entry[1].is_dated]
        return [(known, cell_of(row, at), settings, self._orders.get(at, "dmy")) for at, known, settings in columns]

    def references(self, row: Row) -> list[tuple[str, str]]:
        """(field, text) of each reference in the row."""
        cells = ((known, cell_of(row, position)) for position, known, _ in self.columns() if known.is_reference)
        return [(known.key, text) for known, cell in cells for text in known.read(cell, "")]

    def values(self, row: Row) -> dict[str, Any]:
        """The row's values by field, references and its past apart; raises Unreadable with a sentence that names the column."""
        found: dict[str, Any] = {}
        for position, known, settings in self.columns():
            if known.is_reference or known.is_dated:
                continue
            try:
                value = self._value(known, cell_of(row, position), settings, self._orders.get(position, "dmy"))
            except Unreadable as error:
                raise Unreadable(f"{known.label}: {error}") from error
            if settings.get("append") and known.may_append:
                if value:
                    found[known.key] = "\n\n".join(filter(None, [found.get(known.key), f"**{settings['append']}**: {value}"]))
            elif value is not None or known.key not in found:
                found[known.key] = value
        return self._complete(found)

    def label(self, row: Row) -> str:
        """The row as a person knows it, from its cells as they stand there."""
        return self.target.label({known.key: shown(cell_of(row, position)) for position, known, _ in self.columns()})

    def unknown_words(self, rows: Iterable[Row]) -> dict[int, Counter]:
        """Per column of known words: the cells nobody said the meaning of, and how often each stands there."""
        found: dict[int, Counter] = {}
        columns = [entry for entry in self.columns() if entry[1].choices]
        for row in rows:
            for position, known, settings in columns if not row.fault else ():
                if settings.get("unknown") == MAKE:
                    continue
                cell = cell_of(row, position).strip()
                if not is_empty(cell) and cell not in settings.get("values", {}) and cell.lower() not in self.choices(known):
                    found.setdefault(position, Counter())[cell] += 1
        return found

    def _value(self, known: Field, cell: str, settings: Mapping[str, Any], order: str) -> Any:
        if known.choices is None:
            value = known.read(cell, order)
            return _not_too_long(known, value) if isinstance(value, str) else value
        word = cell.strip()
        if word in settings.get("values", {}):
            word = settings["values"][word]
            if word == SKIP:
                raise Unreadable(f"“{shown(cell)}” is to be left out.")
        if is_empty(word):
            return None
        if word.lower() not in self.choices(known):
            if settings.get("unknown") == MAKE and known.make:
                return Missing(known, _not_too_long(known, word))
            raise Unreadable(f"“{shown(word)}” is not known here. Say what it means, or leave it blank.")
        return self.choices(known)[word.lower()]

    def _complete(self, found: dict[str, Any]) -> dict[str, Any]:
        for key, text in self.plan.get("defaults", {}).items():
            known = self.target.field(key)
            if known is not None and found.get(key) is None:
                found[key] = self._value(known, text, {}, "dmy")
        for known in self.target.fields:
            if known.is_required and not found.get(known.key):
                raise Unreadable(f"{known.label} is missing.")
        if source := self.plan.get("source"):
            key = self.target.fields[0].key
            found[key] = f"{source}:{found[key]}" if key == "outside_id" else found[key]
        return found


def _not_too_long(known: Field, text: str) -> str:
    if known.longest and len(text) > known.longest:
        raise Unreadable(f"“{shown(text)}” is longer than {known.longest} characters.")
    return text


@contextmanager
def rehearsal() -> Iterator[None]:
    """Everything written inside is taken back at its end."""
    with write_lock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def import_rows(reader: Reader, rows: Iterable[Row], because: Because, keep: Keep, *, rehearse: bool) -> Iterator[int]:
    """Work the rows off in chunks, each one act (or a rehearsal of one); yields how many rows are done.

    `keep` is told what became of each row: of a run inside the act, so that what it writes is there exactly where the rows are.
    """
    seen: dict[str, int] = {}
    rows, done, linker, pasts = iter(rows), 0, reader.linker(), reader.pasts()
    while chunk := list(islice(rows, CHUNK)):
        wanted, refused, told = _read(reader, chunk, seen, pasts)
        results = retried(partial(_work, reader, wanted, refused, because, None if rehearse else keep, told), "import_rows")
        if rehearse:
            keep(results, ())
        if linker:
            _note(reader, linker, chunk, wanted, results)
        done += len(chunk)
        yield done
    for _ in linker.settle(because, lambda mentions: keep((), mentions), rehearse=rehearse) if linker else ():
        yield done


def _work(
    reader: Reader, wanted: list[Wanted], refused: list[Result], because: Because, keep: Keep | None, pasts: Mapping[int, Past]
) -> list[Result]:
    """A chunk's rows are in, in one act and one more for each moment of their past; without anybody to keep what became of them, it was a
    rehearsal.
    """
    acted = partial(act, reader.user, verb=events.ROWS_IMPORTED, because=because)
    with nullcontext() if keep else rehearsal(), acts_together() if pasts else nullcontext():
        told, dated = list(refused), list[Wanted]()
        if pasts:
            with acted():
                wanted, unmade = _make_missing(reader, wanted)
                known = reader.target.find(reader.user, reader.product, [key for _, key, _ in wanted])
            dated = [entry for entry in wanted if entry[1] not in known and pasts[entry[0]].steps]
            told += unmade + _make_dated(reader, dated, pasts, acted)
        with acted():
            _settle_dated(reader, dated)
            ready, unmade = _make_missing(reader, [entry for entry in wanted if entry not in dated])
            told += unmade + _write(reader, ready)
            results = [_noted(result, pasts) for result in sorted(told, key=lambda result: result.number)]
            if keep:
                keep(results, ())
    return results


def _make_dated(reader: Reader, entries: list[Wanted], pasts: Mapping[int, Past], acted: Callable[..., Any]) -> list[Result]:
    """The rows are made at their moments, and in the steps they entered since."""
    target, user, product = reader.target, reader.user, reader.product
    if target.dated is None or not entries:
        return []
    find, enter = partial(target.find, user, product), partial(target.dated.enter, user)
    return make_in_their_time(target.dated, entries, pasts, acted=acted, make=partial(_make, reader), find=find, enter=enter)


def _settle_dated(reader: Reader, entries: list[Wanted]) -> None:
    """The rows are today in the step the file says, where that is another than the last one with a day."""
    target, user = reader.target, reader.user
    rows = target.find(user, reader.product, [key for _, key, _ in entries]) if entries else {}
    for _, key, values in entries:
        if target.dated is not None and key in rows and values.get(target.dated.field) is not None:
            target.dated.enter(user, rows[key], values[target.dated.field])


def _noted(result: Result, pasts: Mapping[int, Past]) -> Result:
    """The result of a row that was made says what of its past could not be read."""
    past = pasts.get(result.number)
    return replace(result, reason=past.note) if past and result.outcome == Outcome.MADE else result


def _note(reader: Reader, linker: Linker, rows: list[Row], wanted: list[Wanted], results: list[Result]) -> None:
    """The linker knows of the chunk's rows, and what they refer to."""
    there = {result.number: result.label for result in results if result.outcome != Outcome.REFUSED}
    keys = {number: key for number, key, _ in wanted if number in there}
    for row in rows:
        linker.note(row.number, keys.get(row.number), there.get(row.number, ""), reader.references(row))


def _make_missing(reader: Reader, wanted: list[Wanted]) -> tuple[list[Wanted], list[Result]]:
    """The rows with every missing word made into a row of ours, once each, and the refusals of those for which one cannot be."""
    made: dict[tuple[str, str], Any] = {}
    ready, refused = [], []
    for number, key, values in wanted:
        missing = {name: value for name, value in values.items() if isinstance(value, Missing)}
        try:
            for name, value in missing.items():
                if (name, value.word.lower()) not in made:
                    with attempt():
                        made[name, value.word.lower()] = value.field.make(reader.user, reader.product, value.word)
            ready.append((number, key, values | {name: made[name, value.word.lower()] for name, value in missing.items()}))
        except Refused as error:
            refused.append(Result(number, Outcome.REFUSED, reader.target.label(values)[:200], f"{value.field.label}: {error}"[:300]))
    reader.forget({name for name, _ in made})
    return ready, refused


def _read(reader: Reader, rows: list[Row], seen: dict[str, int], pasts: Pasts | None) -> tuple[list[Wanted], list[Result], dict[int, Past]]:
    """The rows' values, the refusals of those that have none, and by number the past of the others, where columns hold any."""
    wanted, refused, told = [], [], dict[int, Past]()
    for row in rows:
        try:
            if row.fault:
                raise Unreadable(row.fault)
            values = reader.values(row)
            key = reader.identify(values)
            if key in seen:
                raise Unreadable(f"{reader.target.fields[0].label}: the same as in row {seen[key]}.")
            if pasts:
                told[row.number] = pasts.read(reader.dated_cells(row))
            seen[key] = row.number
            wanted.append((row.number, key, values))
        except Unreadable as error:
            refused.append(Result(row.number, Outcome.REFUSED, reader.label(row), str(error)[:300]))
    return wanted, refused, told


def _write(reader: Reader, wanted: list[Wanted]) -> list[Result]:
    target, known = reader.target, reader.target.find(reader.user, reader.product, [key for _, key, _ in wanted])
    fresh = [entry for entry in wanted if entry[1] not in known]
    results = _make(reader, fresh)
    for number, key, values in wanted:
        if key in known:
            results.append(_try(number, target, values, lambda row=known[key], values=values: _change(reader, row, values)))
    return results


def _make(reader: Reader, fresh: list[Wanted]) -> list[Result]:
    """Make the new rows together; where a rule stands against one, each by itself, so that only the faulty ones are refused."""
    target = reader.target
    if not fresh:
        return []
    try:
        with attempt():
            target.make(reader.user, reader.product, [dict(values) for _, _, values in fresh])
        return [Result(number, Outcome.MADE, target.label(values)) for number, _, values in fresh]
    except Refused:
        pass

    def one(values: dict[str, Any]) -> str:
        target.make(reader.user, reader.product, [dict(values)])
        return Outcome.MADE

    return [_try(number, target, values, lambda values=values: one(values)) for number, _, values in fresh]


def _change(reader: Reader, row: Any, values: dict[str, Any]) -> str:
    """A known row has the values; one that was removed is back."""
    was_removed, version = row.deleted_at is not None, row.version
    if was_removed:
        update(row, {"deleted_at": None}, events.ROWS_IMPORTED)
    reader.target.change(reader.user, row, {name: value for name, value in values.items() if name not in reader.target.identity})
    return Outcome.MADE if was_removed else Outcome.SAME if row.version == version else Outcome.CHANGED


def _try(number: int, target: Target, values: dict[str, Any], write) -> Result:
    """Do one row's write by itself: refused, nothing of it stays, and its reason is kept."""
    try:
        with attempt():
            return Result(number, write(), target.label(values)[:200])
    except Refused as error:
        return Result(number, Outcome.REFUSED, target.label(values)[:200], str(error)[:300])


def cell_of(row: Row, position: int) -> str:
    """The row's cell there; blank beyond its last one, where a mapping was made for a wider file."""
    return row.cells[position] if position < len(row.cells) else ""


def today_label(file_name: str) -> str:
    """How an import is named where it is the reason of a change."""
    return f"Import of {file_name}, {clock.now():%d %b %Y}"

"""The one way to write: `with act(actor):` around services; at its end one Event and one Change per row touched.

The chain head is locked by the act's last statements, so that it is held for the shortest time: taken in mid-service it
deadlocks and costs three quarters of the throughput. Locks before it: rows by model in floor order, then by id.
"""

import fcntl
import hashlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from itertools import batched
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from core import clock, doorbell, guard
from core.door import Door, current_door
from core.models import ChainHead, Change, Event, Recorded, Stale, User
from core.models.acts import canonical
from core.models.base import plain
from core.sql import insert_statement, lock_row, run_together

log = logging.getLogger(__name__)
BATCH = 1_000  # rows an INSERT takes at once
RETRIED_STATES = {"40P01", "40001"}  # deadlock, serialization failure


class Because(NamedTuple):
    """The decision, message or rule behind an act."""

    type: str = ""
    id: int | None = None
    label: str = ""


@dataclass
class RowChange:
    """What the act did to one row so far."""

    row: Recorded
    before: dict[str, Any] | None
    after: dict[str, Any]
    product_id: int | None
    version: int


@dataclass
class Raised:
    """What writes made stale: marks (roll-up kind, ref) still to be inserted, and rows, by step name, whose counter was raised.

    Where there is `touched`, what follows from a write is not looked up at once: the rows written are noted by (model, fields,
    whether they are new), and what follows from all of them is found together at the end.
    """

    marks: set[tuple[str, int]] = field(default_factory=set)
    rows: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    touched: dict[tuple[type[Model], frozenset[str], bool], set[int]] | None = None


@dataclass
class Act:
    """An act under way; `event` is there once it is committed (None where nothing changed)."""

    actor: User | None
    door: Door
    verb: str = ""
    because: Because = Because()
    undoes: int | None = None
    rows: dict[tuple[str, int], RowChange] = field(default_factory=dict)
    raised: Raised = field(default_factory=Raised)
    event: Event | None = None

    def add(self, verb: str, change: RowChange) -> None:
        """Note a row's change; the first verb names the act unless its opener did. Changes of one row become one."""
        self.verb = self.verb or verb
        key = (change.row._meta.label_lower, change.row.pk)
        known = self.rows.get(key)
        if known is None:
            self.rows[key] = change
            return
        known.after.update(change.after)
        known.version = change.version
        if known.before is not None:
            for name, value in (change.before or {}).items():
                known.before.setdefault(name, value)


# What must hold between the rows an act touched, and what follows from them, whatever door it came through: each is handed the act's
# changes by (name of the model, id) and whether it is alone, nobody else writing meanwhile; it may write more, and may refuse the act.
closing: list[Callable[[dict[tuple[str, int], RowChange], bool], None]] = []
# What derivation does at the end of every act; registered by it, because it builds on this module.
before_event: list[Callable[..., None]] = []

_current: ContextVar[Act | None] = ContextVar("act", default=None)


def current_act() -> Act:
    """The act under way. Raises where a service is called outside one: such a write would leave no trace."""
    found = _current.get()
    if found is None:
        raise RuntimeError("A write outside an act: call the service through `acts` or inside `with act(actor):`.")
    return found


def row_at_hand(model: type[Model], ids: Collection[int]) -> Recorded | None:
    """The row, where there is one id and the act under way has it: no need to ask where it belongs."""
    this = _current.get()
    change = this.rows.get((model._meta.label_lower, next(iter(ids)))) if this and len(ids) == 1 else None
    return change.row if change else None


@contextmanager
def write_lock() -> Iterator[None]:
    """One writer at a time on SQLite; nothing on PostgreSQL.

    Waiting for a file lock is fair enough and cheap; SQLite's own busy wait sleeps and polls, which lets a saturated writer
    starve for seconds. Every transaction that writes domain rows takes it first, the worker's too.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with open(f"{settings.DATA_DIR}/write.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def attempt() -> Iterator[None]:
    """A part of the act that may be refused by itself: on an exception nothing of it stays, in the database or in the record."""
    this = current_act()
    rows = {
        key: replace(change, before=change.before and dict(change.before), after=dict(change.after)) for key, change in this.rows.items()
    }
    marks, due = set(this.raised.marks), defaultdict(set, {name: set(ids) for name, ids in this.raised.rows.items()})
    try:
        with transaction.atomic():
            yield
    except Exception:
        this.rows, this.raised.marks, this.raised.rows = rows, marks, due
        raise


@dataclass
class Ledger:
    """Acts of a stretch of history written together: the chain's end is held from beginning to end, rows are inserted in bulk."""

    head: ChainHead
    events: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    raised: Raised = field(default_factory=lambda: Raised(touched=defaultdict(set)))

    def flush(self) -> None:
        """Insert what was collected, move the head, and leave to the worker what the acts made stale."""
        for finish in before_event:
            finish(self.raised, derive=False)
        _write_down(self.raised.marks, self.events, self.changes, self.head)
        self.raised = Raised(touched=defaultdict(set))
        self.events.clear()
        self.changes.clear()


_ledger: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


@contextmanager
def acts_together() -> Iterator[Ledger]:
    """One transaction for many acts, each with its own event: for loading history nobody else is writing beside.

    Everybody else's acts wait until it ends. What the acts make stale is left to the worker.
    """
    with write_lock(), transaction.atomic():
        ledger = Ledger(lock_row(ChainHead, 1))
        token = _ledger.set(ledger)
        try:
            yield ledger
            ledger.flush()
            doorbell.ring_on_commit()
        finally:
            _ledger.reset(token)


@contextmanager
def act(
    actor: User | None, *, verb: str = "", because: Because = Because(), at: datetime | None = None, undoes: int | None = None
) -> Iterator[Act]:
    """A transaction in which services may write; inside another act, part of that one.

    On leaving, everything recorded becomes one Event with its Changes, in the same transaction. `at` back-dates the act
    (imports of history, the demonstration): only for rows that no act of a later moment has touched, so that a row's changes keep their
    order. An exception leaves nothing behind.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    ledger = _ledger.get()
    this = Act(actor, current_door(), verb, because, undoes, raised=ledger.raised if ledger else Raised())
    around = nullcontext() if ledger else transaction.atomic()
    with write_lock(), around, guard.armed(False):
        token, moment = _current.set(this), clock.moment.set(at) if at else None
        try:
            yield this
            if this.rows:
                for close in closing:
                    close(dict(this.rows), ledger is not None)
                for finish in before_event if ledger is None else ():
                    finish(this.raised)
                this.event = _write_event(this, ledger)
                doorbell.ring_on_commit()
        finally:
            _current.reset(token)
            if moment is not None:
                clock.moment.reset(moment)


def acts[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Make a service open its own act for its `actor` when none is under way, tried once more after a deadlock."""

    @wraps(service)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            return service(*args, **kwargs)

        def once() -> R:
            with act(cast("User | None", kwargs["actor"])):
                return service(*args, **kwargs)

        return retried(once, service.__name__, [*args, *kwargs.values()])

    return inside


def retried[R](work: Callable[[], R], name: str, given: Iterable[Any] = ()) -> R:
    """Do the work, and do it once more where the database ended it in favour of another's: a deadlock.

    The rows among what it was `given` hold what the first try wrote, which is gone: they are read anew.
    """
    try:
        return work()
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) not in RETRIED_STATES:
            raise
        log.warning("act_retried", extra={"service": name})
        for row in given:
            if isinstance(row, Recorded) and row.pk is not None:
                row.refresh_from_db()
        return work()


def record(verb: str, row: Recorded, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    """Note what happened to one row. `before` is None where the row was made; values are model values, not JSON."""
    fields = {f.name: f for f in row.recorded_fields()}

    def spoken(values):
        return None if values is None else {name: plain(fields[name], value) for name, value in values.items() if name in fields}

    if not row.records_values:
        before, after = (None if before is None else {}), {}
    current_act().add(verb, RowChange(row, spoken(before), spoken(after), row.product_for_rights, getattr(row, "version", 1)))


def _write_event(this: Act, ledger: Ledger | None) -> Event:
    """Insert the act's Event and Changes and move the chain head; the act's last statements."""
    changes = [_change_row(subject, change) for subject, change in this.rows.items()]
    head = ledger.head if ledger else lock_row(ChainHead, 1)
    event = _event_row(this, changes, head)
    for line in changes:
        line.event = event
    head.number, head.hash = event.number, event.hash
    if ledger:
        ledger.events.append(event)
        ledger.changes += changes
        return event
    _write_down(this.raised.marks, [event], changes, head)
    transaction.on_commit(lambda: log.info("chain_head", extra={"number": event.number, "hash": event.hash, "verb": event.verb}))
    return event


def _write_down(marks: Collection[tuple[str, int]], events: Sequence[Event], changes: Sequence[Change], head: ChainHead) -> None:
    """Insert marks, events and changes, and move the head, in as few trips as there are batches."""
    moved = ("UPDATE core_chainhead SET number = %s, hash = %s WHERE id = %s", [head.number, head.hash, head.pk])
    batches = [part for rows in (Stale.marks(marks), events, changes) for part in batched(rows, BATCH)]
    run_together([*(insert_statement(part) for part in batches), moved])


def _change_row(subject: tuple[str, int], change: RowChange) -> Change:
    line = Change(
        subject_type=subject[0],
        subject_id=subject[1],
        product_id=change.product_id,
        version_after=change.version,
        before=change.before,
        after=change.after,
        salt=secrets.token_hex(8),
    )
    line.digest = line.digest_of_values()
    return line


def _event_row(this: Act, changes: list[Change], head: ChainHead) -> Event:
    event = Event(
        number=head.number + 1,
        at=clock.now(),
        written_at=timezone.now() if clock.moment.get() else None,
        actor=this.actor,
        door=this.door.name,
        verb=this.verb,
        subject_type=changes[0].subject_type,
        subject_id=changes[0].subject_id,
        request_id=this.door.request_id,
        because_type=this.because.type,
        because_id=this.because.id,
        because_label=this.because.label[:200],
        undoes=this.undoes,
        changes_digest=digest_of_changes(changes),
    )
    event.hash = event.hash_over(head.hash)
    return event


def digest_of_changes(changes: list[Change]) -> str:
    """The digest an Event keeps of its changes, in their order."""
    return hashlib.sha256(canonical([line.digest for line in changes])).hexdigest()


def label_of(model: type[Model] | Model) -> str:
    """The name under which a model's rows are recorded, for instance `roadmaps.feature`."""
    return model._meta.label_lower

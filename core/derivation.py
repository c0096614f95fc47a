"""Derived values: what they follow from, how staleness is kept, and the worker's pass.

A *step* fills columns of a row: `<name>_in` is raised by the statement that changes an input, `<name>_rev` is the number a result
was computed from; stale is rev < in. A *roll-up* keeps a figure about many rows: an input change inserts a `Stale` mark.
Nothing rests on messages: a lost ring, a killed worker, two workers at once leave marks and counters that say what is due.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Model, Q, QuerySet

from core.acts import Raised, before_event, row_at_hand, write_lock
from core.models import Pulse, Stale
from core.sql import fetch_all, lock_name

MARKS = 5_000  # marks read at once


@dataclass(frozen=True)
class Input:
    """Fields that a derived value follows from. `path` leads from the input's row to the target's id ("pk": itself)."""

    model: type[Model]
    fields: tuple[str, ...]
    path: str | Callable[[QuerySet], Iterable[int]]
    is_backward: bool = False  # leads over rows that point at the input's row: a new row has none

    def targets(self, ids: Collection[int], row: Model | None = None) -> set[int]:
        """The ids of the rows whose value follows from the input rows `ids` (or from the one `row`, already at hand)."""
        if self.path == "pk":
            return set(ids)
        if row is not None and isinstance(self.path, str) and hasattr(row, self.path):
            found: Iterable[int | None] = [getattr(row, self.path)]
        else:
            rows = self.model._base_manager.filter(pk__in=ids).order_by()
            found = self.path(rows) if callable(self.path) else rows.values_list(self.path, flat=True).distinct()
        return {pk for pk in found if pk is not None}


@dataclass(frozen=True)
class Step:
    """A derived value stored on rows of `model`.

    `compute(ids)` brings the columns `outputs` of these rows up to date in a set-based way, sets `<name>_rev` to `<name>_in` on the
    rows it changes, and returns their ids. The rows are locked when it is called, so the counter cannot move under it.
    `also_due()` may name rows that are due for another reason (a newer scoring model), and what to do once none are left.
    `batch` rows are computed in one transaction: on SQLite, where other writers wait for it, about half a second.
    """

    name: str
    model: type[Model]
    outputs: tuple[str, ...]
    inputs: tuple[Input, ...]
    compute: Callable[[list[int]], Collection[int]]
    also_due: Callable[[], "AlsoDue | None"] = lambda: None
    batch: int = 20_000

    @property
    def counter(self) -> str:
        return f"{self.name}_in"

    @property
    def mark(self) -> str:
        return f"{self.name}_rev"


@dataclass(frozen=True)
class AlsoDue:
    """Rows due though their counter says nothing; `settle` is called when none of them is left."""

    rows: Q
    settle: Callable[[], None]


@dataclass(frozen=True)
class RollUp:
    """A derived figure about many rows, kept per `ref` (a product, an objective).

    `compute(refs)` writes the figures of these; `stored(refs)` reads what is written, comparable with ==; `all_refs()` names all;
    `also_due()` those without a mark that are due for another reason (a new day).
    """

    kind: str
    inputs: tuple[Input, ...]
    compute: Callable[[Collection[int]], None]
    stored: Callable[[Collection[int]], dict[int, Any]]
    all_refs: Callable[[], Iterable[int]]
    of_products: bool = True
    also_due: Callable[[], Collection[int]] = tuple


steps: list[Step] = []  # in the order they feed each other
rollups: dict[str, RollUp] = {}


def register_step(step: Step) -> None:
    """Add a step; steps run in the order of registration, which follows the floors."""
    steps.append(step)


def register_rollup(rollup: RollUp) -> None:
    """Add a roll-up under its kind."""
    rollups[rollup.kind] = rollup


# --- raising: called by the writes ----------------------------------------------------------------------------------


def own_counters(model: type[Model], fields: Collection[str]) -> dict[str, Any]:
    """What an UPDATE of these fields must add to itself so that steps of the same row become stale."""
    return {
        step.counter: F(step.counter) + 1
        for step in steps
        if step.model is model and any(i.model is model and i.path == "pk" and set(i.fields) & set(fields) for i in step.inputs)
    }


def raise_others(
    raised: Raised,
    model: type[Model],
    fields: Collection[str],
    ids: Collection[int],
    row: Model | None = None,
    befores: Sequence[dict[str, Any]] = (),
    is_new: bool = False,
) -> None:
    """Make stale what follows from a change of `fields` in the rows `ids`, but for steps of the rows themselves.

    Counters are raised at once; marks are left in `raised` to be inserted together. A single row may be handed over, and old
    values of rows: where one moved from one target to another (a feature to another product), both are stale.
    """
    if raised.touched is None:
        _raise(raised, model, fields, lambda source: source.targets(ids, row) | _left_behind(source, befores), is_new)
        return
    raised.touched[model, frozenset(fields), is_new].update(ids)
    if befores:  # where the rows were is known only now
        _raise(raised, model, fields, lambda source: _left_behind(source, befores))


def _raise(raised: Raised, model: type[Model], fields: Collection[str], targets: Callable[[Input], set[int]], is_new: bool = False) -> None:
    """Raise the counters and note the marks of what `targets` finds by the inputs among these fields."""
    touched, known = set(fields), {}

    def found(sources: Iterable[Input]) -> set[int]:
        due: set[int] = set()
        for source in sources:
            if source.model is model and touched & set(source.fields) and not (is_new and source.is_backward):
                if source.path not in known:
                    known[source.path] = targets(source)
                due |= known[source.path]
        return due

    for step in steps:
        if due := found(source for source in step.inputs if not (source.path == "pk" and step.model is model)):
            step.model._base_manager.filter(pk__in=due).update(**{step.counter: F(step.counter) + 1})
            raised.rows[step.name] |= due
    for rollup in rollups.values():
        raised.marks |= {(rollup.kind, ref) for ref in found(rollup.inputs)}


def _left_behind(source: Input, befores: Sequence[dict[str, Any]]) -> set[int]:
    """The targets rows belonged to before they moved; of a row that pointed at another of its kind (a merge), that one's targets."""
    if callable(source.path):
        own = [f.name for f in source.model._meta.concrete_fields if f.related_model is source.model and f.name in source.fields]
        pointed = {before[name] for before in befores for name in own if before.get(name) is not None}
        return source.targets(pointed) if pointed else set()
    if source.path == "pk":
        return set()
    olds = (before.get(source.path, before.get(source.path.removesuffix("_id"))) for before in befores)
    return {getattr(old, "pk", old) for old in olds if old is not None}


def raise_new(raised: Raised, row: Model) -> None:
    """Note the steps a new row is due for: those its counters begin stale for."""
    for step in steps:
        if isinstance(row, step.model) and getattr(row, step.mark) < getattr(row, step.counter):
            raised.rows[step.name].add(row.pk)


def raise_own(raised: Raised, model: type[Model], fields: Collection[str], ids: Collection[int]) -> None:
    """Note that rows' own counters were raised by the UPDATE that changed them."""
    for counter in own_counters(model, fields):
        raised.rows[counter.removesuffix("_in")].update(ids)


def insert_marks(marks: Iterable[tuple[str, int]]) -> None:
    """Insert the marks in one statement."""
    Stale.objects.bulk_create(Stale.marks(marks))


# --- computing ------------------------------------------------------------------------------------------------------


DERIVED_AT_ONCE = 25  # rows an act may touch and still have them derived in its own transaction


def finish_act(raised: Raised, derive: bool = True) -> None:
    """Derive the few rows an act made stale, so that they are fresh in its own answer; its marks are found, and written with its event.

    These rows are locked by the act's own updates. A bulk act leaves the computing to the worker. The event is the news, so
    nothing is announced.
    """
    for (model, fields, is_new), ids in (raised.touched or {}).items():
        _raise(raised, model, fields, lambda source, ids=ids: source.targets(ids), is_new)
    for step in steps:
        due = raised.rows[step.name]
        if derive and 0 < len(due) <= DERIVED_AT_ONCE:
            _compute(step, sorted(due), raised)


before_event.append(finish_act)


def run_pass() -> int:
    """Compute all that is stale; returns how many transactions wrote something. Safe to run in several workers at once."""
    passes = 0
    for step in steps:
        also, after = step.also_due(), 0
        due = stale_rows(step, also)
        while (last := _run_batch(step, due, after)) is not None:
            passes, after = passes + 1, last
        if also is not None and not step.model._base_manager.filter(also.rows).exists():
            with write_lock(), transaction.atomic():
                also.settle()
    for rollup in rollups.values():
        while _run_rollup(rollup):
            passes += 1
    return passes


def stale_rows(step: Step, also: AlsoDue | None = None) -> Q:
    """The rows of the step's model whose value is not fresh."""
    due = Q(**{f"{step.mark}__lt": F(step.counter)})
    return due if also is None else due | also.rows


def _run_batch(step: Step, due: Q, after: int) -> int | None:
    """One transaction of one step beyond row `after`; answers the last row's id, None when nothing was due."""
    with write_lock(), transaction.atomic():
        rows = step.model._base_manager.filter(due, pk__gt=after).order_by("pk").select_for_update(skip_locked=True)
        found = dict(fetch_all(rows.values_list("pk", "product_id")[: step.batch]))
        if not found:
            return None
        ids = list(found)
        raised = Raised()
        _compute(step, ids, raised)
        insert_marks(raised.marks)
        announce(step.name, set(found.values()))
        return ids[-1]


def _compute(step: Step, ids: list[int], raised: Raised) -> None:
    """Bring locked rows up to date and raise what follows from the results that changed."""
    changed = step.compute(ids)
    # Rows whose result stayed the same are fresh too. They are locked, so the counter is the one the result was computed from.
    if set(changed) != set(ids):
        step.model._base_manager.filter(pk__in=ids, **{f"{step.mark}__lt": F(step.counter)}).update(**{step.mark: F(step.counter)})
    if not changed:
        return
    if own := [other for other in steps if other is not step and other.model is step.model and _feeds(step, other)]:
        step.model._base_manager.filter(pk__in=changed).update(**{other.counter: F(other.counter) + 1 for other in own})
        for other in own:
            raised.rows[other.name] |= set(changed)
    raise_others(raised, step.model, step.outputs, changed, row_at_hand(step.model, changed))


def _feeds(step: Step, other: Step) -> bool:
    return any(i.model is step.model and i.path == "pk" and set(i.fields) & set(step.outputs) for i in other.inputs)


def _run_rollup(rollup: RollUp) -> bool:
    """Read the marks of one kind, compute, delete exactly those marks. One worker a kind at a time."""
    if not Stale.objects.filter(kind=rollup.kind).exists():
        return False
    with write_lock(), transaction.atomic():
        lock_name(f"rollup:{rollup.kind}")
        marks = list(Stale.objects.filter(kind=rollup.kind).order_by("pk").values_list("pk", "ref_id")[:MARKS])
        if not marks:
            return False
        refs = sorted({ref for _, ref in marks})
        rollup.compute(refs)
        Stale.objects.filter(pk__in=[pk for pk, _ in marks]).delete()
        announce(rollup.kind, refs if rollup.of_products else [None])
    return True


def announce(topic: str, products: Iterable[int | None]) -> None:
    """Tell open pages that `topic` was derived anew, in commit order: a reader that saw a number has seen all below it."""
    lock_name("pulse")
    Pulse.objects.bulk_create([Pulse(topic=topic, product_id=pk) for pk in products])


# --- proof ----------------------------------------------------------------------------------------------------------


def verify() -> dict[str, int]:
    """Recompute everything from nothing and count what differs from what was stored; changes nothing.

    Rows that are honestly stale are not differences. Answers {step or roll-up: number of differences}.
    """
    found: dict[str, int] = defaultdict(int)
    with write_lock(), transaction.atomic():
        for step in steps:
            rows = step.model._base_manager.exclude(stale_rows(step, step.also_due()))
            stored = {pk: tuple(values) for pk, *values in rows.values_list("pk", *step.outputs)}
            ids = list(stored)
            for part in batched(ids, step.batch):
                step.compute(list(part))
            again = step.model._base_manager.filter(pk__in=stored).values_list("pk", *step.outputs)
            found[step.name] = sum(tuple(values) != stored[pk] for pk, *values in again)
        for rollup in rollups.values():
            marked = set(Stale.objects.filter(kind=rollup.kind).values_list("ref_id", flat=True))
            refs = [ref for ref in rollup.all_refs() if ref not in marked | set(rollup.also_due())]
            stored = rollup.stored(refs)
            rollup.compute(refs)
            fresh = rollup.stored(refs)
            # An empty figure says as much as none.
            found[rollup.kind] = sum((fresh.get(ref) or None) != (stored.get(ref) or None) for ref in refs)
        transaction.set_rollback(True)
    return dict(found)


def is_stale(name: str) -> ExpressionWrapper:
    """Whether a row waits for this step, as a column for lists: an input of its own changed, or what is computed with (a weight) did."""
    step = next(step for step in steps if step.name == name)
    return ExpressionWrapper(stale_rows(step, step.also_due()), output_field=BooleanField())


def is_due(kind: str, refs: Collection[int], after: Collection[str] = ()) -> bool:
    """Whether the roll-up is stale for one of these products, by its own marks or because a step it reads is."""
    if Stale.objects.of_kinds([kind]).filter(ref_id__in=refs).exists():
        return True
    due = (step.model._base_manager.filter(stale_rows(step, step.also_due()), product_id__in=refs) for step in steps if step.name in after)
    return any(rows.exists() for rows in due)


def oldest_due() -> datetime | None:
    """When the oldest waiting mark was set; None where nothing is due. What `/readyz` watches."""
    return Stale.objects.order_by("pk").values_list("marked_at", flat=True).first()

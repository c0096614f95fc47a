"""The four writes every service is made of: insert, update, remove, and their set-based forms.

Each records a Change in the act under way and makes stale what follows from the row. Rights and rules are the service's affair.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Model

from core import clock
from core.acts import current_act, record
from core.derivation import own_counters, raise_new, raise_others, raise_own
from core.exceptions import Clash, Conflict, Outdated, OutOfSight, RuleBroken
from core.models import Change, Recorded, Versioned
from core.sql import insert_row

TRIES = 5  # how often an UPDATE that met a newer version is tried again when the fields do not clash


def insert[M: Recorded](row: M, verb: str) -> M:
    """Insert the row. A broken constraint becomes a `RuleBroken` with its sentence."""
    saying_why(row, lambda: insert_row(row))
    after = {f.name: getattr(row, f.attname) for f in row.recorded_fields() if getattr(row, f.attname) not in (None, "")}
    record(verb, row, None, after)
    _spread(row, [f.name for f in row._meta.concrete_fields], is_new=True)
    return row


def insert_many[M: Recorded](rows: Sequence[M], verb: str) -> Sequence[M]:
    """Insert rows of one model in few statements, recorded one by one."""
    if len(rows) <= 1:
        return [insert(row, verb) for row in rows]
    model = type(rows[0])
    saying_why(rows[0], lambda: model._base_manager.bulk_create(rows, batch_size=500))
    for row in rows:
        after = {f.name: getattr(row, f.attname) for f in row.recorded_fields() if getattr(row, f.attname) not in (None, "")}
        record(verb, row, None, after)
    fields = [f.name for f in model._meta.concrete_fields]
    for row in rows:
        raise_new(current_act().raised, row)
    raise_others(current_act().raised, model, fields, [row.pk for row in rows], is_new=True)
    return rows


def update[M: Versioned](row: M, values: dict[str, Any], verb: str, *, seen: int | None = None, merge: bool = True) -> M:
    """Change fields of a row; afterwards `row` holds what is stored.

    `seen` is the version the person's values were drawn from. Fields that nobody else changed since are merged; the same field
    changed by both raises `Conflict` with both values. With `merge=False` any newer version raises `Outdated`. Values equal to what
    the person saw are not changes, so a whole form may be handed in. Nothing to change: nothing written, no event.
    """
    if seen is not None and not merge and seen != row.version:
        raise Outdated(row.version)
    wanted = own_changes(row, values, seen)
    for _ in range(TRIES):
        before = {name: getattr(row, row._meta.get_field(name).attname) for name in wanted}
        changes = {name: value for name, value in wanted.items() if _raw(value) != before[name]}
        if not changes:
            return row
        if _try_update(row, changes):
            _spread(row, list(changes), _note(row, changes, verb))
            return row
        drawn_from = row.version
        row.refresh_from_db()
        if row.deleted_at is not None:
            raise OutOfSight("This was deleted while you were editing. What you typed was not saved.")
        if not merge:
            raise Outdated(row.version)
        wanted = own_changes(row, wanted, drawn_from)
    raise Conflict([], row.version)


def update_many[M: Versioned](rows: Sequence[M], values: dict[str, Any], verb: str) -> None:
    """Give many rows of one model the same values, in one statement where nobody else changed them meanwhile; recorded one by one."""
    due = [row for row in rows if any(_current(row, name) != _raw(value) for name, value in values.items())]
    if len(due) <= 1:
        for row in due:
            update(row, values, verb)
        return
    model, ids = type(due[0]), [row.pk for row in due]
    locked = model._base_manager.filter(pk__in=ids).order_by("pk").select_for_update()
    if "deleted_at" not in values:
        locked = locked.filter(deleted_at=None)
    stored = dict(locked.values_list("pk", "version"))
    alike = [row for row in due if stored.get(row.pk) == row.version]
    here, counters = model._base_manager.filter(pk__in=[row.pk for row in alike]), own_counters(model, values)
    saying_why(due[0], lambda: here.update(**values, version=F("version") + 1, updated_at=clock.now(), **counters))
    befores = [_note(row, values, verb) for row in alike]
    raise_own(current_act().raised, model, values, [row.pk for row in alike])
    raise_others(current_act().raised, model, list(values), [row.pk for row in alike], befores=befores)
    written = {row.pk for row in alike}
    for row in due:
        if row.pk not in written:
            update(row, values, verb)


def touch(model: type[Versioned], ids: Collection[int], verb: str) -> None:
    """These rows count as changed, in one statement, though no field of their own is: something that is a part of them was."""
    rows = model._base_manager.filter(pk__in=ids, deleted_at=None).order_by("pk").select_for_update(of=("self",))
    found = list(rows.select_related(model.rights_through) if model.rights_through else rows)
    model._base_manager.filter(pk__in=[row.pk for row in found]).update(version=F("version") + 1, updated_at=clock.now())
    for row in found:
        row.version += 1
        record(verb, row, {}, {})


def remove[M: Versioned](row: M, verb: str, *, seen: int | None = None) -> M:
    """Mark the row deleted; it leaves every list and can be brought back by undo."""
    return update(row, {"deleted_at": clock.now()}, verb, seen=seen, merge=seen is None)


def saying_why(row: Model, write) -> Any:
    """Run a write; a broken database constraint becomes a `RuleBroken` with the sentence its constraint carries."""
    try:
        return write()
    except IntegrityError as error:
        text = str(error)
        for constraint in row._meta.constraints:
            if constraint.name in text or _names_same_columns(constraint, row, text):
                raise RuleBroken(str(constraint.get_violation_error_message())) from error
        for field in row._meta.concrete_fields:
            if field.unique and any(f"{row._meta.db_table}{mark}{field.column}" in text for mark in "._"):
                raise RuleBroken(f"This {field.verbose_name} is taken. Choose another one.", field.name) from error
        raise


def _names_same_columns(constraint, row: Model, text: str) -> bool:
    """SQLite names a broken unique constraint by its columns."""
    columns = [row._meta.get_field(name).column for name in getattr(constraint, "fields", ())]
    return bool(columns) and ", ".join(f"{row._meta.db_table}.{column}" for column in columns) in text


def own_changes(row: Versioned, values: dict[str, Any], seen: int | None) -> dict[str, Any]:
    """Of `values`, those the person changed against what they saw; raises `Conflict` where another did so too."""
    if seen is None or seen == row.version:
        return values
    if seen > row.version:
        raise Outdated(row.version)
    base = values_at(row, seen)
    mine = {name: value for name, value in values.items() if _raw(value) != base.get(name, _current(row, name))}
    clashes = [
        Clash(name, mine=_raw(value), theirs=_current(row, name), base=base[name])
        for name, value in mine.items()
        if name in base and _current(row, name) not in (base[name], _raw(value))
    ]
    if clashes:
        clashing = {clash.field for clash in clashes}
        raise Conflict(clashes, row.version, {name: _raw(value) for name, value in mine.items() if name not in clashing})
    return mine


def values_at(row: Versioned, version: int) -> dict[str, Any]:
    """The values that fields changed since `version` had at it, by field name (model values)."""
    since = Change.objects.of(row).filter(version_after__gt=version).order_by("-event_id").values_list("before", flat=True)
    old: dict[str, Any] = {}
    for before in since:
        old.update(before or {})
    fields = {f.name: f for f in row.recorded_fields()}
    return {name: fields[name].to_python(value) for name, value in old.items() if name in fields}


def _try_update(row: Versioned, changes: dict[str, Any]) -> bool:
    """The UPDATE that checks the version; raises the counters of the row's own derived values in the same statement."""
    model = type(row)
    counters = own_counters(model, changes)
    here = model._base_manager.filter(pk=row.pk, version=row.version)
    if "deleted_at" not in changes:
        here = here.filter(deleted_at=None)
    done = saying_why(row, lambda: here.update(**changes, version=F("version") + 1, updated_at=clock.now(), **counters))
    return done == 1


def _spread(row: Recorded, fields: Sequence[str], before: dict[str, Any] | None = None, is_new: bool = False) -> None:
    """Make stale what follows from the row."""
    raised = current_act().raised
    if is_new:
        raise_new(raised, row)
    else:
        raise_own(raised, type(row), fields, [row.pk])
    raise_others(raised, type(row), fields, [row.pk], row, [before] if before else (), is_new)


def _note(row: Versioned, changes: dict[str, Any], verb: str) -> dict[str, Any]:
    """The row in hand holds what was stored by an UPDATE, which is recorded; answers the old values."""
    before = {name: _current(row, name) for name, value in changes.items() if _current(row, name) != _raw(value)}
    for name in before:
        setattr(row, row._meta.get_field(name).attname, _raw(changes[name]))
    row.version += 1
    record(verb, row, before, {name: _raw(changes[name]) for name in before})
    return before


def _raw(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _current(row: Model, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)

"""What rows were at a moment and what was done to them between two, read from the record: the earliest `before` after the moment put back.

A row's changes are in the order of their events' numbers, also where an import brought the past with it: it back-dates only rows it
makes itself, the earliest act first. So `at` says which changes count, and the number says which of them came first.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from core.models import Change, Event, Recorded

MADE = ""  # among the fields of a row that was made in the stretch

# One line per row and field: what the field held before its first change of the stretch, and the last event that changed it.
TURNS = """
SELECT subject_id, name, before, last FROM (
    SELECT c.subject_id, f.key AS name, c.before,
           ROW_NUMBER() OVER (PARTITION BY c.subject_id, f.key ORDER BY c.event_id) AS place,
           MAX(c.event_id) OVER (PARTITION BY c.subject_id, f.key) AS last
    FROM {change} c JOIN {event} e ON e.number = c.event_id CROSS JOIN {fields}
    WHERE c.subject_type = %s AND e.at > %s{until}{only}
) turned WHERE place = 1
UNION ALL
SELECT c.subject_id, '', c.before, c.event_id FROM {change} c JOIN {event} e ON e.number = c.event_id
WHERE c.subject_type = %s AND c.before IS NULL AND c.after IS NOT NULL AND e.at > %s{until}{only}
"""
FIELDS = {
    "sqlite": "json_each(c.before) f",
    "postgresql": "LATERAL jsonb_object_keys(c.before) AS f(key)",
}
AMONG = {
    "sqlite": " AND c.subject_id IN (SELECT value FROM json_each(%s))",
    "postgresql": " AND c.subject_id IN (SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb))",
}


class Turn(NamedTuple):
    """What a field held before a stretch of time changed it, and the number of the last event that did; for a made row, that made it."""

    before: Any
    event: int


type Turns = dict[int, dict[str, Turn]]  # by the row's id and the field's name


def turns(model: type[Recorded], since: datetime, until: datetime | None = None, ids: Collection[int] | None = None) -> Turns:
    """The fields that were changed after `since`, up to `until`, of the rows with these ids or of all; one statement.

    A row made in that time has `MADE` among them. Rights are the caller's affair. What an erasure emptied is not told.
    """
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (since, until) if moment is not None]
    given = [model._meta.label_lower, *moments, *([json.dumps(sorted(ids))] if ids is not None else [])]
    text = TURNS.format(
        change=Change._meta.db_table, event=Event._meta.db_table, fields=FIELDS[connection.vendor],
        until=" AND e.at <= %s" if until is not None else "", only=AMONG[connection.vendor] if ids is not None else "",
    )  # fmt: skip
    known, found = {f.name: f for f in model.recorded_fields()}, dict[int, dict[str, Turn]]()
    with connection.cursor() as cursor:
        cursor.execute(text, given * 2)
        for pk, name, before, last in cursor.fetchall():
            if name == MADE:
                found.setdefault(pk, {})[MADE] = Turn(None, last)
            elif name in known:
                held = json.loads(before) if isinstance(before, str) else before
                found.setdefault(pk, {})[name] = Turn(known[name].to_python(held[name]), last)
    return found


def put_back(rows: Mapping[int, Mapping[str, Any]], turned: Turns) -> dict[int, dict[str, Any]]:
    """The rows as they were before the stretch; those made in it are left out. Values are by the names of fields."""
    return {
        pk: {**row, **{name: turn.before for name, turn in turned[pk].items() if name in row}} if pk in turned else dict(row)
        for pk, row in rows.items()
        if MADE not in turned.get(pk, ())
    }


def present(rows: QuerySet, *besides: str, without: Collection[str] = ()) -> dict[int, dict[str, Any]]:
    """The rows as they are, by id: recorded fields by name, foreign keys as ids, and the columns asked for `besides`."""
    columns = {f.attname: f.name for f in rows.model.recorded_fields() if f.name not in without} | {name: name for name in besides}
    read = rows.order_by().values_list("pk", *columns)
    return {pk: dict(zip(columns.values(), values, strict=True)) for pk, *values in read}


def values_at(model: type[Recorded], moment: datetime, ids: Collection[int] | None = None) -> dict[int, dict[str, Any]]:
    """{id: {field: value}} of every row of the model as it was at `moment`; rows not yet made, or deleted then, are left out.

    Rights are the caller's affair: hand in the ids of rows the reader may see today. Values of fields no Change carries are left out.
    """
    rows = model._base_manager.all() if ids is None else model._base_manager.filter(pk__in=ids)
    then = put_back(present(rows), turns(model, moment, ids=ids))
    return {pk: values for pk, values in then.items() if values.get("deleted_at") is None}

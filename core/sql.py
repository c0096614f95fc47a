"""The few places where SQLite and PostgreSQL spell the same thing differently."""

import json
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

SNAPSHOT = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def in_ids(column: str, ids: Collection[int]) -> tuple[str, list]:
    """A condition `column is one of ids` with one parameter, however many ids there are."""
    if is_sqlite():
        return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(ids))]
    return f"{column} = ANY(%s)", [list(ids)]


def lock_name(name: str) -> None:
    """Hold a lock of this name until the transaction ends. SQLite's single writer needs none."""
    if not is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])


def try_lock_name(name: str) -> bool:
    """Take a lock of this name until the transaction ends, without waiting; False where another holds it."""
    if is_sqlite():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
        return cursor.fetchone()[0]


def run_returning_ids(statement: str, params: Collection) -> list[int]:
    """Execute a statement that returns ids."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(params))
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one moment, and nobody who writes waits for it. Not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def set_sequences(models: Sequence[type[Model]]) -> None:
    """The next new row of each model gets a number beyond those that were inserted with theirs. SQLite sees to it by itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)

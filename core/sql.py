"""The few places where SQLite and PostgreSQL spell the same thing differently."""

import json
import zlib
from collections.abc import Collection

from django.db import connection


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

"""The few places where SQLite and PostgreSQL spell the same thing differently."""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import AutoField, Exists, Expression, Field, Func, IntegerField, JSONField, Model, QuerySet, Subquery
from django.db.models.functions import JSONArray, JSONObject

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


def as_list(columns: str) -> str:
    """The aggregate that makes a list of lists of these columns."""
    return f"JSON_GROUP_ARRAY(JSON_ARRAY({columns}))" if is_sqlite() else f"COALESCE(JSONB_AGG(JSONB_BUILD_ARRAY({columns})), '[]')"


class AsList(Subquery):
    """What a query says of each of its rows, in its order, as one list inside another statement; [] where it has no rows.

    What hangs on the rows of a list is read with them, however many kinds there are, instead of in a statement each.
    """

    def __init__(self, rows: QuerySet, item: Expression):
        self.is_json = isinstance(item, JSONArray | JSONObject)
        self._said: tuple[Any, tuple[str, tuple]] | None = None
        super().__init__(rows.values(item=item), output_field=JSONField())

    def as_postgresql(self, compiler, connection, **context):
        return self._compiled(compiler, connection, "(SELECT COALESCE(JSONB_AGG(r.item), '[]') FROM (%(subquery)s) r)")

    def as_sqlite(self, compiler, connection, **context):
        item = "JSON(r.item)" if self.is_json else "r.item"  # a text that says it is JSON no more after the inner query
        return self._compiled(compiler, connection, f"(SELECT JSON_GROUP_ARRAY({item}) FROM (%(subquery)s) r)")

    def _compiled(self, compiler, connection, template: str) -> tuple[str, tuple]:
        if self._said is None or self._said[0] is not self.query:  # once for each query: a list's rows ask it in every request
            self._said = (self.query, super().as_sql(compiler, connection, template=template))
        return self._said[1]


class DaysBetween(Func):
    """How many days the first of two dates lies after the second; blank where either is."""

    output_field = IntegerField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **context)

    def as_sqlite(self, compiler, connection, **context):
        template = "CAST(JULIANDAY(%(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - JULIANDAY(", **context)


class Anything(Exists):
    """Whether a query has any row, compiled once like `AsList`."""

    _said: tuple[Any, tuple[str, tuple]] | None = None

    def as_sql(self, compiler, connection, template=None, **context):
        if self._said is None or self._said[0] is not self.query:
            self._said = (self.query, super().as_sql(compiler, connection, template=template, **context))
        return self._said[1]


Statement = tuple[str, list]  # and its parameters


def insert_statement(rows: Sequence[Model]) -> Statement:
    """The INSERT of new rows of one model, without what `bulk_create` spends on ids nobody asks for."""
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if rows[0].pk is not None or not isinstance(field, AutoField)]
    places = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    return f"INSERT INTO {model._meta.db_table} ({_columns(fields)}) VALUES {', '.join([f'({places})'] * len(rows))}", values


def insert_row(row: Model) -> None:
    """Insert a new row of plain values, which has its id afterwards: what `save` does, without the compiling."""
    statement, params = insert_statement([row])
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
        (row.pk,) = run_returning_ids(f"{statement} RETURNING {row._meta.pk.column}", params)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def lock_row[M: Model](model: type[M], pk: int) -> M:
    """The row, of numbers and texts, held until the transaction ends."""
    fields = model._meta.concrete_fields
    statement = f"SELECT {_columns(fields)} FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement if is_sqlite() else f"{statement} FOR UPDATE", [pk])
        return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], cursor.fetchone())


def _columns(fields: Iterable[Field]) -> str:
    return ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)


def run_together(statements: Sequence[Statement]) -> None:
    """Execute statements whose answers nobody needs: in one trip where the server is another process."""
    with connection.cursor() as cursor:
        if is_sqlite():
            for statement, params in statements:
                cursor.execute(statement, params)
        else:
            cursor.execute("; ".join(statement for statement, _ in statements), [value for _, params in statements for value in params])


def fetch_all(rows: QuerySet) -> list[tuple]:
    """The rows of a `values_list` of plain columns in one go, where there are thousands: Django fetches a hundred at a time."""
    statement, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


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


def refresh_statistics() -> None:
    """PostgreSQL knows how many rows there are by now: after many came at once it plans as if there were none, and takes minutes."""
    if not is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def set_sequences(models: Sequence[type[Model]]) -> None:
    """The next new row of each model gets a number beyond those that were inserted with theirs. SQLite sees to it by itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)

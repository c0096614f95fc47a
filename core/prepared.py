"""Statements that are asked all the time and are compiled once: compiling costs as much as the answer."""

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

BLANK = -0x5EED  # stands for the value while a statement is compiled


def prepared[T](build: Callable[[Any], QuerySet]) -> Callable[[Any], list[Any]]:
    """A function that answers the rows of `build(value)`; `build` is called once, so it may use the value only to compare a column.

    The value comes as the database takes it: a number, or the text of a character column.
    """

    @cache
    def compiled() -> tuple[QuerySet, Any, str, tuple]:
        rows = build(BLANK)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        return rows, compiler, *compiler.as_sql()

    def ask(value: Any = None) -> list[Any]:
        rows, compiler, statement, params = compiled()
        own = copy(compiler)  # a thread has its own connection
        own.connection = connections[DEFAULT_DB_ALIAS]
        own.as_sql = lambda *_, **__: (statement, tuple(value if str(param) == str(BLANK) else param for param in params))
        asked = rows.all()
        asked.query.get_compiler = lambda *_, **__: own  # type: ignore[method-assign]  # of this query alone
        return list(asked)

    return ask

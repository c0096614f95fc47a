"""Statements that are asked all the time and are compiled once: compiling costs as much as the answer."""

from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

if TYPE_CHECKING:
    from core.models import Rights, User

BLANK = -0x5EED  # stands for the value while a statement is compiled
MOST = 256  # statements kept of one kind


@dataclass(frozen=True)
class Asker:
    """A person as far as what they see depends on them: read again with equal rights, they are the same."""

    pk: int
    rights: "Rights"
    user: "User" = field(compare=False)


class Prepared:
    """The rows of a queryset built with `BLANK` for a value, asked for any value. Its column must be one that admits negative numbers."""

    def __init__(self, rows: QuerySet):
        self.rows = rows
        self.compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.statement, self.params = self.compiler.as_sql()
        except EmptyResultSet:  # who sees no product: there is nothing to ask
            self.statement = ""

    def ask(self, value: Any) -> list[Any]:
        if not self.statement:
            return []
        own = copy(self.compiler)  # a thread has its own connection
        own.connection = connections[DEFAULT_DB_ALIAS]
        params = tuple(value if str(param) == str(BLANK) else param for param in self.params)
        own.as_sql = lambda *_, **__: (self.statement, params)
        asked = self.rows.all()
        asked.query.get_compiler = lambda *_, **__: own  # type: ignore[method-assign]  # of this query alone
        return list(asked)


def prepared(build: Callable[[Any], QuerySet]) -> Callable[..., list[Any]]:
    """A function that answers the rows of `build(value)`; `build` is called once, so it may use the value only to compare a column.

    The value comes as the database takes it: a number, or the text of a character column.
    """
    statement = cache(lambda: Prepared(build(BLANK)))
    return lambda value=None: statement().ask(value)


def prepared_by_asker(build: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
    """The same for what each person sees: answers the rows of `build(value, user, *about)`, compiled once for a person with these rights.

    The `MOST` asked last are kept.
    """

    @lru_cache(maxsize=MOST)
    def statement(asker: Asker, *about: Hashable) -> Prepared:
        return Prepared(build(BLANK, asker.user, *about))

    return lambda value, user, *about: statement(Asker(user.pk, user.rights, user), *about).ask(value)

"""A filter over one kind of rows: which rows pass, and how it is told."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from core.filtering.fields import Field, Reader
from core.filtering.holding import holds, paths
from core.filtering.syntax import Compare, Either, Every, FilterError, Node, Not, Words, changed, join, parts_of, read, say, tests_of
from core.models import User


@dataclass(frozen=True)
class Chip:
    """A part of a filter in words, and the filter without it."""

    label: str
    operator: str
    value: str
    without: str | None


class Filter:
    """The filter a text says, over `fields`, for one person. `error` is a sentence where the text cannot be read; then no row passes.

    `words` answers the condition of a bare word; days that move with today move with the day of `at`. `more()` answers further fields:
    it is asked once, where a text names what is none of `fields`, or where all are told.
    """

    def __init__(
        self, text: str, *, user: User, fields: Mapping[str, Field], words: Callable[[str], Q], at: datetime | None = None,
        more: Callable[[], Mapping[str, Field]] = dict,
    ):  # fmt: skip
        self.text, self.user, self.words, self._more = text.strip(), user, words, more
        self._own = {name: field for name, field in fields.items() if not field.sees or user.rights.sees(field.sees)}
        self.reader = Reader(user, at)
        self.tree: Node | None = None
        self.error = ""
        self._condition = Q()
        try:
            self.tree = read(self.text)
            self._condition = self._of(self.tree) if self.tree is not None else Q()
        except FilterError as error:
            self.error = str(error)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """All that rows can be filtered by, by name."""
        return {**self._own, **self._more()}

    def narrow(self, rows: QuerySet) -> QuerySet:
        """The rows that pass."""
        if self.error:
            return rows.none()
        return rows.alias(**self.reader.aliases).filter(self._condition) if self.tree is not None else rows

    def passing(self, rows: Mapping[int, Mapping[str, Any]], today: QuerySet) -> set[int]:
        """The ids of the rows that pass with these values, by column. What is asked of no column among them is judged by the rows as they
        are today: `timeless` names it.
        """
        if self.error:
            return set()
        return self._passing(self.tree, rows, today) if self.tree is not None else set(rows)

    def timeless(self, columns: Collection[str]) -> list[str]:
        """The labels of what the filter asks besides these columns."""
        tests = tests_of(self.tree) if not self.error else ()
        return sorted({self.field_of(test).label for test in tests if not paths(self._of(test)) <= set(columns)})

    def _passing(self, node: Node, rows: Mapping[int, Mapping[str, Any]], today: QuerySet) -> set[int]:
        if isinstance(node, Not):
            return set(rows) - self._passing(node.part, rows, today)
        if isinstance(node, Every | Either):
            parts = [self._passing(part, rows, today) for part in node.parts]
            return set.union(*parts) if isinstance(node, Either) else set.intersection(*parts)
        condition = self._of(node)
        if all(paths(condition) <= row.keys() for row in islice(rows.values(), 1)):
            return {pk for pk, row in rows.items() if holds(condition, row)}
        found = today.alias(**self.reader.aliases).filter(condition).order_by().values_list("pk", flat=True)
        return set(rows).intersection(found)

    @cached_property
    def lasting(self) -> str:
        """The filter as it stays true when things are renamed: what a saved view keeps."""
        return self.text if self.error else say(self._changed("lasting"))

    def chips(self) -> list[Chip]:
        """What must all hold, part by part."""
        if self.error:
            return []
        parts = parts_of(self.tree)
        return [self._chip(part, say(join(Every, [other for other in parts if other is not part])) or None) for part in parts]

    def field_of(self, test: Compare) -> Field:
        """The field a test names. Raises `FilterError` where there is none of that name."""
        field = self._own.get(test.field) or self.fields.get(test.field)
        if field is None:
            known = ", ".join(sorted(self.fields))
            raise FilterError(f"There is no field “{test.field}”. Known are: {known}. In quotes it is searched for as words.")
        return field

    def in_words(self, test: Compare) -> tuple[str, str, str]:
        """(label, operator, values) of a test for people."""
        field = self.field_of(test)
        operator = field.kind.words[test.operator]
        if len(test.values) > 1 and operator == "is":
            operator = "is any of"
        return field.label, operator, ", ".join(field.kind.spoken(value, self.reader) for value in test.values)

    def _of(self, node: Node) -> Q:
        if isinstance(node, Compare):
            return self.field_of(node).condition(node, self.reader)
        if isinstance(node, Words):
            return self.words(node.text)
        if isinstance(node, Not):
            return ~self._known(self._of(node.part))
        return Q(*(self._of(part) for part in node.parts), _connector=Q.OR if isinstance(node, Either) else Q.AND)

    def _known(self, part: Any) -> Any:
        """The condition, false and not unknown where it asks for an expression that is blank: as Django sees to it for columns, so that
        its denial keeps the rows with a blank.
        """
        if isinstance(part, Q):
            return Q(*map(self._known, part.children), _connector=part.connector, _negated=part.negated)
        path, _, lookup = part[0].partition("__") if isinstance(part, tuple) else ("", "", "")
        return Q(part, **{f"{path}__isnull": False}) if path in self.reader.aliases and lookup != "isnull" else part

    def _changed(self, way: str) -> Node | None:
        def change(test: Compare) -> Compare:
            kind = self.field_of(test).kind
            return with_changes(test, values=tuple(getattr(kind, way)(value, self.reader) for value in test.values))

        return changed(self.tree, change) if self.tree is not None else None

    def _chip(self, part: Node, without: str | None) -> Chip:
        inner, is_not = (part.part, True) if isinstance(part, Not) else (part, False)
        if isinstance(inner, Compare):
            label, operator, values = self.in_words(inner)
            return Chip(label, _denied(operator) if is_not else operator, values, without)
        if isinstance(inner, Words):
            return Chip("Words", "do not contain" if is_not else "contain", inner.text, without)
        return Chip("", "", say(part), without)


def _denied(operator: str) -> str:
    """The operator's words with a no in them."""
    return {"is any of": "is none of", "contains": "does not contain"}.get(operator) or operator.replace("is", "is not", 1)

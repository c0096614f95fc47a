"""Scalar arithmetic on a tape: every step names the steps it needs by their place before it, equal steps are written once.

The same tape is played in Python and spelled as SQL. Every step is total: what has no value is None or NULL, never an error.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

LONGEST_SQL = 60_000


class Step(NamedTuple):
    """An operation and the places of its operands; `number` and `input` carry their value instead."""

    operation: str
    operands: tuple


class Tape:
    """Steps in the order in which they can be computed."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.places: dict[Step, int] = {}

    def write(self, operation: str, *operands: Any) -> int:
        """The place of this step, which stands there once however often it is written."""
        step = Step(operation, operands)
        if step not in self.places:
            self.places[step] = len(self.steps)
            self.steps.append(step)
        return self.places[step]

    def number(self, value: float) -> int:
        return self.write("number", value)

    def constant(self, place: int) -> float | None:
        """The number written at this place, if it is one."""
        step = self.steps[place]
        return step.operands[0] if step.operation == "number" else None

    def least(self, *places: int) -> int:
        return self._extreme("least", places)

    def most(self, *places: int) -> int:
        return self._extreme("most", places)

    def _extreme(self, operation: str, places: Iterable[int]) -> int:
        distinct = sorted(set(places), key=lambda place: (self.constant(place) is not None, place))
        found = distinct[0]
        for place in distinct[1:]:
            found = self.write(operation, found, place)
        return found

    def needed(self, results: Iterable[int]) -> list[int]:
        """The places that the results rest on, in order."""
        waiting, found = list(results), set()
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                step = self.steps[place]
                waiting.extend(step.operands if step.operation not in ("number", "input") else ())
        return sorted(found)

    def play(self, places: Sequence[int], value_of: Callable[[Any], Any]) -> dict[int, Any]:
        """The values at these places, which must contain all that they need; `value_of` gives the inputs."""
        values: dict[int, Any] = {}
        for place in places:
            operation, operands = self.steps[place]
            if operation == "number":
                values[place] = operands[0]
            elif operation == "input":
                values[place] = value_of(operands)
            else:
                values[place] = PYTHON[operation](*[values[operand] for operand in operands])
        return values

    def spell(self, results: Sequence[int], sql_of: Callable[[Any], str]) -> list[str] | None:
        """The results as SQL; None where one of them would be longer than 60,000 characters."""
        texts: dict[int, str] = {}
        for place in self.needed(results):
            operation, operands = self.steps[place]
            if operation == "number":
                texts[place] = repr(operands[0])
            elif operation == "input":
                texts[place] = sql_of(operands)
            else:
                texts[place] = SQL[operation](*[Sql(texts[operand], self.constant(operand) is not None) for operand in operands])
            if len(texts[place]) > LONGEST_SQL:
                return None
        return [_double(Sql(texts[place], self.constant(place) is not None)) for place in results]


class Sql(NamedTuple):
    """The SQL of an operand."""

    text: str
    is_number: bool

    def __str__(self) -> str:
        return self.text


def _double(operand: Sql) -> str:
    # Literals among themselves PostgreSQL would take as numeric; beside a column they become doubles.
    return f"CAST({operand} AS DOUBLE PRECISION)" if operand.is_number else operand.text


# --- in Python ------------------------------------------------------------------------------------------------------


def _known(function: Callable[..., Any]) -> Callable[..., Any]:
    """None where an operand is."""
    return lambda *values: None if None in values else function(*values)


def _cases(*parts: Any) -> Any:
    """Condition, value, condition, value …: the value of the first condition that holds, else None."""
    return next((value for condition, value in zip(parts[::2], parts[1::2], strict=True) if condition), None)


def _either(*conditions: bool | None) -> bool | None:
    return True if True in conditions else None if None in conditions else False


def _every(*conditions: bool | None) -> bool | None:
    return False if False in conditions else None if None in conditions else True


PYTHON: dict[str, Callable[..., Any]] = {
    "+": _known(lambda a, b: a + b),
    "-": _known(lambda a, b: a - b),
    "*": _known(lambda a, b: a * b),
    "/": _known(lambda a, b: a / b if b else None),
    "negative": _known(lambda a: -a),
    "sqrt": _known(lambda a: math.sqrt(a) if a >= 0 else None),
    "log": _known(lambda a: math.log(a) if a > 0 else None),
    "least": _known(min),
    "most": _known(max),
    "<": _known(lambda a, b: a < b),
    "<=": _known(lambda a, b: a <= b),
    "==": _known(lambda a, b: a == b),
    "!=": _known(lambda a, b: a != b),
    "either": _either,
    "every": _every,
    "cases": _cases,
}


# --- in SQL that PostgreSQL and SQLite share ------------------------------------------------------------------------


def _between(sign: str) -> Callable[..., str]:
    return lambda a, b: f"({_double(a) if b.is_number else a} {sign} {b})"


def _over(a: Sql, b: Sql) -> str:
    divisor = b if b.is_number and float(b.text) else f"NULLIF({b}, 0.0)"
    return f"({_double(a) if b.is_number else a} / {divisor})"


def _extreme(sign: str, opposite: str) -> Callable[..., str]:
    """LEAST and GREATEST of PostgreSQL pass over blanks, SQLite has neither; a blank must make the result blank."""

    def spell(a: Sql, b: Sql) -> str:
        if b.is_number:
            return f"(CASE WHEN {a} {opposite} {b} THEN {_double(b)} ELSE {_double(a)} END)"
        return f"(CASE WHEN {a} {sign} {b} THEN {a} WHEN {a} {opposite} {b} THEN {b} END)"

    return spell


def _cases_in_sql(*parts: Sql) -> str:
    whens = " ".join(f"WHEN {condition} THEN {_double(value)}" for condition, value in zip(parts[::2], parts[1::2], strict=True))
    return f"(CASE {whens} END)"


SQL: dict[str, Callable[..., str]] = {
    **{sign: _between(sign) for sign in ("+", "-", "*", "<", "<=")},
    "==": _between("="),
    "!=": _between("<>"),
    "/": _over,
    "negative": lambda a: f"(- {a})",
    "sqrt": lambda a: f"(CASE WHEN {a} >= 0.0 THEN SQRT({_double(a)}) END)",
    "log": lambda a: f"(CASE WHEN {a} > 0.0 THEN LN({_double(a)}) END)",
    "least": _extreme("<=", ">"),
    "most": _extreme(">=", "<"),
    "either": lambda *parts: f"({' OR '.join(map(str, parts))})",
    "every": lambda *parts: f"({' AND '.join(map(str, parts))})",
    "cases": _cases_in_sql,
}

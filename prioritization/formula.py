"""The scoring language: one parse, two interpreters, Python for explaining and SQL for computing a hundred thousand rows at once.

Every value is a triple low, likely, high; operations follow interval arithmetic (Moore, Interval Analysis, 1966), so that blanks become
a range instead of a zero. What has no value (division by zero, root of a negative, logarithm of zero) is blank and never an error: one
bad row must not abort a whole UPDATE.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

LONGEST, DEEPEST, LONGEST_SQL = 2_000, 30, 60_000
PLACES = Decimal("0.000001")
LARGEST = 1e9  # beyond it doubles no longer carry six decimals
# Moves exact ties the same way in Python, SQLite and PostgreSQL, whose roundings of doubles differ there.
NUDGE = 5e-10
RAW = "_raw"  # `effort_raw` is the criterion on its own scale, `effort` the same brought to 0 (worst) .. 1 (best)


class FormulaError(ValueError):
    """A formula that cannot be read; `position` is the offset of the character at fault."""

    def __init__(self, sentence: str, position: int = 0):
        super().__init__(sentence)
        self.position = position


class Triple(NamedTuple):
    """A value known as a range; a part is None where it is blank."""

    low: float | None
    likely: float | None
    high: float | None


class Column(NamedTuple):
    """The same as three SQL expressions."""

    low: str
    likely: str
    high: str


@dataclass(frozen=True)
class Term:
    """A part of a formula in both languages, and the bounds its value keeps whatever the criteria say: they keep the SQL lean."""

    python: Callable[[Mapping[str, Triple]], Triple]
    sql: Callable[[Mapping[str, Column]], Column]
    least: float = -math.inf
    most: float = math.inf

    @property
    def sign(self) -> int:
        """1 where the value is never negative, -1 never positive, 0 unknown."""
        return 1 if self.least >= 0 else -1 if self.most <= 0 else 0


@dataclass(frozen=True)
class Formula:
    """A formula that was read: `names` are the criteria it speaks of."""

    text: str
    names: frozenset[str]
    term: Term

    def evaluate(self, values: Mapping[str, Triple]) -> Triple:
        """The value before rounding; blank parts are None."""
        return Triple(*(_finite(part) for part in self.term.python(values)))

    def sql(self, columns: Mapping[str, Column]) -> Column:
        """Three SQL expressions of the value, rounded to the six decimals stored."""
        found = Column(*(_rounded_sql(part, self.term) for part in self.term.sql(columns)))
        if len(found.low) + len(found.likely) + len(found.high) > LONGEST_SQL:
            raise FormulaError("This formula is too complicated. Use fewer products of things that may be negative.")
        return found


def rounded(value: float | None) -> Decimal | None:
    """The six decimals that are stored, as both engines round them."""
    if value is None:
        return None
    nudged = value + NUDGE if value >= 0 else value - NUDGE
    return Decimal(f"{nudged:.15g}").quantize(PLACES, ROUND_HALF_UP) + 0


def parse(text: str) -> Formula:
    """Read a formula; raises FormulaError with a sentence and the position of the fault."""
    if len(text) > LONGEST:
        raise FormulaError(f"A formula has at most {LONGEST} characters.", LONGEST)
    try:
        tree = ast.parse(text.strip() or "?", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        at = max((getattr(error, "offset", 1) or 1) - 1, 0)
        raise FormulaError(f"The formula cannot be read at character {at + 1}.", at) from error
    names: set[str] = set()
    return Formula(text, (term := _term(tree.body, names, 0)) and frozenset(names), term)


def weighted_sum(weights: Mapping[str, float]) -> Formula:
    """100 × Σ wᵢ·nᵢ ⁄ Σ wᵢ over criteria brought to 0..1: a score from 0 to 100."""
    total = sum(weights.values()) or 1.0
    return parse(" + ".join(f"{100 * weight / total!r} * {key}" for key, weight in weights.items()))


# --- reading --------------------------------------------------------------------------------------------------------


def _term(node: ast.expr, names: set[str], depth: int) -> Term:
    if depth > DEEPEST:
        raise FormulaError(f"The formula is nested more than {DEEPEST} deep.", node.col_offset)
    if isinstance(node, ast.Constant):
        return _number(node)
    if isinstance(node, ast.Name):
        return _name(node, names)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _term(node.operand, names, depth + 1)
        return _negative(inner) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](_term(node.left, names, depth + 1), _term(node.right, names, depth + 1))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        left, right = _term(node.left, names, depth + 1), _term(node.comparators[0], names, depth + 1)
        return COMPARISONS[type(node.ops[0])](left, right)
    if isinstance(node, ast.IfExp):
        return _choice(*(_term(part, names, depth + 1) for part in (node.test, node.body, node.orelse)))
    if isinstance(node, ast.Call):
        return _call(node, names, depth)
    raise FormulaError(f"The formula uses something it may not at character {node.col_offset + 1}.", node.col_offset)


def _number(node: ast.Constant) -> Term:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise FormulaError(f"Only numbers may stand at character {node.col_offset + 1}.", node.col_offset)
    if abs(node.value) >= LARGEST:
        raise FormulaError(f"The number at character {node.col_offset + 1} is too large.", node.col_offset)
    value = float(node.value)
    return Term(lambda values: Triple(value, value, value), lambda columns: Column(*[f"{value!r}"] * 3), value, value)


def _name(node: ast.Name, names: set[str]) -> Term:
    name = node.id
    names.add(name)
    # A criterion brought to its scale lies in 0..1; on its own scale it is at least not negative.
    return Term(lambda values: values[name], lambda columns: columns[name], 0.0, math.inf if name.endswith(RAW) else 1.0)


def _call(node: ast.Call, names: set[str], depth: int) -> Term:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS or node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        known = ", ".join(sorted(FUNCTIONS))
        raise FormulaError(f"There is no such function at character {node.col_offset + 1}. Known are {known}.", node.col_offset)
    least, most, make = FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        raise FormulaError(f"{name} takes {least if least == most else f'{least} or more'} values.", node.col_offset)
    return make(*(_term(argument, names, depth + 1) for argument in node.args))


# --- arithmetic -----------------------------------------------------------------------------------------------------


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and abs(value) < LARGEST else None


def _on(function: Callable[..., float]) -> Callable[..., float | None]:
    """The function on values that may be blank; blank where it has no value."""

    def safe(*values: float | None) -> float | None:
        if any(value is None for value in values):
            return None
        try:
            return _finite(function(*values))
        except (ValueError, ZeroDivisionError, OverflowError):
            return None

    return safe


_plus, _minus, _times, _over = (_on(f) for f in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b))
_least, _most = _on(min), _on(max)


def _rounded_sql(part: str, term: Term) -> str:
    value = f"({part})"
    nudged = f"CASE WHEN {value} >= 0.0 THEN {value} + {NUDGE!r} ELSE {value} - {NUDGE!r} END" if term.sign != 1 else f"{value} + {NUDGE!r}"
    if -LARGEST < term.least and term.most < LARGEST:
        return f"ROUND(CAST({nudged} AS numeric), 6)"
    return f"(CASE WHEN {value} > -{LARGEST!r} AND {value} < {LARGEST!r} THEN ROUND(CAST({nudged} AS numeric), 6) END)"


def _negative(a: Term) -> Term:
    def python(values):
        low, likely, high = a.python(values)
        return Triple(*(None if part is None else -part for part in (high, likely, low)))

    def sql(columns):
        low, likely, high = a.sql(columns)
        return Column(f"(- {high})", f"(- {likely})", f"(- {low})")

    return Term(python, sql, -a.most, -a.least)


def _sum(a: Term, b: Term) -> Term:
    return Term(
        lambda values: Triple(*map(_plus, a.python(values), b.python(values))),
        lambda columns: Column(*(f"({x} + {y})" for x, y in zip(a.sql(columns), b.sql(columns), strict=True))),
        a.least + b.least,
        a.most + b.most,
    )


def _product(a: Term, b: Term) -> Term:
    if a.sign == -1:
        return _negative(_product(_negative(a), b))
    if b.sign == -1:
        return _negative(_product(a, _negative(b)))
    if a.sign == b.sign == 1:
        return Term(
            lambda values: Triple(*map(_times, a.python(values), b.python(values))),
            lambda columns: Column(*(f"({x} * {y})" for x, y in zip(a.sql(columns), b.sql(columns), strict=True))),
            a.least * b.least,
            math.inf if math.inf in (a.most, b.most) else a.most * b.most,
        )

    def python(values):
        (al, am, ah), (bl, bm, bh) = a.python(values), b.python(values)
        corners = [_times(x, y) for x in (al, ah) for y in (bl, bh)]
        return Triple(_least(*corners), _times(am, bm), _most(*corners))

    def sql(columns):
        (al, am, ah), (bl, bm, bh) = a.sql(columns), b.sql(columns)
        corners = [f"({x} * {y})" for x in (al, ah) for y in (bl, bh)]
        return Column(_extreme_sql("<=", corners), f"({am} * {bm})", _extreme_sql(">=", corners))

    return Term(python, sql)


def _quotient(a: Term, b: Term) -> Term:
    def python(values):
        return _product(a, Term(lambda _: _inverse(b.python(values)), b.sql, *ends)).python(values)

    def sql(columns):
        bl, bm, bh = b.sql(columns)
        # An interval around zero has no inverse.
        low, high = (f"(CASE WHEN {bl} > 0.0 OR {bh} < 0.0 THEN 1.0 / NULLIF({end}, 0.0) END)" for end in (bh, bl))
        inverse = Column(low, f"(1.0 / NULLIF({bm}, 0.0))", high)
        return _product(a, Term(b.python, lambda _: inverse, *ends)).sql(columns)

    ends = {1: (0.0, math.inf), -1: (-math.inf, 0.0), 0: (-math.inf, math.inf)}[b.sign]
    sign = a.sign * b.sign
    return Term(python, sql, 0.0 if sign == 1 else -math.inf, 0.0 if sign == -1 else math.inf)


def _inverse(b: Triple) -> Triple:
    low, likely, high = b
    apart = low is not None and high is not None and (low > 0 or high < 0)
    return Triple(_over(1.0, high) if apart else None, _over(1.0, likely), _over(1.0, low) if apart else None)


def _extreme_sql(sign: str, parts: list[str]) -> str:
    """The least (`<=`) or greatest (`>=`) of the parts; blank where one is (LEAST of PostgreSQL passes over blanks)."""
    found = parts[0]
    for part in parts[1:]:
        found = f"(CASE WHEN {found} IS NULL OR {part} IS NULL THEN NULL WHEN {found} {sign} {part} THEN {found} ELSE {part} END)"
    return found


def _extreme(pick: Callable, sign: str) -> Callable[..., Term]:
    bound = min if sign == "<=" else max

    def make(*terms: Term) -> Term:
        return Term(
            lambda values: Triple(*(pick(*parts) for parts in zip(*(t.python(values) for t in terms), strict=True))),
            lambda columns: Column(*(_extreme_sql(sign, list(parts)) for parts in zip(*(t.sql(columns) for t in terms), strict=True))),
            bound(t.least for t in terms),
            bound(t.most for t in terms),
        )

    return make


def _absolute(a: Term) -> Term:
    if a.sign:
        return a if a.sign == 1 else _negative(a)
    return _extreme(_most, ">=")(a, _negative(a))


def _rising(function: Callable[[float], float], sql_name: str, above: str) -> Callable[[Term], Term]:
    """A rising function defined only above (or from) zero."""
    safe = _on(function)

    def make(a: Term) -> Term:
        return Term(
            lambda values: Triple(*map(safe, a.python(values))),
            lambda columns: Column(
                *(f"(CASE WHEN {part} {above} 0.0 THEN {sql_name}(CAST({part} AS double precision)) END)" for part in a.sql(columns))
            ),
            0.0 if sql_name == "SQRT" else -math.inf,
        )

    return make


def _comparison(is_true: Callable[[float, float], bool], sign: str) -> Callable[[Term, Term], Term]:
    """`a < b` as 0..1: low says it surely holds, high that it may."""
    test = _on(lambda x, y: 1.0 if is_true(x, y) else 0.0)

    def make(a: Term, b: Term) -> Term:
        def python(values):
            (al, am, ah), (bl, bm, bh) = a.python(values), b.python(values)
            sure, may = (test(ah, bl), test(al, bh)) if sign in ("<", "<=") else (test(al, bh), test(ah, bl))
            return Triple(sure, test(am, bm), may)

        def sql(columns):
            (al, am, ah), (bl, bm, bh) = a.sql(columns), b.sql(columns)
            pairs = [(ah, bl), (am, bm), (al, bh)] if sign in ("<", "<=") else [(al, bh), (am, bm), (ah, bl)]
            return Column(*(f"(CASE WHEN {x} {sign} {y} THEN 1.0 WHEN {x} IS NULL OR {y} IS NULL THEN NULL ELSE 0.0 END)" for x, y in pairs))

        return Term(python, sql, 0.0, 1.0)

    return make


def _choice(test: Term, yes: Term, no: Term) -> Term:
    """`yes if test else no`: where the test is not sure, the range covers both."""

    def python(values):
        (sure, likely, may), a, b = test.python(values), yes.python(values), no.python(values)
        if sure is None or likely is None or may is None:
            return Triple(None, None, None)
        middle = a.likely if likely else b.likely
        if sure:
            return Triple(a.low, middle, a.high)
        if not may:
            return Triple(b.low, middle, b.high)
        return Triple(_least(a.low, b.low), middle, _most(a.high, b.high))

    def sql(columns):
        (sure, likely, may), a, b = test.sql(columns), yes.sql(columns), no.sql(columns)
        known = f"WHEN {sure} IS NULL OR {likely} IS NULL OR {may} IS NULL THEN NULL"

        def end(x, y, sign):
            return f"(CASE {known} WHEN {sure} <> 0.0 THEN {x} WHEN {may} = 0.0 THEN {y} ELSE {_extreme_sql(sign, [x, y])} END)"

        middle = f"(CASE {known} WHEN {likely} <> 0.0 THEN {a.likely} ELSE {b.likely} END)"
        return Column(end(a.low, b.low, "<="), middle, end(a.high, b.high, ">="))

    return Term(python, sql, min(yes.least, no.least), max(yes.most, no.most))


OPERATIONS = {
    ast.Add: _sum,
    ast.Sub: lambda a, b: _sum(a, _negative(b)),
    ast.Mult: _product,
    ast.Div: _quotient,
}
COMPARISONS = {
    ast.Lt: _comparison(lambda x, y: x < y, "<"),
    ast.LtE: _comparison(lambda x, y: x <= y, "<="),
    ast.Gt: _comparison(lambda x, y: x > y, ">"),
    ast.GtE: _comparison(lambda x, y: x >= y, ">="),
}
FUNCTIONS: dict[str, tuple[int, int, Callable[..., Term]]] = {
    "min": (2, 12, _extreme(_least, "<=")),
    "max": (2, 12, _extreme(_most, ">=")),
    "abs": (1, 1, _absolute),
    "sqrt": (1, 1, _rising(math.sqrt, "SQRT", ">=")),
    "log": (1, 1, _rising(math.log, "LN", ">")),
}

"""The scoring language: one parse, two interpreters, Python for explaining and SQL for computing a hundred thousand rows at once.

Every value is a triple low, likely, high, so that blanks become a range instead of a zero. What has no value (division by zero, root
of a negative, logarithm of zero, a score beyond a thousand million) is blank and never an error: one bad row must not abort an UPDATE.
Arithmetic is in doubles and their rounding to the six decimals stored is spelled out, so that Python, SQLite and PostgreSQL agree.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from math import floor
from typing import NamedTuple

from prioritization.formula import magnitudes, syntax
from prioritization.formula.intervals import Range, Ranges
from prioritization.formula.syntax import FormulaError, Name, Negative, Node, Operation, parts_of
from prioritization.formula.tape import Tape

__all__ = ["RAW", "Column", "Formula", "FormulaError", "Triple", "parse", "rounded", "value_over_effort", "weighted_sum"]

RAW = "_raw"  # `effort_raw` is the criterion on its own scale, `effort` the same brought to 0 (worst) .. 1 (best)
LARGEST = 1e9  # beyond it doubles no longer carry six decimals
ANY = 1e15
MOST_WOVEN = 10  # criteria in one addend: telling their contributions apart takes 2ⁿ evaluations
# Half away from zero, and what misses the half by a millionth still counts as half: the last bit of a double, in which SQLite's reading
# of a decimal or another machine's logarithm may differ, then decides nothing between the decimals that people write.
HALF = 0.5 + 2**-20


class Triple(NamedTuple):
    """A value known as a range; low and high are None where the range is not known, all three where the value is blank."""

    low: float | None
    likely: float | None
    high: float | None


class Column(NamedTuple):
    """The same as three SQL expressions, and the bounds their values keep in every row: sharp ones make lean SQL.

    A value that is not zero has a size from 10⁻¹⁸ to 10¹⁵, and low ≤ likely ≤ high.
    """

    low: str
    likely: str
    high: str
    least: float = -ANY
    most: float = ANY


@dataclass(frozen=True)
class Formula:
    """A formula that was read: `names` are the criteria it speaks of."""

    text: str
    names: frozenset[str]
    tree: Node
    tape: Tape
    range: Range
    steps: tuple[int, ...]
    likely_steps: tuple[int, ...]

    def evaluate(self, values: Mapping[str, Triple]) -> Triple:
        """The value before rounding; blank parts are None."""
        found = self.tape.play(self.steps, lambda source: _number(values[source[0]][source[1]]))
        low, likely, high = (found[place] for place in self.range[:3])
        if low is None or high is None or low <= -LARGEST or high >= LARGEST:
            low = high = None
        return Triple(low, likely if likely is not None and abs(likely) < LARGEST else None, high)

    def at(self, values: Mapping[str, float]) -> float | None:
        """The value where every name is one number; None where it is blank."""
        found = self.tape.play(self.likely_steps, lambda source: float(values[source[0]]))[self.range.likely]
        return found if found is not None and abs(found) < LARGEST else None

    @cached_property
    def addends(self) -> tuple["Formula", ...]:
        """Formulas that add up to this one, as many as its sums allow: numbers before brackets are multiplied in."""
        return tuple(_formula(self.text, node) for node in _addends(self.tree))

    def sql(self, columns: Mapping[str, Column]) -> Column:
        """Three SQL expressions of the value, rounded to the six decimals stored; raises FormulaError where they grow too long."""
        tape = Tape()

        def named(name: str) -> Range:
            column = columns[name]
            return Range(*(tape.write("input", text) for text in column[:3]), column.least, column.most)

        found = Ranges(tape, named).of(self.tree)
        texts = tape.spell(found[:3], lambda source: f"CAST({source[0]} AS DOUBLE PRECISION)")
        if texts is None:
            raise FormulaError("This formula is too complicated: nest fewer if, min and max, and multiply fewer differences.")
        return Column(*_stored(texts, found), found.least, found.most)


def parse(text: str, known: Collection[str] | None = None) -> Formula:
    """Read a formula, which may speak of the names `known` only, if given; raises FormulaError with a sentence and a position."""
    return _parsed(text, None if known is None else frozenset(known))


@lru_cache(maxsize=256)  # every change of an input computes by the formula of the day
def _parsed(text: str, known: frozenset[str] | None) -> Formula:
    tree = syntax.read(text, known)
    magnitudes.check(tree)
    for addend in _addends(tree):
        if len({name.removesuffix(RAW) for name in _names(addend)}) > MOST_WOVEN:
            sentence = f"More than {MOST_WOVEN} criteria are woven together here other than by a sum; nobody could follow such a score."
            raise FormulaError(sentence, addend.position)
    return _formula(text, tree)


def weighted_sum(weights: Mapping[str, float]) -> Formula:
    """100 × Σ wᵢ·nᵢ ⁄ Σ wᵢ over criteria brought to 0..1: a score from 0 to 100."""
    return parse(_weighted_text(weights), known=weights)


def value_over_effort(weights: Mapping[str, float], effort: str) -> Formula:
    """The weighted sum of the other criteria, 0 to 100, per unit of the criterion `effort` on its own scale."""
    return parse(f"{_weighted_text(weights)} / {effort}{RAW}", known={*weights, effort + RAW})


def rounded(value: float | None) -> Decimal | None:
    """The six decimals that are stored, as both engines round them."""
    if value is None:
        return None
    millionths = floor(abs(value) * 1e6 + HALF)
    return Decimal(-millionths if value < 0 else millionths).scaleb(-6)


def _formula(text: str, tree: Node) -> Formula:
    tape = Tape()
    found = Ranges(tape, lambda name: Range(*(tape.write("input", name, part) for part in range(3)), -ANY, ANY)).of(tree)
    return Formula(text, _names(tree), tree, tape, found, tuple(tape.needed(found[:3])), tuple(tape.needed([found.likely])))


def _names(tree: Node) -> frozenset[str]:
    return frozenset({tree.name} if isinstance(tree, Name) else {name for part in parts_of(tree) for name in _names(part)})


def _addends(tree: Node) -> list[Node]:
    match tree:
        case Negative(position, operand):
            return [Negative(position, part) for part in _addends(operand)]
        case Operation(_, "+", left, right):
            return _addends(left) + _addends(right)
        case Operation(position, "-", left, right):
            return _addends(left) + _addends(Negative(position, right))
        case Operation(position, ("*" | "/") as sign, left, right) if not _names(right):
            return [Operation(position, sign, part, right) for part in _addends(left)]
        case Operation(position, "*", left, right) if not _names(left):
            return [Operation(position, "*", left, part) for part in _addends(right)]
    return [tree]


def _weighted_text(weights: Mapping[str, float]) -> str:
    terms = " + ".join(f"{_plain(weight)} * {key}" for key, weight in weights.items())
    return f"100 * ({terms}) / {_plain(sum(weights.values()) or 1)}"


def _plain(weight: float) -> str:
    return f"{weight:.12f}".rstrip("0").rstrip(".")


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _stored(texts: list[str], found: Range) -> list[str]:
    """The six decimals as SQL, blank where a part could leave them: the ends both or neither."""
    low, likely, high = texts
    ends, middle = _inside(low, high, found), _inside(likely, likely, found)
    return [
        f"(CASE WHEN {inside} THEN {_rounded_sql(text, found)} END)" if inside else _rounded_sql(text, found)
        for inside, text in zip((ends, middle, ends), texts, strict=True)
    ]


def _inside(low: str, high: str, found: Range) -> str:
    """The condition that what is stored fits, as far as the bounds do not say so already."""
    below = [] if found.least > -LARGEST else [f"{low} > -{LARGEST!r}"]
    above = [] if found.most < LARGEST else [f"{high} < {LARGEST!r}"]
    return " AND ".join(below + above)


def _rounded_sql(text: str, found: Range) -> str:
    millionths = f"FLOOR({text} * 1000000.0 + {HALF})"
    if found.least < 0:
        millionths = f"CASE WHEN {text} < 0.0 THEN - FLOOR({text} * -1000000.0 + {HALF}) ELSE {millionths} END"
    # As a whole number of up to 15 digits the double becomes numeric without loss.
    return f"(CAST({millionths} AS NUMERIC) / 1000000.0)"

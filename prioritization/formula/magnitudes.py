"""Why no formula can overflow: how large and how small its parts can get, in powers of two, is known before anything is computed.

PostgreSQL raises an error where a double overflows or underflows, and that error would abort the UPDATE of every row. Checking each
product while computing would repeat its factors in the SQL; so a formula whose parts could leave the doubles is refused when it is read.
"""

import math
from typing import NamedTuple

from prioritization.formula.syntax import Call, Choice, Comparison, FormulaError, Name, Negative, Node, Number, Operation

MOST = 1_000  # doubles end at 2¹⁰²⁴ and lose digits below 2⁻¹⁰²²
DIGITS = 53  # of a double
# What a name may stand for: zero or a size from 10⁻¹⁸ to 10¹⁵.
SMALLEST, LARGEST = 60, 50


class Size(NamedTuple):
    """|value| ≤ 2^top; where it is not zero |value| ≥ 2^-floor; and it is a multiple of 2^-grain (what a difference leaves)."""

    top: int
    floor: int
    grain: int


def _size(top: int, floor: int, grain: int | None = None) -> Size:
    # A double of at least 2^-floor has no bits below 2^-(floor + 53).
    return Size(top, floor, min(floor + DIGITS, grain) if grain is not None else floor + DIGITS)


def check(node: Node) -> Size:
    """The size of a part; raises FormulaError where it may leave what doubles hold."""
    size = _size_of(node)
    if size.top > MOST or size.grain > MOST:
        raise FormulaError("So many products and quotients in a row give numbers too large or too small to compute.", node.position)
    return size


def _size_of(node: Node) -> Size:
    match node:
        case Number(value=value):
            exponent = math.frexp(value)[1]
            return _size(exponent, 1 - exponent)
        case Name():
            return _size(LARGEST, SMALLEST)
        case Negative(operand=operand):
            return check(operand)
        case Operation(sign=sign, left=left, right=right):
            return _operation(sign, check(left), check(right))
        case Comparison(left=left, right=right):
            return _either(check(left), check(right))
        case Choice(test=test, yes=yes, no=no):
            check(test)
            return _either(check(yes), check(no))
        case Call(function=function, values=values):
            sizes = [check(value) for value in values]
            return _function(function, sizes)
    raise TypeError(node)


def _operation(sign: str, a: Size, b: Size) -> Size:
    if sign == "*":
        return _size(a.top + b.top, a.floor + b.floor + 1, a.grain + b.grain)
    if sign == "/":
        return _size(a.top + b.floor + 1, a.floor + b.top + 1)
    grain = max(a.grain, b.grain)
    return Size(max(a.top, b.top) + 1, grain, grain)


def _function(function: str, sizes: list[Size]) -> Size:
    first = sizes[0]
    if function == "sqrt":
        return _size(max(first.top, 0), max(first.floor, 0))
    if function == "log":
        return _size(10, DIGITS)  # |ln 2¹⁰²⁴| < 2¹⁰, and ln of the double next to 1 is near 2⁻⁵³
    for other in sizes[1:]:
        first = _either(first, other)
    return first


def _either(a: Size, b: Size) -> Size:
    return Size(*map(max, a, b))

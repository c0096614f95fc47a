"""A formula over ranges: each part becomes three scalars low, likely, high by interval arithmetic (Moore, Interval Analysis, 1966).

Bounds that a part keeps whatever the data say are carried along: where they settle a sign, a product needs one multiplication instead
of four and their extremes. A range is whole, or only its likely value is known (a divisor whose range includes zero), or it is blank.
"""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

from prioritization.formula.syntax import Call, Choice, Comparison, Name, Negative, Node, Number, Operation
from prioritization.formula.tape import Tape


class Range(NamedTuple):
    """Places of low, likely and high on the tape, and the bounds they keep."""

    low: int
    likely: int
    high: int
    least: float
    most: float

    @property
    def is_point(self) -> bool:
        return self.low == self.likely == self.high


class Ranges:
    """Writes a tree onto a tape; `named` gives the range of a name."""

    def __init__(self, tape: Tape, named: Callable[[str], Range]):
        self.tape, self.named = tape, named

    def of(self, node: Node) -> Range:
        """The range of a part."""
        match node:
            case Number(value=value):
                return Range(*[self.tape.number(value)] * 3, value, value)
            case Name(name=name):
                return self.named(name)
            case Negative(operand=operand):
                return self.negative(self.of(operand))
            case Operation(sign=sign, left=left, right=right):
                return {"+": self.sum, "-": self.difference, "*": self.product, "/": self.quotient}[sign](self.of(left), self.of(right))
            case Choice(test=test, yes=yes, no=no):
                return self.choice(test, self.of(yes), self.of(no))
            case Call(function=function, values=values):
                return self.call(function, [self.of(value) for value in values])
        raise TypeError(node)

    def call(self, function: str, values: list[Range]) -> Range:
        if function in ("min", "max"):
            return functools.reduce(self.least if function == "min" else self.greatest, values)
        return {"abs": self.absolute, "sqrt": self.root, "log": self.logarithm}[function](values[0])

    def negative(self, a: Range) -> Range:
        return Range(self._minus(a.high), self._minus(a.likely), self._minus(a.low), -a.most, -a.least)

    def _minus(self, place: int) -> int:
        operation, operands = self.tape.steps[place]
        if operation == "negative":
            return operands[0]
        if operation == "number":
            return self.tape.number(-operands[0])
        return self.tape.write("negative", place)

    def sum(self, a: Range, b: Range) -> Range:
        parts = (self.tape.write("+", *pair) for pair in ((a.low, b.low), (a.likely, b.likely), (a.high, b.high)))
        return Range(*parts, a.least + b.least, a.most + b.most)

    def difference(self, a: Range, b: Range) -> Range:
        parts = (self.tape.write("-", *pair) for pair in ((a.low, b.high), (a.likely, b.likely), (a.high, b.low)))
        return Range(*parts, a.least - b.most, a.most - b.least)

    def product(self, a: Range, b: Range) -> Range:
        if a.most <= 0 and a.least < 0:
            return self.negative(self.product(self.negative(a), b))
        if b.most <= 0 and b.least < 0:
            return self.negative(self.product(a, self.negative(b)))
        # Of the four corners, those that can be the lowest and the highest.
        for_low = [(x, y) for x in self._ends(b, a.low, a.high) for y in self._ends(a, b.low, b.high)]
        for_high = [(x, y) for x in self._ends(b, a.high, a.low) for y in self._ends(a, b.high, b.low)]
        low = self.tape.least(*(self.tape.write("*", *corner) for corner in for_low))
        high = self.tape.most(*(self.tape.write("*", *corner) for corner in for_high))
        return Range(low, self.tape.write("*", a.likely, b.likely), high, *_bounds_of_product(a, b.least, b.most))

    @staticmethod
    def _ends(other: Range, nearer: int, farther: int) -> tuple[int, ...]:
        """Which ends of one factor count: only the nearer where the other factor is never negative."""
        return (nearer,) if other.least >= 0 else (nearer, farther)

    def quotient(self, a: Range, b: Range) -> Range:
        if b.most <= 0 and b.least < 0:
            return self.negative(self.quotient(a, self.negative(b)))
        likely = self.tape.write("/", a.likely, b.likely)
        if b.least < 0:  # of unknown sign: every corner, if zero lies outside
            corners = [self.tape.write("/", x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
            zero = self.tape.number(0.0)
            apart = self.tape.write("either", self.tape.write("<", zero, b.low), self.tape.write("<", b.high, zero))
            low, high = self.tape.least(*corners), self.tape.most(*corners)
            return Range(self.tape.write("cases", apart, low), likely, self.tape.write("cases", apart, high), -math.inf, math.inf)
        lows = [b.high] if a.least >= 0 else [b.low] if a.most <= 0 else [b.high, b.low]
        highs = [b.low] if a.least >= 0 else [b.high] if a.most <= 0 else [b.high, b.low]
        low = self.tape.least(*(self.tape.write("/", a.low, end) for end in lows))
        high = self.tape.most(*(self.tape.write("/", a.high, end) for end in highs))
        low, high = self._where_above(b, low, high, "<")
        inverse = (1 / b.most if b.most else math.inf, 1 / b.least if b.least else math.inf)
        return Range(low, likely, high, *_bounds_of_product(a, *inverse))

    def _where_above(self, a: Range, low: int, high: int, sign: str) -> tuple[int, int]:
        """The ends, blank both where `a` may reach zero (`<`) or below (`<=`)."""
        if a.least > 0 or (a.least == 0 and sign == "<="):
            return low, high
        inside = self.tape.write(sign, self.tape.number(0.0), a.low)
        return self.tape.write("cases", inside, low), self.tape.write("cases", inside, high)

    def root(self, a: Range) -> Range:
        low, likely, high = (self.tape.write("sqrt", part) for part in a[:3])
        low, high = self._where_above(a, low, high, "<=")
        return Range(low, likely, high, math.sqrt(max(a.least, 0)), math.sqrt(max(a.most, 0)))

    def logarithm(self, a: Range) -> Range:
        low, likely, high = (self.tape.write("log", part) for part in a[:3])
        low, high = self._where_above(a, low, high, "<")
        return Range(low, likely, high, *(math.log(end) if end > 0 else -math.inf for end in (a.least, a.most)))

    def absolute(self, a: Range) -> Range:
        if a.least >= 0:
            return a
        if a.most <= 0:
            return self.negative(a)
        low = self.tape.most(a.low, self._minus(a.high), self.tape.number(0.0))
        likely = self.tape.most(a.likely, self._minus(a.likely))
        high = self.tape.most(self._minus(a.low), a.high)
        return Range(low, likely, high, 0.0, max(-a.least, a.most))

    def least(self, a: Range, b: Range) -> Range:
        """The smaller of two. A number beyond the bounds of the other is left away; anything else might be blank."""
        if a.most <= b.least and self.tape.constant(b.likely) is not None:
            return a
        if b.most <= a.least and self.tape.constant(a.likely) is not None:
            return b
        parts = (self.tape.least(x, y) for x, y in zip(a[:3], b[:3], strict=True))
        return Range(*parts, min(a.least, b.least), min(a.most, b.most))

    def greatest(self, a: Range, b: Range) -> Range:
        """The larger of two."""
        return self.negative(self.least(self.negative(a), self.negative(b)))

    def choice(self, test: Comparison, yes: Range, no: Range) -> Range:
        """`yes if test else no`: where the compared ranges overlap, the ends cover both."""
        sign, left, right = test.sign, self.of(test.left), self.of(test.right)
        if sign in (">", ">="):
            sign, left, right = {">": "<", ">=": "<="}[sign], right, left
        if sign == "!=":
            sign, yes, no = "==", no, yes
        holds, fails = self._outcomes(sign, left.likely, right.likely)
        likely = self.tape.write("cases", holds, yes.likely, fails, no.likely)
        bounds = min(yes.least, no.least), max(yes.most, no.most)
        if left.is_point and right.is_point:
            ends = (self.tape.write("cases", holds, x, fails, y) for x, y in ((yes.low, no.low), (yes.high, no.high)))
            low, high = ends
            return Range(low, likely, high, *bounds)
        surely, never, unsure = self._certainty(sign, left, right)
        low = self.tape.write("cases", surely, yes.low, never, no.low, unsure, self.tape.least(yes.low, no.low))
        high = self.tape.write("cases", surely, yes.high, never, no.high, unsure, self.tape.most(yes.high, no.high))
        return Range(low, likely, high, *bounds)

    def _outcomes(self, sign: str, a: int, b: int) -> tuple[int, int]:
        """Steps that say: it holds, it fails. Where a value is blank neither is true."""
        if sign == "==":
            return self.tape.write("==", a, b), self.tape.write("!=", a, b)
        return self.tape.write(sign, a, b), self.tape.write("<=" if sign == "<" else "<", b, a)

    def _certainty(self, sign: str, a: Range, b: Range) -> tuple[int, int, int]:
        """Steps that say of two ranges: it holds for all their values, for none, for some (or all)."""
        if sign == "==":
            below, above = self.tape.write("<", a.high, b.low), self.tape.write("<", b.high, a.low)
            same = (self.tape.write("==", a.low, b.high), self.tape.write("==", a.high, b.low))
            touch = (self.tape.write("<=", b.low, a.high), self.tape.write("<=", a.low, b.high))
            return self.tape.write("every", *same), self.tape.write("either", below, above), self.tape.write("every", *touch)
        surely, not_surely = self._outcomes(sign, a.high, b.low)
        _, never = self._outcomes(sign, a.low, b.high)
        return surely, never, not_surely


def _bounds_of_product(a: Range, least: float, most: float) -> tuple[float, float]:
    corners = [0.0 if 0 in (x, y) else x * y for x in (a.least, a.most) for y in (least, most)]
    return min(corners), max(corners)

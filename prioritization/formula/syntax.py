"""Reading a formula: text to a small tree. Only what this file builds exists in the language; nothing of Python is evaluated.

expression = sum [comparison sum] ["if" expression "else" expression]
sum        = product {("+" | "-") product}
product    = signed {("*" | "/") signed}
signed     = {"+" | "-"} (number | name | name "(" expression {"," expression} ")" | "(" expression ")")
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST, DEEPEST, MOST_OPERATIONS = 2_000, 30, 200
LARGEST_NUMBER = 1e15
FUNCTIONS = {"min": (2, 12), "max": (2, 12), "abs": (1, 1), "sqrt": (1, 1), "log": (1, 1)}  # fewest and most values
KEYWORDS = ("if", "else")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
SPELLINGS = {"×": "*", "·": "*", "÷": "/", "−": "-", "≤": "<=", "≥": ">=", "≠": "!="}
TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+))|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[<>=!]=|[-+*/()<>,×·÷−≤≥≠])|(?P<space>\s+)|(?P<other>.)",
    re.ASCII,
)


class FormulaError(ValueError):
    """A formula that cannot be read; the message is a sentence, `position` the offset of the character at fault."""

    def __init__(self, sentence: str, position: int = 0):
        super().__init__(sentence)
        self.position = position


@dataclass(frozen=True)
class Node:
    """A part of a formula and where it begins."""

    position: int


@dataclass(frozen=True)
class Number(Node):
    value: float


@dataclass(frozen=True)
class Name(Node):
    name: str


@dataclass(frozen=True)
class Negative(Node):
    operand: Node


@dataclass(frozen=True)
class Operation(Node):
    """`sign` is + - * or /."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Comparison(Node):
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    function: str
    values: tuple[Node, ...]


@dataclass(frozen=True)
class Choice(Node):
    test: Comparison
    yes: Node
    no: Node


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    position: int


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts right below a part."""
    match node:
        case Negative(operand=operand):
            return (operand,)
        case Operation(left=left, right=right) | Comparison(left=left, right=right):
            return left, right
        case Choice(test=test, yes=yes, no=no):
            return test, yes, no
        case Call(values=values):
            return values
    return ()


def read(text: str, known: Collection[str] | None = None) -> Node:
    """The tree. Where `known` is given, other names are refused. Raises FormulaError."""
    if len(text) > LONGEST:
        raise FormulaError(f"A formula has at most {LONGEST:,} characters; this one has {len(text):,}.", LONGEST)
    return _Reader(text, known).whole()


def _tokens(text: str) -> Iterator[Token]:
    for found in TOKEN.finditer(text):
        kind, word = found.lastgroup or "", found.group()
        if kind == "other":
            raise FormulaError(f"“{word}” means nothing in a formula.", found.start())
        if kind == "name" and word in KEYWORDS:
            kind = "sign"
        if kind != "space":
            yield Token(kind, SPELLINGS.get(word, word), found.start())
    yield Token("end", "", len(text))


class _Reader:
    """One token of look-ahead, one method per line of the grammar."""

    def __init__(self, text: str, known: Collection[str] | None):
        self.tokens = _tokens(text)
        self.here = next(self.tokens)
        self.known = known
        self.depth = self.operations = 0

    def whole(self) -> Node:
        if self.here.kind == "end":
            raise FormulaError("The formula is empty.", 0)
        tree = self.value()
        if self.here.text == ",":
            raise FormulaError("A comma separates the values of min and max only; decimals are written with a point.", self.here.position)
        if self.here.text == ")":
            raise FormulaError("This bracket closes nothing.", self.here.position)
        if self.here.kind != "end":
            raise FormulaError(f"A sign such as + or * is missing before “{self.here.text}”.", self.here.position)
        return tree

    def value(self) -> Node:
        """An expression that is a number, not a comparison."""
        found = self.expression()
        if isinstance(found, Comparison):
            raise FormulaError("A comparison may stand only between “if” and “else”.", found.position)
        return found

    def expression(self) -> Node:
        self.enter()
        left = self.sum()
        if self.here.text in COMPARISONS:
            sign = self.count()
            left = Comparison(left.position, sign.text, self.number(left), self.number(self.sum()))
            if self.here.text in COMPARISONS:
                raise FormulaError("Only two values can be compared at a time.", self.here.position)
        if self.here.text == "if":
            left = self.choice(left)
        self.depth -= 1
        return left

    def choice(self, yes: Node) -> Node:
        self.count()
        test = self.expression()
        if not isinstance(test, Comparison):
            raise FormulaError("After “if” two values are compared, as in “effort > 3”.", test.position)
        self.expect("else", "After “if” and its comparison comes “else” with the other value.")
        return Choice(yes.position, test, self.number(yes), self.value())

    def sum(self) -> Node:
        left = self.product()
        while self.here.text in ("+", "-"):
            sign = self.count()
            left = Operation(sign.position, sign.text, self.number(left), self.number(self.product()))
        return left

    def product(self) -> Node:
        left = self.signed()
        while self.here.text in ("*", "/"):
            sign = self.count()
            left = Operation(sign.position, sign.text, self.number(left), self.number(self.signed()))
        return left

    def signed(self) -> Node:
        if self.here.text not in ("+", "-"):
            return self.atom()
        self.enter()
        sign = self.count()
        operand = self.number(self.signed())
        self.depth -= 1
        return Negative(sign.position, operand) if sign.text == "-" else operand

    def atom(self) -> Node:
        token = self.here
        if token.kind == "number":
            return self.literal(self.take())
        if token.kind == "name":
            self.take()
            return self.call(token) if self.here.text == "(" else self.name(token)
        if token.text == "(":
            self.take()
            inner = self.expression()
            self.expect(")", "A bracket is not closed.", token.position)
            return inner
        if token.kind == "end":
            raise FormulaError("The formula ends where a value is missing.", token.position)
        raise FormulaError(f"A number, a criterion or a bracket is missing before “{token.text}”.", token.position)

    def literal(self, token: Token) -> Number:
        value = float(token.text)
        if value > LARGEST_NUMBER:
            raise FormulaError("This number is too large.", token.position)
        return Number(token.position, value)

    def name(self, token: Token) -> Name:
        if token.text in FUNCTIONS:
            raise FormulaError(f"“{token.text}” is followed by its values in brackets.", token.position)
        if self.known is not None and token.text not in self.known:
            close = get_close_matches(token.text, self.known, 1)
            hint = f" Did you mean “{close[0]}”?" if close else ""
            raise FormulaError(f"“{token.text}” is no criterion of this model.{hint}", token.position)
        return Name(token.position, token.text)

    def call(self, token: Token) -> Call:
        if token.text not in FUNCTIONS:
            raise FormulaError(f"There is no function “{token.text}”; there are {', '.join(FUNCTIONS)}.", token.position)
        opening = self.count()
        values = [self.value()]
        while self.here.text == ",":
            self.take()
            values.append(self.value())
        self.expect(")", "A bracket is not closed.", opening.position)
        fewest, most = FUNCTIONS[token.text]
        if not fewest <= len(values) <= most:
            wanted = "one value" if most == 1 else f"{fewest} to {most} values"
            raise FormulaError(f"“{token.text}” takes {wanted}, not {len(values)}.", token.position)
        return Call(token.position, token.text, tuple(values))

    def number(self, node: Node) -> Node:
        if isinstance(node, Comparison):
            raise FormulaError("A comparison may stand only between “if” and “else”.", node.position)
        return node

    def take(self) -> Token:
        taken = self.here
        self.here = next(self.tokens)
        return taken

    def count(self) -> Token:
        """Take the token of an operation; there is a most."""
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise FormulaError(f"A formula has at most {MOST_OPERATIONS} operations.", self.here.position)
        return self.take()

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(f"The formula is nested more than {DEEPEST} deep.", self.here.position)

    def expect(self, text: str, sentence: str, position: int | None = None) -> None:
        if self.here.text != text:
            raise FormulaError(sentence, self.here.position if position is None else position)
        self.take()

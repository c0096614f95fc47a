"""The language of filters: text read into a tree, and a tree said as text, neither losing anything.

filter    = every { "or" every }
every     = part { ["and"] part }
part      = ["-" | "not"] ( "(" filter ")" | test | words )
test      = name operator value { "," value }        operator = ":" | ">" | ">=" | "<" | "<="  ("=" is ":")
value     = anything without a space, a comma, a quote or a bracket, or a "quoted text"
words     = a word, or a "quoted text"
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

LONGEST, MOST_PARTS, DEEPEST = 2_000, 100, 12
TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\))
      | (?P<no>-(?=[\w"(]))
      | (?P<name>[^\W\d]\w*)(?:\s*(?P<compares>>=|<=|>|<|=)\s*|(?P<is>:)\s*)
      | "(?P<quoted>(?:[^"\\]|\\.)*)"
      | (?P<word>[^\s()"]+)
      | (?P<rest>\S)
    )""",
    re.VERBOSE,
)
VALUE = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s",()]+)')
BARE_VALUE, BARE_WORD = re.compile(r"[^\s\",()]+"), re.compile(r"[\w][^\s()\":<>=]*")
KEYWORDS = ("and", "or", "not")


class FilterError(Exception):
    """The filter cannot be read, in a sentence."""


@dataclass(frozen=True)
class Words:
    """Words that the row's name or key holds."""

    text: str


@dataclass(frozen=True)
class Compare:
    """A field compared with values: any of them for `:`, the only one for the others."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Not:
    """What the part does not hold for."""

    part: "Node"


@dataclass(frozen=True)
class Every:
    """All of two or more parts hold."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Either:
    """Any of two or more parts holds."""

    parts: "tuple[Node, ...]"


type Node = Words | Compare | Not | Every | Either


def read(text: str) -> Node | None:
    """The tree; None for a text of nothing. Raises `FilterError` with a sentence where the text cannot be read."""
    if len(text) > LONGEST:
        raise FilterError(f"A filter has at most {LONGEST:,} characters.")
    if "\x00" in text:
        raise FilterError("A filter is made of characters that can be read.")
    reading = _Reading(text)
    if reading.kind is None:
        return None
    tree = reading.filter(0)
    if reading.kind is not None:
        raise FilterError("There is a closing bracket too many.")
    return tree


def say(tree: Node | None) -> str:
    """The tree as text; reading it gives the same tree again."""
    if tree is None:
        return ""
    if isinstance(tree, Either):
        return " or ".join(_grouped(part, Either) for part in tree.parts)
    if isinstance(tree, Every):
        return " ".join(_grouped(part, Every, Either) for part in tree.parts)
    if isinstance(tree, Not):
        return "-" + _grouped(tree.part, Every, Either, Not)
    if isinstance(tree, Words):
        is_bare = BARE_WORD.fullmatch(tree.text) and tree.text.casefold() not in KEYWORDS
        return tree.text if is_bare else _quoted(tree.text)
    values = ",".join(value if BARE_VALUE.fullmatch(value) else _quoted(value) for value in tree.values)
    return f"{tree.field}{tree.operator}{values}"


def join(kind: type[Every] | type[Either], parts: list[Node]) -> Node | None:
    """The parts as one; a single one stands for itself."""
    return (kind(tuple(parts)) if len(parts) > 1 else parts[0]) if parts else None


def changed(tree: Node, change: Callable[[Compare], Compare]) -> Node:
    """The same tree with every test changed."""
    if isinstance(tree, Compare):
        return change(tree)
    if isinstance(tree, Not):
        return Not(changed(tree.part, change))
    if isinstance(tree, Every | Either):
        return type(tree)(tuple(changed(part, change) for part in tree.parts))
    return tree


def tests_of(tree: Node | None) -> list[Compare]:
    """Every test in the tree."""
    if isinstance(tree, Not):
        return tests_of(tree.part)
    if isinstance(tree, Every | Either):
        return [test for part in tree.parts for test in tests_of(part)]
    return [tree] if isinstance(tree, Compare) else []


def parts_of(tree: Node | None) -> tuple[Node, ...]:
    """What must all hold, one by one."""
    return tree.parts if isinstance(tree, Every) else () if tree is None else (tree,)


def _grouped(part: Node, *looser: type) -> str:
    return f"({say(part)})" if isinstance(part, looser) else say(part)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)


class _Reading:
    """A text being read, one token ahead: `kind` says what comes next, None at the end."""

    def __init__(self, text: str):
        self.text, self.place, self.parts = text.rstrip(), 0, 0
        self.ahead: re.Match | None = None
        self.kind: str | None = None
        self.step()

    def step(self) -> None:
        self.ahead = TOKEN.match(self.text, self.place)
        self.kind = None
        if self.ahead is None:
            return
        self.place = self.ahead.end()
        self.kind = next(kind for kind in ("open", "close", "no", "name", "quoted", "word", "rest") if self.ahead[kind] is not None)
        if self.kind == "word" and self.ahead["word"].casefold() in KEYWORDS:
            self.kind = self.ahead["word"].casefold()

    def filter(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise FilterError(f"Brackets are nested more than {DEEPEST} deep.")
        parts = [self.every(depth)]
        while self.kind == "or":
            self.step()
            parts.append(self.every(depth))
        return join(Either, parts) or parts[0]

    def every(self, depth: int) -> Node:
        parts = [self.part(depth)]
        while self.kind not in (None, "close", "or"):
            if self.kind == "and":
                self.step()
            parts.append(self.part(depth))
        return join(Every, parts) or parts[0]

    def part(self, depth: int) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise FilterError(f"A filter has at most {MOST_PARTS} conditions.")
        ahead, kind = self.ahead, self.kind
        if ahead is None or kind in ("close", "and", "or"):
            where = "at the end" if ahead is None else f"before “{ahead[0].strip()}”"
            raise FilterError(f"A condition is missing {where}.")
        if kind == "name":
            return self.test(ahead)
        self.step()
        if kind in ("no", "not"):
            if depth > DEEPEST:
                raise FilterError(f"Brackets are nested more than {DEEPEST} deep.")
            return Not(self.part(depth + 1))
        if kind == "open":
            inner = self.filter(depth + 1)
            if self.kind != "close":
                raise FilterError("A bracket is opened and not closed.")
            self.step()
            return inner
        if kind == "rest":
            raise FilterError("A quote is opened and not closed.")
        return Words(ahead["word"] if kind == "word" else _plain(ahead["quoted"]))

    def test(self, ahead: re.Match) -> Compare:
        operator = ":" if ahead["compares"] in (None, "=") else ahead["compares"]
        values = []
        while True:
            found = VALUE.match(self.text, self.place)
            if found is None:
                if self.text[self.place : self.place + 1] == '"':
                    raise FilterError("A quote is opened and not closed.")
                raise FilterError(f"“{ahead['name']}{operator}” is followed by no value.")
            values.append(found["bare"] if found["bare"] is not None else _plain(found["quoted"]))
            self.place = found.end()
            if self.text[self.place : self.place + 1] != ",":
                break
            self.place += 1
        self.step()
        return Compare(ahead["name"].casefold(), operator, tuple(values))

"""A filter as a form: conditions in groups, read from the form's parameters and shown again while they are built."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import QueryDict

from core.filtering.fields import Kind, Option
from core.filtering.filters import Filter
from core.filtering.syntax import DEEPEST, Compare, Either, Every, FilterError, Node, Not, Words, join, read, say

ROOT, WORDS = "r", "words"
MOST_PARTS = 100
MOST_OPTIONS = 200  # longer lists are written by hand


@dataclass
class Branch:
    """A condition, or a group of them. `place` names it in the form: `r.0.2` is the third part of the first part of the whole.

    `options` are what to choose values from, None where they are written.
    """

    place: str = ""
    kind: str = "test"  # test, every or either
    is_not: bool = False
    name: str = ""
    operator: str = ":"
    values: tuple[str, ...] = ()
    parts: "list[Branch]" = field(default_factory=list)
    operators: list[tuple[str, str]] = field(default_factory=list)
    options: list[Option] | None = None
    hint: str = ""
    error: str = ""

    @property
    def is_group(self) -> bool:
        return self.kind != "test"

    @property
    def text(self) -> str:
        """The values as they are written by hand."""
        return "".join(self.values) if len(self.values) < 2 else say(Compare("x", ":", self.values)).removeprefix("x:")

    def walk(self) -> "Iterator[Branch]":
        """This one and all within."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Builder:
    """A filter being built. `params` are the form's own, or an address's, whose `filter` it begins with; what is written in the form's
    text counts where it was changed.
    """

    def __init__(self, params: QueryDict, known: Filter):
        self.known, self.error = known, known.error
        was = params.get("was")
        if was is None or params.get("filter", "") != was:
            self.root = _rooted(self._of(known.tree) if known.tree is not None else Branch())
        else:
            self.error = ""
            self.root = self._read(params, ROOT, 0)
            self._do(params.get("do", ""))
        self._number(self.root, ROOT)
        for branch in self.root.walk():
            self._dress(branch)
        self.fields = sorted(((one.name, one.label) for one in known.fields.values()), key=lambda one: one[1])

    @property
    def text(self) -> str:
        """What is built, as text; a text that cannot be read stays as it was written."""
        return self.known.text if self.error else say(self._node(self.root))

    def finished(self) -> str | None:
        """The text of the filter; None where a condition is not whole, which is told beside it."""
        if self.error:
            return None
        for branch in self.root.walk():
            if branch.is_group or not branch.name:
                continue
            node = self._inner(branch)
            try:
                if node is None:
                    raise FilterError("Give it a value, or remove it.")
                if isinstance(node, Compare):
                    self.known.field_of(node).condition(node, self.known.reader)
            except FilterError as error:
                branch.error = str(error)
        return None if any(branch.error for branch in self.root.walk()) else self.text

    def _do(self, what: str) -> None:
        """Add or remove a part: `condition r.0`, `group r`, `remove r.0.1`."""
        verb, _, place = what.partition(" ")
        self._number(self.root, ROOT)
        found = {branch.place: branch for branch in self.root.walk()}
        around = found.get(place.rpartition(".")[0] if verb == "remove" else place)
        if around is None or not around.is_group:
            return
        if verb == "remove":
            around.parts = [part for part in around.parts if part.place != place]
        elif verb in ("condition", "group"):
            around.parts.append(Branch() if verb == "condition" else Branch(kind="either", parts=[Branch(), Branch()]))

    def _read(self, params: QueryDict, place: str, depth: int) -> Branch:
        """What stands at this place of the form."""
        kind = params.get(f"kind.{place}", "every")
        branch = Branch(place, kind if kind in ("every", "either") else "test", f"not.{place}" in params)
        if branch.is_group:
            places = [f"{place}.{number}" for number in range(MOST_PARTS)] if depth < DEEPEST else []
            branch.parts = [self._read(params, one, depth + 1) for one in places if f"kind.{one}" in params]
            return branch
        branch.name, branch.operator = params.get(f"field.{place}", ""), params.get(f"operator.{place}", ":")
        given = [value.strip() for value in params.getlist(f"value.{place}") if value.strip()]
        is_chosen = self._options(branch) is not None
        branch.values = tuple(given) if is_chosen or branch.name == WORDS else tuple(v for text in given for v in _written(text))
        return branch

    def _of(self, node: Node) -> Branch:
        if isinstance(node, Not):
            inner = self._of(node.part)
            inner = Branch(kind="every", parts=[inner]) if inner.is_not else inner
            inner.is_not = True
            return inner
        if isinstance(node, Words):
            return Branch(name=WORDS, values=(node.text,))
        if isinstance(node, Compare):
            return Branch(name=node.field, operator=node.operator, values=node.values)
        return Branch(kind="either" if isinstance(node, Either) else "every", parts=[self._of(part) for part in node.parts])

    def _node(self, branch: Branch) -> Node | None:
        node = self._inner(branch)
        return Not(node) if branch.is_not and node is not None else node

    def _inner(self, branch: Branch) -> Node | None:
        if branch.is_group:
            parts = [node for part in branch.parts if (node := self._node(part)) is not None]
            return join(Either if branch.kind == "either" else Every, parts)
        if not branch.values:
            return None
        if branch.name == WORDS:
            return Words(branch.values[0])
        operator = branch.operator if branch.operator in dict(branch.operators) else ":"
        return Compare(branch.name, operator, branch.values) if self._kind(branch) else None

    def _number(self, branch: Branch, place: str) -> None:
        branch.place = place
        for number, part in enumerate(branch.parts):
            self._number(part, f"{place}.{number}")

    def _dress(self, branch: Branch) -> None:
        """Give a condition what it can be chosen from."""
        kind = self._kind(branch)
        if kind is None:
            return
        branch.operators = [(operator, kind.words[operator]) for operator in kind.operators]
        branch.options, branch.hint = self._options(branch), kind.hint

    def _kind(self, branch: Branch) -> Kind | None:
        found = self.known.fields.get(branch.name)
        return found.kind if found else None

    def _options(self, branch: Branch) -> list[Option] | None:
        kind = self._kind(branch)
        return kind.options(branch.values, self.known.reader, MOST_OPTIONS) if kind else None


def _rooted(branch: Branch) -> Branch:
    """A group around it all, so that there is always one to add to."""
    return branch if branch.is_group and not branch.is_not else Branch(kind="every", parts=[branch])


def _written(text: str) -> tuple[str, ...]:
    """Values written by hand: several are separated by commas."""
    try:
        node = read(f"x:{text}")
    except FilterError:
        return (text,)
    return node.values if isinstance(node, Compare) else tuple(part.strip() for part in text.split(",") if part.strip())

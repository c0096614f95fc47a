"""Two texts side by side, as people read differences: by line, and inside a changed line by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 2_000  # in a line; longer ones are compared as a whole
LEAST_ALIKE = 0.35  # below it two lines are one removed and one added, not one changed


class Part(NamedTuple):
    """A piece of a line: same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the comparison; a changed one has parts of several kinds."""

    kind: str
    parts: tuple[Part, ...]


def compare(old: str, new: str) -> list[Line]:
    """The lines of both texts in reading order: what was removed stands before what was added in its place."""
    before, after = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            found += [_whole(SAME, text) for text in before[i1:i2]]
        else:
            found += _replaced(before[i1:i2], after[j1:j2])
    return found


def count(lines: Sequence[Line]) -> tuple[int, int]:
    """(lines added, lines removed); a changed line counts as both."""
    added = sum(line.kind in (ADDED, CHANGED) for line in lines)
    return added, sum(line.kind in (REMOVED, CHANGED) for line in lines)


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Lines in the place of others: pairwise as changed where they resemble each other."""
    for old, new in zip(before, after, strict=False):
        parts = _by_word(old, new)
        if parts is None:
            yield from (_whole(REMOVED, old), _whole(ADDED, new))
        else:
            yield Line(CHANGED, parts)
    yield from (_whole(REMOVED, text) for text in before[len(after) :])
    yield from (_whole(ADDED, text) for text in after[len(before) :])


def _by_word(old: str, new: str) -> tuple[Part, ...] | None:
    before, after = WORDS.findall(old), WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return None
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return None
    parts = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            parts.append(Part(SAME, "".join(before[i1:i2])))
        else:
            parts += [Part(kind, "".join(words)) for kind, words in ((REMOVED, before[i1:i2]), (ADDED, after[j1:j2])) if words]
    return tuple(parts)


def _whole(kind: str, text: str) -> Line:
    return Line(kind, (Part(kind, text),))

"""Whom a text calls by name: `@Ravi Menon`, or `@Ravi` where there is one of that name."""

from collections import Counter
from collections.abc import Iterable

Person = tuple[int, str]  # id, name


def mentioned(text: str, people: Iterable[Person]) -> set[int]:
    """The ids of the people called in the text; the longest name that fits each `@` counts, whatever its case."""
    if "@" not in text:
        return set()
    called = _names(people)
    found = set()
    for rest in text.casefold().split("@")[1:]:
        for name in sorted(called, key=len, reverse=True):
            after = rest[len(name) : len(name) + 1]
            if rest.startswith(name) and not (after.isalnum() or after == "_"):
                found.add(called[name])
                break
    return found


def _names(people: Iterable[Person]) -> dict[str, int]:
    """Full names, and first names that only one person has."""
    known = [(pk, name.casefold().strip()) for pk, name in people if name.strip()]
    first = Counter(name.split()[0] for _, name in known)
    full = Counter(name for _, name in known)
    names = {name.split()[0]: pk for pk, name in known if first[name.split()[0]] == 1}
    return names | {name: pk for pk, name in known if full[name] == 1}

"""A first draft of what a release brings, on plain values."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple


class Shipped(NamedTuple):
    """A feature as notes speak of it; without a theme its kind stands for one."""

    theme: str
    kind: str
    key: str
    title: str


def draft(features: Iterable[Shipped]) -> str:
    """Markdown: a heading for each theme in the order of their names, then one for each kind of what has none; a line for each feature."""
    rows = sorted(features, key=lambda row: (not row.theme, row.theme or row.kind, row.title.lower(), row.key))
    parts = []
    for heading, members in groupby(rows, key=lambda row: row.theme or row.kind):
        lines = [f"- {_plain(row.title)} ({row.key})" for row in members]
        parts.append(f"### {_plain(heading)}\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def retrospective(facts: Iterable[str], sections: Iterable[tuple[str, str]]) -> str:
    """Markdown: what is known of how it went, then a heading for each section (heading, what belongs there) to be written under."""
    parts = [" ".join(facts)]
    parts += [f"## {_plain(heading)}" + (f"\n\n_{_plain(guidance)}_" if guidance else "") for heading, guidance in sections]
    return "\n\n".join(part for part in parts if part)


def _plain(text: str) -> str:
    """The text as Markdown shows it as it stands."""
    for sign in "\\`*_[]<>":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())

"""A document as text with `## headings` and as sections, and what becomes of two people's texts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

HEADING = re.compile(r"##[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
LONGEST = 200_000  # characters of a whole document
LONGEST_HEADING = 200


class Section(NamedTuple):
    """A heading (empty before the first one) and the Markdown under it."""

    heading: str
    text: str


class SectionClash(NamedTuple):
    """A section that two people changed differently; text is None where it was taken out, base is None where it is new."""

    heading: str
    mine: str | None
    theirs: str | None
    base: str | None


def read_sections(text: str) -> list[Section]:
    """The sections of a text; `##` inside a fenced block is no heading. Raises ValueError with a sentence."""
    if len(text) > LONGEST:
        raise ValueError(f"A document holds at most {LONGEST:,} characters; this one has {len(text):,}.")
    found: list[tuple[str, list[str]]] = [("", [])]
    fence = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n"):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip(" `~"):
            fence = ""
        heading = None if fence or mark else HEADING.fullmatch(line)
        if heading:
            found.append((heading[1], []))
        else:
            found[-1][1].append(line)
    sections = [Section(heading, "\n".join(lines).strip("\n").rstrip()) for heading, lines in found]
    return check_sections(sections if sections[0].text else sections[1:])


def check_sections(sections: Sequence[Section]) -> list[Section]:
    """The sections; raises ValueError with a sentence where one cannot be told from another."""
    names = [section.heading.casefold() for section in sections]
    for section in sections:
        if names.count(section.heading.casefold()) > 1:
            raise ValueError(f"Two sections are called “{section.heading}”. Give one of them another heading.")
        if len(section.heading) > LONGEST_HEADING:
            raise ValueError(f"A heading holds at most {LONGEST_HEADING} characters.")
    return list(sections)


def write_text(sections: Iterable[Section]) -> str:
    """The sections as one text; `read_sections` gives them back."""
    blocks = [f"## {s.heading}\n{s.text}".rstrip() if s.heading else s.text for s in sections]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def unfilled(required: Iterable[str], sections: Iterable[Section]) -> list[str]:
    """The required headings under which nothing is written."""
    written = {section.heading.casefold() for section in sections if section.text.strip()}
    return [heading for heading in required if heading.casefold() not in written]


def merge(
    base: Sequence[Section], mine: Sequence[Section], theirs: Sequence[Section], chosen: Mapping[str, str] | None = None
) -> tuple[list[Section], list[SectionClash]]:
    """(my sections with what others did to those I left alone, the sections both of us changed differently).

    `chosen` settles clashes: by heading, the text that stands. Sections others added follow the one they put them behind.
    """
    was, here, there = (dict(version) for version in (base, mine, theirs))
    result: dict[str, str | None] = {}
    clashes = []
    for heading in _order(mine, theirs):
        old, my, their = was.get(heading), here.get(heading), there.get(heading)
        if chosen is not None and heading in chosen:
            result[heading] = chosen[heading] or (None if None in (my, their) else "")
        elif my in (old, their):
            result[heading] = their
        elif their == old:
            result[heading] = my
        else:
            result[heading] = my
            clashes.append(SectionClash(heading, my, their, old))
    return [Section(heading, text) for heading, text in result.items() if text is not None], clashes


def _order(mine: Sequence[Section], theirs: Sequence[Section]) -> list[str]:
    order = [section.heading for section in mine]
    for before, section in zip((None, *theirs), theirs, strict=False):
        if section.heading not in order:
            order.insert(order.index(before.heading) + 1 if before else 0, section.heading)
    return order

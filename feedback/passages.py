"""A message's text cut into what a page shows: paragraphs of pieces, each piece quoted or not, none longer than a sentence.

Plain values only. Every offset counts characters (code points) of the text as it is stored.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LINE = re.compile(r"[^\n]+")
STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+")  # a sentence ends at its stop, with the quotes and brackets that close it
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|Dr|Mr|Mrs|Ms|No|St|vs|approx|z\.B|d\.h|Sr|Sra)\.$")


@dataclass(frozen=True)
class Span:
    """A part of a text: the characters from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A run of characters of one sentence under the same links. `sentence` counts from 0; None between sentences."""

    text: str
    start: int
    sentence: int | None
    links: tuple[int, ...]


type Line = list[Piece]


def sentences(text: str) -> list[Span]:
    """Where the sentences of the text stand, without the white space around them; a line's end ends one too."""
    found: list[Span] = []
    for line in LINE.finditer(text):
        start = line.start()
        for stop in STOP.finditer(text, line.start(), line.end()):
            if not ABBREVIATION.search(text, start, stop.start() + 1):
                found.append(trimmed(text, start, stop.end()))
                start = stop.end()
        found.append(trimmed(text, start, line.end()))
    return [span for span in found if span.start < span.end]


def paragraphs(text: str, quoted: Sequence[tuple[int, Span]]) -> list[list[Line]]:
    """The text as paragraphs of lines of pieces; `quoted` names each linked passage by the id of its link."""
    said = sentences(text)
    edges = {0, len(text), *(e for s in said for e in (s.start, s.end)), *(e for _, s in quoted for e in (s.start, s.end))}
    edges |= {match.start() for match in re.finditer(r"\n", text)} | {match.end() for match in re.finditer(r"\n", text)}
    cuts = sorted(edge for edge in edges if 0 <= edge <= len(text))
    found: list[list[Line]] = [[[]]]
    for start, end in pairwise(cuts):
        run = text[start:end]
        if run == "\n":
            if found[-1][-1]:
                found[-1].append([])
            elif found[-1] != [[]]:
                found.append([[]])
            continue
        number = next((n for n, s in enumerate(said) if s.start <= start and end <= s.end), None)
        links = tuple(pk for pk, s in quoted if s.start <= start and end <= s.end)
        if run.strip() or found[-1][-1]:
            found[-1][-1].append(Piece(run, start, number, links))
    return [lines for paragraph in found if (lines := [line for line in paragraph if line])]


def find_again(quote: str, text: str, near: int) -> Span | None:
    """Where the quote stands in a changed text, as near as can be to where it was; None where it is gone."""
    places = [match.start() for match in re.finditer(re.escape(quote), text)]
    best = min(places, key=lambda place: abs(place - near), default=None)
    return None if best is None else Span(best, best + len(quote))


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends; empty where nothing else is in it."""
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return Span(start, max(start, start + len(part.strip())))

"""Which row a text means: ids, keys, numbers, paths and addresses, as people and exports write them. Plain values only."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable

from integrations.values import is_empty

SEPARATORS = re.compile(r"\s*[\n,;]\s*|\s+(?=(?:/|https?://|\[)\S)")
LINK = re.compile(r"\[[^\]]*\]\((\S+?)\)$")  # of Markdown: what it leads to is meant
ADDRESS = re.compile(r"https?://[^/\s]+/*([^\s?#]*)", re.IGNORECASE)
NUMBER = re.compile(r"#?(\d+)(?![^-_. ])")
COMMON = 10  # a name that so many rows have (README, index) is nobody's
FILE = re.compile(r"(.+)\.[a-z][a-z0-9]{1,4}$")


class Unmatched(ValueError):
    """A text that means no row, or several; the message is a sentence for the person who sent the file."""


def split(cell: str) -> list[str]:
    """The references of one cell: lines where it has several, else parted by commas, semicolons, or before a path or address."""
    parts = cell.splitlines() if "\n" in cell.strip() else SEPARATORS.split(cell.strip())
    return [part.strip() for part in parts if part.strip()]


class Known[Identity: Hashable]:
    """What rows are called, and which row a text means.

    A row is known by its id and key as they stand, by the number these begin with, and, where its id is a path, by the name of its
    file or folder: folders are renamed and moved while numbers stay. Leading zeros count: 0006 and 6 are numbers of different lists.
    """

    def __init__(self) -> None:
        self.labels: dict[Identity, str] = {}
        self._exact: dict[str, set[Identity]] = defaultdict(set)
        self._places: dict[str, set[Identity]] = defaultdict(set)
        self._numbers: dict[str, set[Identity]] = defaultdict(set)
        self._paths: dict[Identity, list[str]] = {}

    def add(self, identity: Identity, label: str, names: Iterable[str]) -> None:
        """The row is called so."""
        self.labels[identity] = label
        for name in names:
            clean = _clean(name)
            self._exact[clean].add(identity)
            segments = _segments(clean)
            if len(segments) > 1:
                self._paths[identity] = _folder(segments)
            for tail in _tails(segments):
                if len(segments) > 1:
                    self._places[tail].add(identity)
                if found := NUMBER.match(tail):
                    self._numbers[found[1]].add(identity)

    def find(self, text: str) -> Identity:
        """The one row that is meant. Raises Unmatched with the reason."""
        if is_empty(text):
            raise Unmatched("It names nothing.")
        clean, is_address = _read(text)
        segments = _segments(clean) if is_address or " " not in clean else []
        tails = _tails(segments)
        many = 0
        for candidates in (self._exact.get(clean, set()), *(self._at(segments, tail) for tail in tails)):
            if len(candidates) == 1:
                return next(iter(candidates))
            many = max(many, len(candidates))
        # Numbers of other places are other rows' numbers: an address must name the row's own file or folder.
        numbers = [found[1] for tail in tails if (found := NUMBER.match(tail))] if not is_address else []
        for number in numbers:
            if len(candidates := self._numbers.get(number, set())) == 1:
                return next(iter(candidates))
            many = max(many, len(candidates))
        if many:
            raise Unmatched(f"It fits {many} rows.")
        raise Unmatched("It leads elsewhere." if is_address else "Nothing here is called so.")

    def _at(self, segments: list[str], tail: str) -> set[Identity]:
        """The rows of a file or folder of that name; where there are several, those whose whole path is named."""
        candidates = self._places.get(tail, set())
        if len(candidates) <= 1:
            return candidates
        folder = _folder(segments)
        whole = {row for row in candidates if folder[-len(self._paths[row]) :] == self._paths[row]}
        return whole or (candidates if len(candidates) < COMMON else set())


def _read(text: str) -> tuple[str, bool]:
    """(the id or path that is meant, whether it was a web address)."""
    clean = _clean(text)
    if link := LINK.match(clean):
        clean = link[1]
    if address := ADDRESS.match(clean):
        return address[1].strip("/"), True
    return clean.split("#")[0].strip("/") or clean, False


def _clean(text: str) -> str:
    return text.strip(" \t\r\n\"'`<>").strip("/").lower()


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment not in ("", ".", "..")]


def _tails(segments: list[str]) -> list[str]:
    """What a path ends with: the name, of a file without its ending, and then its folder."""
    if not segments:
        return []
    file = FILE.match(segments[-1])
    return [file[1], *segments[-2:-1]] if file else segments[-1:]


def _folder(segments: list[str]) -> list[str]:
    return segments[:-1] if FILE.match(segments[-1]) else segments

"""Words that are spelt almost like another one. Plain values only."""

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA


def slips_in(word: str) -> int:
    """How many slips a word of this length is forgiven: shorter ones are like too many others."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def ends(word: str, slips: int) -> tuple[str, str]:
    """A beginning and an end of the word; what was meant has one of them at least.

    One slip, wherever it is, spares the beginning or the end, neither of which reaches the middle. Two spare the first letter or the
    end, unless one is in each.
    """
    half = (len(word) - 1) // 2
    return word[: half if slips == 1 else 1], word[-max(2, half) :]


def closest(word: str, known: Collection[str], most: int) -> list[list[str]]:
    """The known words one slip away, and those two away where the word is long enough; at most so many, the first named first.

    A slip is a letter too many, too few, another one, or two swapped (optimal string alignment distance).
    """
    slips = slips_in(word)
    alike = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=most + 1)
    return [[other for other, distance, _ in alike if distance == away] for away in range(1, slips + 1)]

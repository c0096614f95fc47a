"""Keys that sort the features of a product by hand: digits compared as text, so that there is always one between two others.

The first ten digits are a unit; a new feature's key is the unit of its number, behind every key there is. Both engines compare digits
alike, whatever their language. Keys are drawn from the middle of a gap by chance, so that a key put back later finds its place free.
"""

from collections.abc import Sequence
from random import randrange

UNIT = 10  # digits
ZERO = 10**9  # the unit of number 0; below it is room for what is moved to the top
ROOM = 1_000  # keys that fit between two neighbours where a gap is cut
THIN = 1_000  # what is moved to the bottom takes this part of the gap to the next new feature's key
MOST = 60  # digits; a move that would need more deals all keys of the product out anew


def first_key(number: int) -> str:
    """The key of a feature nobody has moved."""
    return str(ZERO + number)


def dealt_key(number: int) -> str:
    """The key that stands for this number where all keys are dealt out anew: still that of a feature somebody gave a place."""
    return f"{first_key(number)}5"


def keys_between(low: str, high: str, count: int) -> list[str]:
    """`count` rising keys strictly between two keys, as short as leaves room beside each."""
    places = max(len(low), len(high))
    while (step := (_whole(high, places) - _whole(low, places)) // (count + 1)) < ROOM:
        places += 1
    begin = _whole(low, places)
    chance = (randrange(-step // 4, step // 4) for _ in range(count))  # noqa: S311 - nothing secret
    return [str(begin + step * place + aside).zfill(places) for place, aside in enumerate(chance, start=1)]


def keys_above(high: str, count: int) -> list[str]:
    """`count` keys before the first one: a unit for each, so that moving to the top makes no key longer."""
    return keys_between(str(max(int(high[:UNIT]) - count - 1, 0)).zfill(UNIT), high, count)


def keys_below(low: str, last_number: int, count: int) -> list[str]:
    """`count` keys behind the last one, before that of the product's next new feature."""
    ceiling = str(max(ZERO + last_number, int(low[:UNIT])) + 1)
    places = max(len(low), UNIT)
    while (part := (_whole(ceiling, places) - _whole(low, places)) * count // (THIN + count)) < 1:
        places += 1
    return keys_between(low, str(_whole(low, places) + part).zfill(places), count)


def is_too_long(keys: Sequence[str]) -> bool:
    """Whether keys have grown beyond what a row holds."""
    return any(len(key) > MOST for key in keys)


def _whole(key: str, places: int) -> int:
    return int(key.ljust(places, "0") or 0)

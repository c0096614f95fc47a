"""Effort as people type it: one, two or three numbers of person-weeks."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

SEPARATOR = re.compile(r"\s*(?:[-–—/·…]|\bto\b|\.\.+|\s)\s*")
HIGHEST = Decimal("99999.99")
GUESSED_WEEKS = 2  # where there is no estimate


class Effort(NamedTuple):
    """Person-weeks; all None where nobody has estimated."""

    low: Decimal | None
    likely: Decimal | None
    high: Decimal | None


def read_effort(text: str) -> Effort:
    """`8`, `6-11` or `6/8/11` as (low, likely, high); of two numbers the middle is the likely one. Raises ValueError with a sentence."""
    text = text.strip().removesuffix("pw").strip()
    if not text:
        return Effort(None, None, None)
    numbers = [_number(part) for part in SEPARATOR.split(text)]
    if len(numbers) > 3:
        raise ValueError("Write one, two or three numbers of person-weeks: 8, 6-11 or 6/8/11.")
    if numbers != sorted(numbers):
        raise ValueError("Effort is given as low, likely, high, in that order.")
    if numbers[-1] > HIGHEST:
        raise ValueError("That is more person-weeks than anything takes.")
    likely = numbers[1] if len(numbers) == 3 else ((numbers[0] + numbers[-1]) / 2).quantize(Decimal("0.01"))
    return Effort(numbers[0], likely, numbers[-1])


def _number(part: str) -> Decimal:
    try:
        found = Decimal(part.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0:
        raise ValueError("Write person-weeks as numbers: 8, 6-11 or 6/8/11.")
    return found.quantize(Decimal("0.01")) if found <= HIGHEST else found


def say_effort(low: Decimal | None, likely: Decimal | None, high: Decimal | None, joint: str = "–", whole: bool = False) -> str:
    """The effort at a glance, `6–11`; with `whole` all three, so that reading it again gives the same."""
    known = [value for value in ((low, likely, high) if whole else (low, high)) if value is not None] or [likely]
    if known == [None]:
        return ""
    words = [f"{value.normalize():f}" for value in known]
    return words[0] if len(set(words)) == 1 else joint.join(words)


def usual_days(weeks: Decimal | None) -> int:
    """How many days a feature of so many person-weeks is drawn and reckoned with, where nobody said when it starts."""
    return min(int((weeks or GUESSED_WEEKS) * 7), 365)

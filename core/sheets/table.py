"""A table of plain values, and the texts in it that a spreadsheet would take for formulas."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

type Plain = str | int | Decimal | date | None

# A cell that begins so is a formula to one spreadsheet or another; a quote before it says that it is text.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)


class Heading(NamedTuple):
    """The head of a column, and how many characters wide it is usually looked at."""

    name: str
    width: int = 16


@dataclass(frozen=True)
class Table:
    """Rows of plain values under their heads, read in batches while they are written."""

    name: str
    headings: Sequence[Heading]
    batches: Iterable[Iterable[Sequence[Plain]]]


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet reckons with; `unguarded` gives it back. What is a number harms nobody."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """The text that was guarded, and every other cell as it is."""
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell

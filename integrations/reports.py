"""What is known of an import: its target, its file, how it is read, what the page shows of it."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings

from core.exceptions import RuleBroken
from integrations import tables
from integrations.importing import SKIP, Reader
from integrations.models import ImportRow, ImportRun
from integrations.targets import TARGETS, Target

SAMPLES = 3
SHOWN_ROWS = 100


@dataclass(frozen=True)
class Word:
    """A word of a column nobody said the meaning of yet, or said it."""

    name: str
    text: str
    count: int
    meaning: str


@dataclass(frozen=True)
class WordColumn:
    """The words of one column, and what they may mean."""

    label: str
    choices: list[tuple[str, str]]
    words: list[Word]


def target_of(kind: str) -> Target:
    """The target of this kind; refused with the known ones."""
    if kind not in TARGETS:
        raise RuleBroken(f"There is nothing to import called “{kind}”. Known are {', '.join(TARGETS)}.", "kind")
    return TARGETS[kind]


def path_of(digest: str) -> Path:
    """Where an imported file is kept."""
    return settings.MEDIA_ROOT / "imports" / digest


def table_of(run: ImportRun) -> tuple[bytes, tables.Dialect]:
    """The run's file and how its plan says it is written."""
    plan = run.plan
    dialect = tables.Dialect(plan.get("encoding") or "utf-8", plan.get("delimiter") or ",", plan.get("header", True))
    return path_of(run.digest).read_bytes(), dialect


def reader_of(run: ImportRun) -> Reader:
    """What reads the run's rows, in the name of the person who brought the file."""
    return Reader(target_of(run.kind), run.plan, run.owner, run.product)


def samples_of(run: ImportRun) -> tuple[list[str], list[list[str]]]:
    """The columns' names and, per column, its first cells. Raises UnreadableTable."""
    content, dialect = table_of(run)
    names = tables.header(content, dialect)
    rows = [row.cells for row in islice(tables.read(content, dialect), SAMPLES)]
    return names, [[cells[position] for cells in rows if cells[position].strip()] for position in range(len(names))]


def words_of(run: ImportRun) -> list[WordColumn]:
    """Per column of known words: the words in the file that are not known here, with what was said of them."""
    content, dialect = table_of(run)
    reader = reader_of(run)
    unknown = reader.unknown_words(tables.read(content, dialect))
    found = []
    for position, known, column in reader.columns():
        if known.choices is None:
            continue
        meanings = column.get("values", {})
        words = [
            Word(f"word_{position}_{i}", text, count, meanings.get(text, ""))
            for i, (text, count) in enumerate(unknown.get(position, {}).items())
        ]
        words += [Word(f"said_{position}_{i}", text, 0, meaning) for i, (text, meaning) in enumerate(meanings.items())]
        if words:
            names = {id(value): word for word, value in reversed(reader.choices(known).items())}
            choices = [
                ("", "leave blank"),
                (SKIP, "leave the row out"),
                *((word, str(reader.choices(known)[word])) for word in names.values()),
            ]
            found.append(WordColumn(f"{known.label} ({tables.header(content, dialect)[position]})", choices, words))
    return found


def rows_of(run: ImportRun, user, outcome: str = "") -> list[ImportRow]:
    """The first rows of the result, refused ones first."""
    rows = ImportRow.objects.visible_to(user).filter(run=run)
    rows = rows.filter(outcome=outcome) if outcome in ImportRow.Outcome.values else rows
    return list(rows.order_by("number")[:SHOWN_ROWS])

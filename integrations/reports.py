"""What is known of an import: its target, its file, how it is read, what the page shows of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from core.exceptions import RuleBroken
from core.models import Product, User
from integrations import tables
from integrations.importing import MAKE, SKIP, Reader
from integrations.models import ImportReference, ImportRow, ImportRun
from integrations.targets import TARGETS, Target

SAMPLES = 3  # shown of a column
SAMPLE_ROWS = 20
WORD_ROWS = 100_000  # looked through for unknown words
MOST_WORDS = 100  # asked about in one column
UNSAID = [("", "Leave blank"), (SKIP, "Leave the row out")]


@dataclass(frozen=True)
class Word:
    """A word of a column, how many rows hold it while nobody said its meaning, and the meaning once somebody did."""

    text: str
    count: int
    meaning: str | None


@dataclass(frozen=True)
class WordColumn:
    """The words of one column, and what they may mean; `more` are too many to be asked about one by one.

    Where words can be made into rows of that name, `makes` says whether those nobody explains are.
    """

    position: int
    label: str
    name: str
    choices: list[tuple[str, str]]
    words: list[Word]
    more: int
    can_make: bool
    makes: bool


def target_of(kind: str, user: User, product: Product | None) -> Target:
    """The target of this kind with the fields this person's file may fill; refused with the known ones."""
    if kind not in TARGETS:
        raise RuleBroken(f"There is nothing to import called “{kind}”. Known are {', '.join(TARGETS)}.", "kind")
    return TARGETS[kind].for_run(user, product)


def path_of(digest: str) -> Path:
    """Where an imported file is kept."""
    return settings.MEDIA_ROOT / "imports" / digest


def table_of(run: ImportRun) -> tuple[bytes, tables.Dialect]:
    """The run's file and how its plan says it is written."""
    return path_of(run.digest).read_bytes(), dialect_of(run.plan)


def dialect_of(plan: Mapping[str, Any]) -> tables.Dialect:
    """How the plan says its file is written."""
    return tables.Dialect(plan.get("encoding") or "utf-8", plan.get("delimiter") or ",", plan.get("header", True))


def reader_of(run: ImportRun) -> Reader:
    """What reads the run's rows, in the name of the person who brought the file."""
    return Reader(target_of(run.kind, run.owner, run.product), run.plan, run.owner, run.product)


def samples_of(run: ImportRun) -> tuple[list[str], list[list[str]]]:
    """The columns' names and, per column, its first cells. Raises UnreadableTable."""
    content, dialect = table_of(run)
    names = tables.header(content, dialect)
    rows = [row.cells for row in islice(tables.read(content, dialect), SAMPLE_ROWS)]
    samples = [list(filter(None, dict.fromkeys(" ".join(cells[position].split()) for cells in rows))) for position in range(len(names))]
    return names, [found[:SAMPLES] for found in samples]


def has_more_rows(run: ImportRun, most: int) -> bool:
    """Whether the file has more than so many rows; one that cannot be read to there has not."""
    try:
        return next(islice(tables.read(*table_of(run)), most, None), None) is not None
    except (tables.UnreadableTable, OSError):
        return False


def must_be_readable(run: ImportRun, dialect: tables.Dialect) -> None:
    """Raises UnreadableTable where the first rows of the run's file are not written so."""
    content = path_of(run.digest).read_bytes()
    for _ in islice(tables.read(content, dialect), SAMPLE_ROWS):
        pass


def words_of(run: ImportRun) -> list[WordColumn]:
    """Per column of known words: those of the file's first rows that are not known here, the most frequent first, and what was said
    of others."""
    content, dialect = table_of(run)
    reader, names = reader_of(run), tables.header(content, dialect)
    unknown = reader.unknown_words(islice(tables.read(content, dialect), WORD_ROWS))
    found = []
    for position, known, column in reader.columns():
        if known.choices is None or position >= len(names):
            continue
        counted, meanings = unknown.get(position, Counter()), column.get("values", {})
        words = [Word(text, count, None) for text, count in counted.most_common(MOST_WORDS)]
        words += [Word(text, 0, meaning) for text, meaning in meanings.items()]
        makes = column.get("unknown") == MAKE
        if words or makes:
            choices = reader.choices(known)
            firsts = {id(value): word for word, value in reversed(list(choices.items()))}
            meant = [(word, str(choices[word])) for word in firsts.values()]
            more = max(0, len(counted) - MOST_WORDS)
            found.append(WordColumn(position, known.label, names[position], [*UNSAID, *meant], words, more, known.make is not None, makes))
    return found


def columns_left_out(run: ImportRun) -> list[str]:
    """The names of the columns that nothing is taken from. Raises UnreadableTable."""
    names, taken = tables.header(*table_of(run)), run.plan.get("columns", {})
    return [name for position, name in enumerate(names) if str(position) not in taken]


def references_of(run: ImportRun, user, outcome: str = "") -> QuerySet[ImportReference]:
    """What became of the relations the rows name, or of those with this outcome."""
    rows = ImportReference.objects.visible_to(user).filter(run=run)
    return rows.filter(outcome=outcome) if outcome in ImportReference.Outcome.values else rows


def count_references(run: ImportRun, user) -> list[tuple[str, str, int]]:
    """(outcome, its words, how many relations) for each outcome there is."""
    counted = dict(references_of(run, user).order_by().values_list("outcome").annotate(count=Count("pk")))
    return [(one.value, one.label, counted[one]) for one in ImportReference.Outcome if one in counted]


def rows_of(run: ImportRun, user, outcome: str = "") -> QuerySet[ImportRow]:
    """What became of the rows of the run, or of those with this outcome."""
    rows = ImportRow.objects.visible_to(user).filter(run=run)
    return rows.filter(outcome=outcome) if outcome in ImportRow.Outcome.values else rows

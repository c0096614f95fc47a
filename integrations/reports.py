"""What the import page shows of a file."""

from dataclasses import dataclass
from itertools import islice

from integrations import services, tables
from integrations.importing import SKIP
from integrations.models import ImportRow, ImportRun

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


def samples_of(run: ImportRun) -> tuple[list[str], list[list[str]]]:
    """The columns' names and, per column, its first cells. Raises UnreadableTable."""
    content, dialect = services.table_of(run)
    names = tables.header(content, dialect)
    rows = [row.cells for row in islice(tables.read(content, dialect), SAMPLES)]
    return names, [[cells[position] for cells in rows if cells[position].strip()] for position in range(len(names))]


def words_of(run: ImportRun) -> list[WordColumn]:
    """Per column of known words: the words in the file that are not known here, with what was said of them."""
    content, dialect = services.table_of(run)
    reader = services.reader_of(run)
    unknown = reader.unknown_words(tables.read(content, dialect))
    found = []
    for position, known, settings in reader.columns():
        if known.choices is None:
            continue
        meanings = settings.get("values", {})
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

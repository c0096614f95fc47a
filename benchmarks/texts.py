"""What the search is measured on: texts of made-up words as common as words are, and what people who remember a few of them type.

Runs inside the installation. Everything follows from one seed. Word number r of the vocabulary is drawn with a likelihood of 1/r (Zipf).
"""

import itertools
import math
import random
from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.models import Model

from benchmarks.inside import execute, settle
from core.services.search import count_words
from core.sql import is_sqlite
from feedback.models import Feedback
from roadmaps.models import Feature
from roadmaps.order import ZERO

SEED, WORDS, QUERIES = 20, 60_000, 500
IN_TITLE, IN_TEXT = 5, 15  # words
FEATURES = 11  # one in so many texts is a feature's, the others are feedback
LETTERS, VOWELS, ENDS = "abcdefghijklmnopqrstuvwxyz", "aeiou", ["", "", "", *"nrslt"]
BEGINNINGS = [*"bcdfghjklmnprstvwz", "br", "cl", "dr", "gr", "pl", "st", "tr"]
INDEXES = {"core_searchentry_vector": "vector", "core_searchentry_title": "title"}
FIRST_NUMBER, FIRST_MESSAGE = 1_000, 1_000_000  # what stands before them was there


def vocabulary() -> list[str]:
    """So many different words, the commonest first: they are short, as in every language."""
    chance, found = random.Random(SEED), {}
    while len(found) < WORDS:
        syllables = max(1, round(chance.gauss(1.2 + math.log10(len(found) + 1) / 2.2, 0.6)))
        found["".join(chance.choice(BEGINNINGS) + chance.choice(VOWELS) + chance.choice(ENDS) for _ in range(syllables))] = None
    return list(found)


def texts(count: int) -> Iterator[tuple[list[str], list[str]]]:
    """Words of title and text of each row."""
    chance, words = random.Random(SEED + 1), vocabulary()
    shares = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    for _ in range(count):
        drawn = chance.choices(words, cum_weights=shares, k=IN_TITLE + IN_TEXT)
        yield drawn[:IN_TITLE], drawn[IN_TITLE:]


def fill_texts(count: int) -> list[list[str]]:
    """So many rows with their entries in the index; answers the queries, each with the address of the row it was made from."""
    chance = random.Random(SEED + 2)
    asked = set(chance.sample(range(1, count + 1), QUERIES))
    queries = []
    with transaction.atomic():
        execute("CREATE TEMPORARY TABLE said (n integer PRIMARY KEY, heading text, body text)")
        ranks = {word: rank for rank, word in enumerate(vocabulary())}
        with connection.cursor() as cursor:
            for block in itertools.batched(enumerate(texts(count), start=1), 5_000):
                rows = [(n, " ".join(title), " ".join(body)) for n, (title, body) in block]
                marks = ", ".join(["(%s, %s, %s)"] * len(rows))
                cursor.execute(f"INSERT INTO said VALUES {marks}", [value for row in rows for value in row])
                queries += [[query_for(chance, title, ranks), address(n)] for n, (title, _) in block if n in asked]
        _rows()
    settle()
    return queries


def query_for(chance: random.Random, title: Sequence[str], ranks: dict[str, int]) -> str:
    """What somebody remembers of a title: the two words that tell most, and in half of the queries one more; every fifth with a slip."""
    told = sorted(set(title), key=ranks.__getitem__, reverse=True)
    words = told[:2] + (chance.sample(told[2:], 1) if len(told) > 2 and chance.random() < 0.5 else [])
    chance.shuffle(words)
    if chance.random() < 0.2:
        long = [place for place, word in enumerate(words) if len(word) >= 4]
        place = chance.choice(long) if long else 0
        words[place] = slipped(chance, words[place])
    return " ".join(words)


def slipped(chance: random.Random, word: str) -> str:
    """The word with a letter too many, too few, another one, or two swapped."""
    place, letter = chance.randrange(len(word)), chance.choice(LETTERS)
    after = min(place, len(word) - 2)
    return chance.choice(
        (
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:after] + word[after + 1] + word[after] + word[after + 2 :] if len(word) > 1 else word + letter,
        )
    )


def address(n: int) -> str:
    """Of the page of row number n."""
    return f"/features/PAY-{n + FIRST_NUMBER}/" if n % FEATURES == 0 else f"/feedback/{n + FIRST_MESSAGE}/"


def _rows() -> None:
    """The rows of the texts, as copies of the first of their kind, and their entries."""
    if not is_sqlite():
        execute("SET LOCAL session_replication_role = replica")  # what the rows refer to is there: it was copied
    feature = Feature._base_manager.order_by("pk")[0]
    message = Feedback._base_manager.create(title="First", product=feature.product)
    number, key, pk = f"n + {FIRST_NUMBER}", f"'PAY-' || (n + {FIRST_NUMBER})", f"n + {FIRST_MESSAGE}"
    place = f"CAST({ZERO} + {number} AS VARCHAR(64))"
    _copy(Feature, feature.pk, {"number": number, "sort_key": place, "key": key, "title": "heading", "description": "body"}, "=")
    _copy(Feedback, message.pk, {"id": pk, "title": "heading", "text": "body"}, "<>")
    if not is_sqlite():
        for index in INDEXES:
            execute(f"DROP INDEX {index}")
    _enter(f"roadmaps_feature f ON f.number = {number}", "'roadmaps.feature'", "f.key", "REPLACE(f.key, '-', ' ') || ' ' || heading")
    _enter(f"feedback_feedback f ON f.id = {pk}", "'feedback.feedback'", "''", "heading")
    if not is_sqlite():
        execute("SET LOCAL maintenance_work_mem = '256MB'")
        for index, column in INDEXES.items():
            execute(f"CREATE INDEX {index} ON core_searchentry USING gin ({column})")
    count_words()


def _enter(source: str, kind: str, key: str, label: str) -> None:
    execute(
        "INSERT INTO core_searchentry (subject_type, subject_id, product_id, field_class, key, label, text) "
        f"SELECT {kind}, f.id, f.product_id, '', {key}, {label}, {label} || ' ' || body FROM said JOIN {source}"
    )


def _copy(model: type[Model], pk: int, instead: dict[str, str], which: str) -> None:
    columns = [field.column for field in model._meta.concrete_fields if field.name != "id" or "id" in instead]
    values = ", ".join(instead.get(column, f"f.{column}") for column in columns)
    table = model._meta.db_table
    rows = f"FROM {table} f, said WHERE f.id = {pk} AND MOD(n, {FEATURES}) {which} 0"
    execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} {rows}")

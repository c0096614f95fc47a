"""Finding things by key or words: exact keys first, then what fits best; where nothing fits, what is spelt alike."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from rapidfuzz import fuzz, process

from core.models import SearchEntry, User
from core.registry import subject_of
from core.reports import rows_of
from core.sql import in_ids, is_sqlite

WORD = re.compile(r"\w+")
LONGEST, MOST_WORDS = 200, 8
RANKED = 2_000
MOST_ALIKE = 20  # words like a misspelt one that are tried
ALIKE = 76  # of 100: how much a misspelt word must be like a known one
SIMILAR = 0.35  # the same in PostgreSQL's measure


@dataclass(frozen=True)
class Hit:
    """A thing found."""

    key: str
    label: str
    url: str
    noun: str
    icon: str


def find(user: User, query: str, limit: int = 20) -> list[Hit]:
    """What this person may see of what the query asks for, best first."""
    query = folded(query[:LONGEST]).strip()
    words = [word.lower() for word in WORD.findall(query)][:MOST_WORDS]
    if not words:
        return []
    seen = SearchEntry.objects.visible_to(user)
    keys = seen.filter(key__startswith=query.upper()).order_by("key").values_list("pk", flat=True)
    exact = list(seen.filter(key=query.upper()).values_list("pk", flat=True))
    ids = list(dict.fromkeys([*exact, *keys[:limit], *_matching(user, words, limit)]))
    if not ids:
        ids = _alike(user, words, limit)
    return _hits(user, {entry.pk: entry for entry in seen.filter(pk__in=ids[: limit * 2])}, ids)[:limit]


def sharing(user: User, subject_type: str, beginnings: Sequence[str], limit: int) -> list[int]:
    """Ids of rows of this type with words that begin like some of these, best first: candidates for who compares texts closer.

    The longest beginnings tell most and are taken. The caller reads the rows through `visible_to`.
    """
    told = sorted({folded(word).lower() for word in beginnings if WORD.fullmatch(word)}, key=lambda word: (-len(word), word))[:MOST_WORDS]
    if not told:
        return []
    if is_sqlite():
        joined = "core_searchtext JOIN core_searchentry e ON e.id = core_searchtext.rowid"
        matched = f"{joined} WHERE core_searchtext MATCH %s AND e.subject_type = %s"
        given = [" OR ".join(f'"{word}"*' for word in told), subject_type]
        entries = _run(user, matched, given, "bm25(core_searchtext, 8.0, 4.0, 1.0)", [], limit)
    else:
        query = " | ".join(f"'{word}':*" for word in told)
        # Ranking reads every match: the newest are enough.
        which = "vector @@ to_tsquery('simple', %s) AND subject_type = %s"
        newest = f"SELECT * FROM core_searchentry WHERE {which} ORDER BY id DESC LIMIT {RANKED}"  # noqa: S608 - our own words
        matched, given = f"({newest}) e WHERE TRUE", [query, subject_type]
        entries = _run(user, matched, given, "ts_rank(e.vector, to_tsquery('simple', %s)) DESC", [query], limit)
    found = dict(SearchEntry.objects.visible_to(user).filter(pk__in=entries).values_list("pk", "subject_id"))
    return [found[pk] for pk in entries if pk in found]


def folded(text: str) -> str:
    """The text without accents, so that Córdoba is found by cordoba; PostgreSQL knows of none by itself."""
    parts = unicodedata.normalize("NFKD", text.replace("\x00", ""))
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _hits(user: User, entries: dict[int, SearchEntry], ids: Sequence[int]) -> list[Hit]:
    """The entries in order, with names and addresses from rows the person sees themselves."""
    found = [entries[pk] for pk in ids if pk in entries]
    rows = rows_of(user, {(entry.subject_type, entry.subject_id) for entry in found})
    hits = []
    for entry in found:
        row = rows.get((entry.subject_type, entry.subject_id))
        if row is not None:
            subject = subject_of(row)
            key = subject.key(row) if subject.key else ""
            hits.append(Hit(key, subject.label(row).removeprefix(key).strip() or key, subject.url(row), subject.noun, subject.icon))
    return hits


def _matching(user: User, words: Sequence[str], limit: int) -> list[int]:
    """Entries with all the words, each at the beginning of one of theirs, best first."""
    if is_sqlite():
        query = " ".join(f'"{word}"*' for word in words)
        matched = "core_searchtext JOIN core_searchentry e ON e.id = core_searchtext.rowid WHERE core_searchtext MATCH %s"
        return _run(user, matched, [query], "bm25(core_searchtext, 8.0, 4.0, 1.0)", [], limit)
    query = " & ".join(f"'{word}':*" for word in words)
    matched = "core_searchentry e WHERE e.vector @@ to_tsquery('simple', %s)"
    return _run(user, matched, [query], "ts_rank(e.vector, to_tsquery('simple', %s)) DESC", [query], limit)


def _alike(user: User, words: Sequence[str], limit: int) -> list[int]:
    """Entries whose words are spelt much like these."""
    if is_sqlite():
        meant = [_known_word(word, user) for word in words]
        return _matching(user, [word for word in meant if word], limit) if all(meant) and meant != list(words) else []
    if not _has_trigrams():
        return []
    query = " ".join(words)
    matched = "core_searchentry e WHERE word_similarity(%s, lower(e.label)) >= %s"
    return _run(user, matched, [query, SIMILAR], "word_similarity(%s, lower(e.label)) DESC", [query], limit)


def _known_word(word: str, user: User) -> str | None:
    """The word itself, or the one most like it, with the same first letter, that the person may find; None where none is."""
    if _matching(user, [word], 1):
        return word
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term FROM core_searchword WHERE term >= %s AND term < %s ORDER BY cnt DESC LIMIT 5000", [word[0], word[0] + "\uffff"]
        )
        known = [row[0] for row in cursor.fetchall()]
    alike = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_ALIKE)
    return next((term for term, *_ in alike if _matching(user, [term], 1)), None)


def _has_trigrams() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None


def _run(user: User, matched: str, given: list, order: str, order_given: list, limit: int) -> list[int]:
    """Ids of matching entries of products in sight; the caller reads them through `visible_to` once more."""
    visible, ids = in_ids("e.product_id", sorted(user.rights.visible))
    everybodys = "e.product_id IS NULL OR " if user.rights.is_member else ""
    statement = f"SELECT e.id FROM {matched} AND ({everybodys}{visible}) ORDER BY {order}, e.id LIMIT %s"  # noqa: S608 - our own words
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, *ids, *order_given, limit * 3])
        return [row[0] for row in cursor.fetchall()]

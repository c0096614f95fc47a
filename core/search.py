"""Finding things by key or words: exact keys first, then what fits best; last what a misspelt word may have meant.

What fits is asked for in steps, from all the words in the title to most of the words anywhere, until a page is full. Each step ranks the
newest matches only: to rank every row with a common word costs a second. Rights are part of each statement.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core.models import SearchEntry, User
from core.models.search import classes_for
from core.registry import subjects
from core.spelling import closest, ends, slips_in
from core.sql import in_ids, is_sqlite

WORD = re.compile(r"[^\W_]+")
LONGEST, MOST_WORDS = 200, 8
RANKED = 1_000
MOST_ALIKE = 40  # words like a misspelt one that are tried
MOST_KNOWN = 5_000  # words with the same beginning, or the same end, that are compared
FEW = 3  # found as typed; with fewer, and none by its title, slips are looked for
COMMON, TOO_COMMON = 5_000, 50_000  # entries; a word of more is meant as it stands, and no beginning of others
IN_TITLE = 0.25  # of a text's words stand in its title, about

Group = tuple[str, ...]  # words of which an entry has at least one; those that end in * are beginnings
Query = Sequence[Sequence[Group]]  # some of: all of


@dataclass(frozen=True)
class Where:
    """The condition on an entry `e`, with its parameters, that a person may find it and asked for such."""

    sql: str
    params: list


@dataclass(frozen=True)
class Counts:
    """About how many entries there are, the highest id of one, and in about how many stands each term: a word, or a beginning with a *."""

    entries: int
    highest: int
    terms: dict[str, int]

    def of(self, group: Group) -> int:
        return min(self.entries, sum(self.terms.get(term, 0) for term in group))

    def matches(self, groups: Sequence[Group], *, is_title: bool = False) -> float:
        """How many entries have one of each group, were words to stand together by chance."""
        return self.entries * prod(self.of(group) / self.entries * (IN_TITLE if is_title else 1) for group in groups)


@dataclass
class Finding:
    """Ids of entries, best first, and the words and beginnings they were found by."""

    ids: dict[int, None] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)

    def add(self, ids: Sequence[int], terms: Iterable[str]) -> None:
        if ids:
            self.ids.update(dict.fromkeys(ids))
            self.terms.update(terms)


def words_in(query: str) -> list[str]:
    """The words of what was typed, as the index knows them."""
    return [word.lower() for word in WORD.findall(folded(query[:LONGEST]))][:MOST_WORDS]


def search(user: User, query: str, most: int, kinds: Sequence[str] = (), product: int | None = None) -> Finding:
    """The best entries this person may read that the query asks for, of these types and this product alone where any are named."""
    found, words = Finding(), words_in(query)
    if not words:
        return found
    where = _where(user, kinds, product)
    found.add(_keys(where, folded(query[:LONGEST]).strip().upper(), most), ())
    for terms, ids in _steps(where, words, most, found):
        found.add(ids, terms)
        if len(found.ids) >= most:
            break
    return found


def sharing(user: User, subject_type: str, beginnings: Sequence[str], limit: int) -> list[int]:
    """Ids of rows of this type with words that begin like some of these, best first: candidates for who compares texts closer.

    The longest beginnings tell most and are taken. The caller reads the rows through `visible_to`.
    """
    told = sorted({folded(word).lower() for word in beginnings if WORD.fullmatch(word)}, key=lambda word: (-len(word), word))[:MOST_WORDS]
    if not told:
        return []
    entries = _best(_where(user, [subject_type], None), [[tuple(f"{word}*" for word in told)]], limit, _counts(told))
    found = dict(SearchEntry.objects.visible_to(user).filter(pk__in=entries).values_list("pk", "subject_id"))
    return [found[pk] for pk in entries if pk in found]


def folded(text: str) -> str:
    """The text without accents, so that Córdoba is found by cordoba; PostgreSQL knows of none by itself."""
    parts = unicodedata.normalize("NFKD", text.replace("\x00", ""))
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _steps(where: Where, words: Sequence[str], most: int, found: Finding) -> Iterator[tuple[set[str], list[int]]]:
    """What each step finds, and by which terms, the strictest first; slips are looked for where little was found before."""
    counts, terms = _counts(words), set(words)
    whole: list[Group] = [(word,) for word in words]
    titled = _titled(where, whole, most, counts)
    yield terms, titled
    yield terms, _best(where, [whole], most, counts)
    common = {word for word in words if counts.terms[word] > COMMON}
    groups: list[Group] = [(word,) if word in common or counts.terms[f"{word}*"] > TOO_COMMON else (f"{word}*",) for word in words]
    yield terms, _best(where, [groups], most, counts)
    if titled or len(found.ids) >= FEW:
        return
    for slips in (1, 2):
        meant = [_alike(word, slips) if word not in common else {} for word in words]
        if any(meant):
            groups = [(*group, *others) for group, others in zip(groups, meant, strict=True)]
            for others in meant:
                terms.update(others)
                counts.terms.update(others)
            yield terms, _best(where, [groups], most, counts)
            if found.ids:
                return
    told = [group for group, word in zip(groups, words, strict=True) if word.isalpha() and len(word) > 2]
    if len(told) > 1 and not found.ids:
        yield terms, _best(where, [[group for group in told if group is not left_out] for left_out in told], most, counts)


def _counts(words: Sequence[str]) -> Counts:
    begins, joker = _beginning()
    either = " UNION ALL ".join(
        f"SELECT %s, COALESCE(SUM(docs) FILTER (WHERE word = %s), 0), COALESCE(SUM(docs), 0) FROM core_searchword WHERE word {begins} %s"
        for _ in words
    )
    size = "MAX(id) FROM core_searchentry" if is_sqlite() else "RELTUPLES::bigint FROM PG_CLASS WHERE OID = 'core_searchentry'::regclass"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT {size}), (SELECT MAX(id) FROM core_searchentry)")
        entries, highest = (number or 0 for number in cursor.fetchone())
        cursor.execute(either, [value for word in words for value in (word, word, f"{word}{joker}")])
        terms = {term: docs for word, alone, begun in cursor.fetchall() for term, docs in ((word, alone), (f"{word}*", begun))}
    return Counts(max(1, entries, *terms.values()), highest, terms)


def _beginning() -> tuple[str, str]:
    """How an engine asks for words with a beginning so that an index helps: the sign, and what stands for the rest."""
    return ("GLOB", "*") if is_sqlite() else ("LIKE", "%")


def _alike(word: str, slips: int) -> dict[str, int]:
    """The words so many slips away from this one, and in about how many entries each stands.

    They are taken from all texts, seen or not: what a person finds by them are entries they may read, and those alone.
    """
    if slips > slips_in(word) or not word.isalpha():
        return {}
    head, tail = ends(word, slips)
    begins, joker = _beginning()
    some = f"{begins} %s AND LENGTH(word) BETWEEN %s AND %s ORDER BY docs DESC LIMIT {MOST_KNOWN}"
    both = " UNION ALL ".join(
        f"SELECT * FROM (SELECT word, docs FROM core_searchword WHERE {end} {some}) {end}" for end in ("word", "backwards")
    )
    lengths = [len(word) - slips, len(word) + slips]
    with connection.cursor() as cursor:
        cursor.execute(both, [f"{head}{joker}", *lengths, f"{tail[::-1]}{joker}", *lengths])
        known = dict(sorted(cursor.fetchall(), key=lambda row: -row[1]))
    return {other: known[other] for other in closest(word, list(known), MOST_ALIKE)[slips - 1]}


def _keys(where: Where, key: str, most: int) -> list[int]:
    """The entry of this key, however many zeros its number is written with, and those whose keys begin with it."""
    if not re.fullmatch(r"[A-Z0-9-]+", key):
        return []
    begins, joker = _beginning()
    numbered = re.fullmatch(r"([A-Z0-9]+-)0*(\d{1,9})", key)
    same = f"{numbered[1]}{numbered[2]:0>2}" if numbered else key
    statement = f"""SELECT e.id FROM core_searchentry e WHERE (e.key = %s OR e.key {begins} %s) AND {where.sql}
        ORDER BY e.key <> %s, LENGTH(e.key), e.key, e.id LIMIT %s"""
    return _ids(statement, [same, f"{key}{joker}", *where.params, same, most])


def _where(user: User, kinds: Sequence[str], product: int | None) -> Where:
    """Entries of products in sight and, for members, of the organisation; of texts of the classes they see; of rows they may read."""
    visible, params = in_ids("e.product_id", sorted(user.rights.visible))
    classes = classes_for(user)
    sql = [
        f"({'e.product_id IS NULL OR ' if user.rights.is_member else ''}{visible})",
        f"e.field_class IN ({', '.join(['%s'] * len(classes))})",
    ]
    params = [*params, *classes]
    if kinds:
        sql.append(f"e.subject_type IN ({', '.join(['%s'] * len(kinds))})")
        params += kinds
    if product is not None:
        sql.append("e.product_id = %s")
        params.append(product)
    for name, subject in subjects.items():
        if subject.text is not None and subject.is_narrower(user):
            rows, given = _ids_of(subject.model.objects.visible_to(user))
            sql.append(f"(e.subject_type <> %s OR e.subject_id IN ({rows}))")
            params += [name, *given]
    return Where(" AND ".join(sql), params)


def _ids_of(rows: QuerySet) -> tuple[str, Sequence]:
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "NULL", []


def _titled(where: Where, groups: Sequence[Group], most: int, counts: Counts) -> list[int]:
    """Entries with all of it in key and label, those first that say little else."""
    matches = counts.matches(groups, is_title=True)
    return _newest(where, _spelt([groups], is_title=True), most, _Order("title", "LENGTH(e.label)", "m.worth"), matches, counts)


def _best(where: Where, query: Query, most: int, counts: Counts) -> list[int]:
    """The newest entries that match, best first: words of the title tell most."""
    told = _spelt(query)
    if is_sqlite():
        order = _Order("vector", "bm25(core_searchtext, 8.0, 4.0, 1.0)", "m.worth")
    else:
        order = _Order("vector", "e.vector", "TS_RANK(m.worth, TO_TSQUERY('simple', %s), 1) DESC", [told])
    return _newest(where, told, most, order, sum(counts.matches(groups) for groups in query), counts)


@dataclass(frozen=True)
class _Order:
    """The column that is searched, what is read of an entry `e` to rank it by, and the order of matches `m` by it."""

    column: str
    worth: str
    best: str
    params: list = field(default_factory=list)


def _newest(where: Where, told: str, most: int, order: _Order, matches: float, counts: Counts) -> list[int]:
    """Ids of the best among the newest entries that match.

    SQLite reads them from the newest down. PostgreSQL collects all of them first: where they are many it is told to look at the newest
    entries alone, as many as should hold enough. `e.id + 0` is an order without an index, which it would wrongly walk down.
    """
    if is_sqlite():
        source = "core_searchtext CROSS JOIN core_searchentry e ON e.id = core_searchtext.rowid WHERE core_searchtext MATCH %s"
        newest = "core_searchtext.rowid"
    else:
        source, newest = f"core_searchentry e WHERE e.{order.column} @@ TO_TSQUERY('simple', %s)", "e.id + 0"
    inner = f"SELECT e.id, {order.worth} AS worth FROM {source} AND {where.sql} AND e.id > %s ORDER BY {newest} DESC LIMIT {RANKED}"
    statement = f"SELECT m.id FROM ({inner}) m ORDER BY {order.best}, m.id DESC LIMIT %s"
    after = 0
    if matches > 2 * RANKED and not is_sqlite():
        after = counts.highest - int(counts.entries * 1.5 * RANKED / matches)
    found = _ids(statement, [told, *where.params, after, *order.params, most])
    if after > 0 and len(found) < most:  # words stood together less often than by chance
        found = _ids(statement, [told, *where.params, 0, *order.params, most])
    return found


def _spelt(query: Query, *, is_title: bool = False) -> str:
    """The query in the engine's own signs. Words are letters and digits and need no escaping."""
    both, either = (" AND ", " OR ") if is_sqlite() else (" & ", " | ")
    told = either.join(f"({both.join(f'({either.join(map(_term, group))})' for group in groups)})" for groups in query)
    return f"{{key label}} : ({told})" if is_title and is_sqlite() else told


def _term(term: str) -> str:
    word, begins = term.removesuffix("*"), term.endswith("*")
    if is_sqlite():
        return f'"{word}"{"*" if begins else ""}'
    return f"'{word}'{':*' if begins else ''}"


def _ids(statement: str, params: list) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [row[0] for row in cursor.fetchall()]

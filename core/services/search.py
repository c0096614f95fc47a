"""Keeping what search finds up to date with the events."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from django.db import connection, transaction
from django.db.models import Model

from core.acts import write_lock
from core.custom_fields import texts_of
from core.models import Change, CustomField, CustomValue, Event, SearchEntry
from core.registry import Subject, custom_subjects, subjects
from core.search import WORD, folded
from core.sql import in_ids, lock_name

LONGEST, LONGEST_WORD = 50_000, 40  # characters of a text, and of a word, that are looked at
BLOCK = 500
RARE = 50  # a word of more entries than these is still of some when one loses it
FIELDS = ["product_id", "field_class", "key", "label", "text"]

# The words as the full-text index of each engine has them, for counting them anew.
VOCABULARY = {
    "sqlite": "SELECT term AS word, doc AS docs FROM core_searchvocabulary WHERE LENGTH(term) <= 40 AND term NOT GLOB '*[0-9]*'",
    "postgresql": "SELECT word, ndoc AS docs FROM TS_STAT('SELECT vector FROM core_searchentry') "
    "WHERE LENGTH(word) <= 40 AND word !~ '[0-9]'",
}
TELLING = {"is_internal", "deleted_at"}  # what of a custom field says whether search may tell its texts
HAS_IT = {
    "sqlite": "SELECT 1 FROM core_searchtext WHERE core_searchtext MATCH '\"' || w.word || '\"'",
    "postgresql": "SELECT 1 FROM core_searchentry e WHERE e.vector @@ TO_TSQUERY('simple', QUOTE_LITERAL(w.word))",
}


def index(batch: list[tuple[Event, list[Change]]]) -> None:
    """The entries of every row these events touched say what the rows say now."""
    touched: dict[str, set[int]] = defaultdict(set)
    fields: set[int] = set()
    for _, changes in batch:
        for change in changes:
            if _searchable(change.subject_type):
                touched[change.subject_type].add(change.subject_id)
            elif change.subject_type == CustomField._meta.label_lower and TELLING & set(change.after or {}):
                fields.add(change.subject_id)
    if fields:
        told = CustomValue.objects.filter(field__in=fields).exclude(text="")
        for name, pk in told.values_list("field__subject", "subject_id"):
            touched[name].add(pk)
    for name, ids in touched.items():
        _index_rows(subjects[name], sorted(ids))


def reindex() -> int:
    """Every entry says what its row says, and words are counted anew; answers how many entries there are. Searching goes on meanwhile."""
    count = 0
    for name, subject in subjects.items():
        if _searchable(name):
            for ids in _blocks(subject.model):
                with write_lock(), transaction.atomic():
                    count += _index_rows(subject, ids)
            gone = SearchEntry.objects.filter(subject_type=name).exclude(subject_id__in=subject.model._base_manager.values("pk"))
            gone.delete()
    SearchEntry.objects.exclude(subject_type__in=[name for name in subjects if _searchable(name)]).delete()
    count_words()
    return count


def count_words() -> None:
    """The words known are those of the entries, and how many have each is exact."""
    known = VOCABULARY[connection.vendor]
    with write_lock(), transaction.atomic(), connection.cursor() as cursor:
        _one_at_a_time()
        cursor.execute("DELETE FROM core_searchword")
        cursor.execute(f"INSERT INTO core_searchword (word, backwards, docs) SELECT word, REVERSE(word), docs FROM ({known}) v")


def words_of(entry: SearchEntry) -> set[str]:
    """The words an entry is found by that a misspelt one is compared with."""
    found = WORD.findall(f"{entry.label} {entry.text}".lower())
    return {word for word in found if len(word) <= LONGEST_WORD and not any(char.isdigit() for char in word)}


def _searchable(name: str) -> bool:
    subject = subjects.get(name)
    return subject is not None and subject.text is not None and subject.url is not None


def _one_at_a_time() -> None:
    """Words are counted by one transaction at a time: two would wait for each other."""
    lock_name("search words")


def _index_rows(subject: Subject, ids: Collection[int]) -> int:
    """Write the entries of living rows that say something else now, remove those of others; the words are counted with them."""
    name = subject.model._meta.label_lower
    named = {subject.model.rights_through, *(field.name for field in subject.model._meta.concrete_fields if field.name == "product")} - {""}
    rows = list(subject.model._base_manager.filter(pk__in=ids, deleted_at=None).select_related(*named or [None]))
    held = texts_of(name, ids) if name in custom_subjects else {}
    entries = [_entry(subject, row, held.get(row.pk, "")) for row in rows]
    known = {entry.subject_id: entry for entry in SearchEntry.objects.filter(subject_type=name, subject_id__in=ids)}
    changed = [entry for entry in entries if entry.subject_id not in known or _said(known[entry.subject_id]) != _said(entry)]
    gone = set(known) - {row.pk for row in rows}
    unique = ["subject_type", "subject_id"]
    fields = [field.removesuffix("_id") for field in FIELDS]
    SearchEntry.objects.bulk_create(changed, update_conflicts=True, unique_fields=unique, update_fields=fields, batch_size=BLOCK)
    if gone:
        SearchEntry.objects.filter(subject_type=name, subject_id__in=gone).delete()
    counts: Counter[str] = Counter()
    for entry in changed:
        counts.update(words_of(entry))
    for pk in {entry.subject_id for entry in changed} & set(known) | gone:
        counts.subtract(words_of(known[pk]))
    _count({word: count for word, count in counts.items() if count})
    return len(entries)


def _count(counts: dict[str, int]) -> None:
    """So many entries more have each word; words no entry has any more are forgotten, which erasing a person relies upon."""
    if not counts:
        return
    _one_at_a_time()
    words = sorted(counts)
    lost, params = in_ids("w.word", [word for word in words if counts[word] < 0])
    with connection.cursor() as cursor:
        for first in range(0, len(words), BLOCK):
            some = words[first : first + BLOCK]
            cursor.execute(
                f"INSERT INTO core_searchword (word, backwards, docs) VALUES {', '.join(['(%s, %s, %s)'] * len(some))} "
                "ON CONFLICT (word) DO UPDATE SET docs = core_searchword.docs + excluded.docs",
                [value for word in some for value in (word, word[::-1], counts[word])],
            )
        if params[0] not in ([], "[]"):
            forget = f"w.docs <= {RARE} AND {lost} AND NOT EXISTS ({HAS_IT[connection.vendor]})"
            cursor.execute(f"DELETE FROM core_searchword AS w WHERE {forget}", params)


def _said(entry: SearchEntry) -> tuple:
    return tuple(getattr(entry, field) for field in FIELDS)


def _entry(subject: Subject, row: Model, held: str) -> SearchEntry:
    return SearchEntry(
        subject_type=row._meta.label_lower,
        subject_id=row.pk,
        product_id=row.product_for_rights,
        field_class=subject.text_class,
        key=subject.key(row).upper()[:40] if subject.key else "",
        label=_words(subject.label(row))[:300],
        text=_words(f"{subject.text(row)[:LONGEST]}\n{held}"),
    )


def _words(text: str) -> str:
    """The words alone: what stands between them is read as an address or a number by one engine and not by the other."""
    return " ".join(WORD.findall(folded(text)))


def _blocks(model: type[Model]) -> Iterator[list[int]]:
    last = 0
    while ids := list(model._base_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BLOCK]):
        yield ids
        last = ids[-1]

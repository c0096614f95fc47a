"""Keeping what search finds up to date with the events."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Model

from core.models import Change, Event, SearchEntry
from core.registry import Subject, subjects
from core.search import folded

LONGEST = 50_000  # characters of a text that are looked at
BLOCK = 500
FIELDS = ["product", "field_class", "key", "label", "text"]


def index(batch: list[tuple[Event, list[Change]]]) -> None:
    """The entries of every row these events touched say what the rows say now."""
    touched: dict[str, set[int]] = defaultdict(set)
    for _, changes in batch:
        for change in changes:
            if _searchable(change.subject_type):
                touched[change.subject_type].add(change.subject_id)
    for name, ids in touched.items():
        _index_rows(subjects[name], sorted(ids))


def reindex() -> int:
    """Every entry is written anew; answers how many there are. Searching goes on meanwhile."""
    count = 0
    for name, subject in subjects.items():
        if _searchable(name):
            for ids in _blocks(subject.model):
                count += _index_rows(subject, ids)
    SearchEntry.objects.exclude(subject_type__in=[name for name in subjects if _searchable(name)]).delete()
    return count


def _searchable(name: str) -> bool:
    subject = subjects.get(name)
    return subject is not None and subject.text is not None and subject.url is not None


def _index_rows(subject: Subject, ids: Collection[int]) -> int:
    """Write the entries of living rows, remove those of others."""
    rows = list(subject.model._base_manager.filter(pk__in=ids, deleted_at=None))
    entries = [_entry(subject, row) for row in rows]
    unique = ["subject_type", "subject_id"]
    SearchEntry.objects.bulk_create(entries, update_conflicts=True, unique_fields=unique, update_fields=FIELDS, batch_size=BLOCK)
    name = subject.model._meta.label_lower
    SearchEntry.objects.filter(subject_type=name, subject_id__in=set(ids) - {row.pk for row in rows}).delete()
    return len(entries)


def _entry(subject: Subject, row: Model) -> SearchEntry:
    return SearchEntry(
        subject_type=row._meta.label_lower,
        subject_id=row.pk,
        product_id=row.product_for_rights,
        field_class=subject.text_class,
        key=subject.key(row).upper()[:40] if subject.key else "",
        label=folded(subject.label(row))[:300],
        text=folded(subject.text(row))[:LONGEST],
    )


def _blocks(model: type[Model]) -> Iterator[list[int]]:
    last = 0
    while ids := list(model._base_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BLOCK]):
        yield ids
        last = ids[-1]

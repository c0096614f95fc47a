"""What search shows of the things it found: names, addresses and the words around what matched, of rows the person sees."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Model

from core.models import Product, SearchEntry, User
from core.registry import Subject, subject_of, subjects
from core.reports import rows_of
from core.search import WORD, folded, search

SIGNS = re.compile(r"[\s#*_>`|\[\]-]{2,}|[\s#*`|]+")  # what Markdown and lines put between words
BEFORE, AFTER = 60, 160  # characters shown around the first word that matched

Part = tuple[str, bool]  # some text, and whether it is what was looked for


@dataclass(frozen=True)
class Hit:
    """A thing found; `name` and `excerpt` are its words with those marked that matched, `product` the key of its product."""

    key: str
    label: str
    url: str
    noun: str
    icon: str
    product: str
    name: Sequence[Part] = ()
    excerpt: Sequence[Part] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of thing that can be looked for."""

    name: str
    noun: str


def find(
    user: User, query: str, limit: int = 20, *, start: int = 0, kind: str = "", product: Product | None = None
) -> tuple[list[Hit], bool]:
    """What this person may see of what the query asks for, best first; and whether there is more after these."""
    kinds = [kind] if kind else []
    found = search(user, query, start + limit + 1, kinds, product.pk if product else None)
    ids = list(found.ids)[start : start + limit]
    entries = SearchEntry.objects.visible_to(user).in_bulk(ids)
    wanted = [(entries[pk].subject_type, entries[pk].subject_id) for pk in ids if pk in entries]
    return hits_of(user, wanted, found.terms), len(found.ids) > start + limit


def hits_of(user: User, wanted: Sequence[tuple[str, int]], terms: Collection[str] = ()) -> list[Hit]:
    """These rows in this order, as far as the person sees them."""
    rows = rows_of(user, wanted)
    shown = [rows[each] for each in dict.fromkeys(wanted) if each in rows and subject_of(each[0]).url is not None]
    products = dict(Product.objects.visible_to(user).filter(pk__in={row.product_for_rights for row in shown}).values_list("pk", "key"))
    return [_hit(subject_of(row), row, products.get(row.product_for_rights, ""), tuple(terms)) for row in shown]


def kinds_for(user: User) -> list[Kind]:
    """The kinds of things whose texts this person may read, by name."""
    seen = [(name, s) for name, s in subjects.items() if s.text and s.url and (not s.text_class or user.rights.sees(s.text_class))]
    return sorted((Kind(name, subject.noun) for name, subject in seen), key=lambda kind: kind.noun)


def excerpt(text: str, terms: tuple[str, ...]) -> list[Part]:
    """The text around the first word that begins like one of the terms; its beginning where none does."""
    text = SIGNS.sub(" ", text).strip()
    first = next((word.start() for word in WORD.finditer(text) if _is_meant(word[0], terms)), 0)
    begin = text.rfind(" ", 0, max(0, first - BEFORE)) + 1 if first > BEFORE else 0
    end = begin + BEFORE + AFTER
    cut = text[begin:end] if end >= len(text) else text[begin:end].rpartition(" ")[0] or text[begin:end]
    return marked(f"{'… ' if begin else ''}{cut}{' …' if begin + len(cut) < len(text) else ''}", terms)


def marked(text: str, terms: tuple[str, ...]) -> list[Part]:
    """The text in parts, those marked that are words which begin like one of the terms."""
    parts, done = [], 0
    for word in WORD.finditer(text) if terms else ():
        if _is_meant(word[0], terms):
            parts += [(text[done : word.start()], False), (word[0], True)]
            done = word.end()
    return [part for part in (*parts, (text[done:], False)) if part[0]]


def _is_meant(word: str, terms: tuple[str, ...]) -> bool:
    return folded(word).lower().startswith(terms)


def _hit(subject: Subject, row: Model, product: str, terms: tuple[str, ...]) -> Hit:
    key = subject.key(row) if subject.key else ""
    said = subject.label(row)
    label = said.removeprefix(key).strip() or key
    body = subject.text(row).removeprefix(said) if subject.text and terms else ""
    return Hit(
        key,
        label,
        subject.url(row),
        subject.noun,
        subject.icon,
        "" if product == key else product,
        marked(label, terms),
        excerpt(body, terms),
    )

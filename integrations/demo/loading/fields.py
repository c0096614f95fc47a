"""The company's own fields of features, and what features came to hold in them."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from core import services
from core.models import User
from integrations.demo.loading.book import Book
from roadmaps.models import Feature

SUBJECT = Feature._meta.label_lower
ASKED, FILLED = 75, 70  # days ago
REGULATOR = ("Not affected", "To be told", "Has to approve")


def fields(book: Book) -> None:
    """Product operations asked for them eleven weeks ago; a few days later each product's owner had gone through what was there."""
    rng, today = Random(7), book.world.today  # noqa: S311 - a made-up company keeps no secrets
    book.later(_morning(today - timedelta(days=ASKED)), book.ops.email, lambda: _make(book))
    for product in book.world.products:
        at = _morning(today - timedelta(days=FILLED))
        book.later(at, product.owner, lambda key=product.key, owner=product.owner: _fill(book, key, book.people[owner], rng))


def _make(book: Book) -> None:
    given: list[dict[str, Any]] = [
        {"key": "regulator", "label": "Regulator", "kind": "choice", "choices": REGULATOR, "hint": "What supervisors want first."},
        {"key": "sponsor", "label": "Sponsor", "kind": "person", "hint": "Who speaks for it where money is decided."},
        {"key": "promised", "label": "Promised to customers", "kind": "date", "hint": "The day sales named, in a contract or by mouth."},
        {
            "key": "at_stake", "label": "At stake", "kind": "money", "is_internal": True,
            "hint": "What we lose a year if it never comes, as finance reckons.",
        },
    ]  # fmt: skip
    for values in given:
        services.create_custom_field(actor=book.ops, subject=SUBJECT, **values)
    payments = book.products["PAY"]
    services.create_custom_field(
        actor=book.people[next(p.owner for p in book.world.products if p.key == "PAY")], subject=SUBJECT, key="scheme_fee", kind="flag",
        label="Changes a scheme fee", product=payments,
    )  # fmt: skip


def _fill(book: Book, product: str, owner: User, rng: Random) -> None:
    """Two of three features are looked at; the rest is still blank."""
    living = [row for row in book.features.values() if row.product_id == book.products[product].pk]
    services.fill_custom_fields(actor=owner, rows=[(row, _held(book, row, product, rng)) for row in living if rng.random() < 0.66])


def _held(book: Book, row: Feature, product: str, rng: Random) -> dict[str, Any]:
    asks = (0, 2, 3) if row.kind == Feature.Kind.COMPLIANCE else (8, 2, 0)
    held: dict[str, Any] = {"regulator": rng.choices((1, 2, 3), asks)[0]}
    if rng.random() < 0.4:
        held["sponsor"] = rng.choice((book.leader, book.ops))
    if row.target_date is not None and rng.random() < 0.3:
        held["promised"] = row.target_date + timedelta(days=rng.choice((-21, -7, 0, 0, 14)))
    if rng.random() < 0.25:
        held["at_stake"] = Decimal(rng.randrange(8, 90)) * 5_000
    if product == "PAY":
        held["pay_scheme_fee"] = rng.random() < 0.2
    return held


def _morning(day) -> datetime:
    return datetime.combine(day, time(9, 30), UTC)

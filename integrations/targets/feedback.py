"""Feedback from a file. A message is known again by its source and the id it has there."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from core.models import Product, User
from feedback import services
from feedback.models import Feedback, Importance, Requester
from integrations.targets.base import OUTSIDE_ID, REMOVED_FIRST, Field, Target, by_name, date, number, of_choices
from integrations.values import Unreadable
from portfolio.models import Account

SOURCE = "import"  # where the plan names none
# What says who asks: the field here, the requester's, and how it is blank.
PERSON = (("requester_name", "name", ""), ("requester_email", "email", ""), ("account", "account", None))
OF_PERSON = {key for key, _, _ in PERSON}


def _id(key: str) -> tuple[str, str]:
    """(source, id there) of an outside id, which carries the source before a colon."""
    source, found, rest = key.partition(":")
    return (source, rest) if found else (SOURCE, key)


def _find(user: User, product: Product | None, keys: Sequence[str]) -> dict[str, Feedback]:
    wanted = {_id(key): key for key in keys}
    rows = Feedback._base_manager.filter(source__in={source for source, _ in wanted}, source_id__in=[there for _, there in wanted])
    rows = rows.select_related("product", "requester__account").order_by(*REMOVED_FIRST)
    places = (((row.source, row.source_id or ""), row) for row in rows)
    return {wanted[place]: row for place, row in places if place in wanted}


def _person(row: dict[str, Any]) -> dict[str, Any]:
    """Who asks, as the row says it; empty where it does not."""
    person = {name: row.get(key) or blank for key, name, blank in PERSON}
    return person if any(person.values()) else {}


def _facts(product: Product | None, row: dict[str, Any]) -> dict[str, Any]:
    """What the row says of the message itself, as the services take it."""
    given = {name: value for name, value in row.items() if value is not None and name not in OF_PERSON | {"outside_id", "day"}}
    if "outside_id" in row:
        given["source"], given["source_id"] = _id(row["outside_id"])
    if row.get("day"):
        given["received_at"] = datetime.combine(row["day"], time(12), UTC)
    if product is not None:
        given["product"] = product
    return given


def _make(user: User, product: Product | None, rows: Sequence[dict[str, Any]]) -> Sequence[Feedback]:
    people = [_person(row) for row in rows]
    requesters = iter(services.find_or_create_requesters(actor=user, people=[person for person in people if person]))
    messages = [_facts(product, row) for row in rows]
    for message, person in zip(messages, people, strict=True):
        message["requester"] = next(requesters) if person else None
    return services.import_feedback(actor=user, rows=messages)


def _change(user: User, row: Feedback, values: dict[str, Any]) -> Feedback:
    given, person = _facts(row.product, values), _person(values)
    if person and not _asks(row.requester, person):
        given["requester"] = services.find_or_create_requester(actor=user, **person)
    return services.change_feedback(actor=user, feedback=row, **given)


def _asks(requester: Requester | None, person: dict[str, Any]) -> bool:
    """Whether the message's requester is this person, with nothing new about them."""
    if requester is None or requester.deleted_at is not None:
        return False
    return all(not value or getattr(requester, name) == value for name, value in person.items())


def _email(text: str, order: str) -> str | None:
    clean = text.strip().lower()
    if clean and ("@" not in clean or " " in clean):
        raise Unreadable(f"“{clean[:40]}” is not an e-mail address.")
    return clean or None


def _accounts(user: User, product: Product | None) -> dict[str, Account]:
    return by_name(Account.objects.visible_to(user))


TARGET = Target[Feedback](
    kind="feedback",
    noun="message",
    page="feedback",
    needs_product=False,
    fields=(
        OUTSIDE_ID,
        Field("title", "Title", guesses=("title", "subject", "summary"), longest=200),
        Field("text", "Text", may_append=True, guesses=("text", "body", "description", "message", "content", "review", "comment")),
        Field("kind", "Kind", choices=lambda u, p: of_choices(Feedback.Kind.choices), guesses=("kind", "type")),
        Field("day", "Date", read=date, guesses=("date", "created_at", "created", "received", "at", "submitted")),
        Field("importance", "Importance", choices=lambda u, p: of_choices(Importance.choices), guesses=("importance", "priority")),
        Field("requester_name", "Who asks", guesses=("name", "requester", "author", "user", "username"), longest=120),
        Field("requester_email", "Their e-mail", read=_email, longest=254, guesses=("email", "e-mail", "requester_email", "mail")),
        Field("account", "Account", choices=_accounts, guesses=("account", "company", "organization", "organisation")),
        Field("deal_size", "Deal size", read=number, guesses=("deal size", "deal_size", "amount", "opportunity")),
        Field("deal_closes_on", "Deal closes on", read=date, guesses=("close date", "closes on", "deal_closes_on")),
    ),
    find=_find,
    make=_make,
    change=_change,
    label=lambda values: values.get("title") or (values.get("text") or "")[:80],
)

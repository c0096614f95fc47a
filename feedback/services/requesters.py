"""Every write of the people who ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import can_write_everywhere, must
from core.writes import insert, insert_many, update
from feedback import events
from feedback.models import Requester
from feedback.permissions import can_change_requester
from portfolio.models import Account

FIELDS = frozenset({"name", "email", "job", "account", "outside_id"})


@dataclass
class Directory:
    """Requesters by address, and by name at an account; the first of several of one name is the one that is meant."""

    by_email: dict[str, Requester] = field(default_factory=dict)
    by_name: dict[tuple[int | None, str], list[Requester]] = field(default_factory=dict)

    def add(self, row: Requester) -> None:
        """The row is found from now on, by the address it was given meanwhile too."""
        if row.email:
            self.by_email.setdefault(row.email, row)
        namesakes = self.by_name.setdefault((row.account_id, row.name.lower()), [])
        if not any(row is other for other in namesakes):
            namesakes.append(row)

    def find(self, given: Mapping[str, Any]) -> Requester | None:
        """Who is meant; nobody where neither address nor name nor account says it."""
        account, name, email = given["account"], given["name"], given["email"]
        if email and email in self.by_email:
            return self.by_email[email]
        if account is None and not name:
            return None
        home = account.pk if account else None
        namesakes = (row for row in self.by_name.get((home, name.lower()), []) if row.account_id == home)
        may_have_email = name and not email
        return next((row for row in namesakes if may_have_email or not row.email), None)


@acts
def create_requester(*, actor: User, **values: Any) -> Requester:
    """A person who asks. Refused where the e-mail address or the outside id is known already."""
    _must_add(actor)
    return insert(Requester(**_tidy(values)), events.REQUESTER_CREATED)


@acts
def find_or_create_requester(*, actor: User, account: Account | None = None, name: str = "", email: str = "", job: str = "") -> Requester:
    """Who asks: the person of this address, else of this name at the account, else a new one.

    Without name and address it is the account's requester without a name: one for each account. A known person keeps what is known of
    them; a job title, an address or an account that was not known is added.
    """
    return find_or_create_requesters(actor=actor, people=[{"account": account, "name": name, "email": email, "job": job}])[0]


@acts
def find_or_create_requesters(*, actor: User, people: Sequence[Mapping[str, Any]]) -> list[Requester]:
    """The same for many people, in their order and in few statements: one named twice is one requester."""
    wanted = [_tidy({"account": None, "name": "", "email": "", "job": "", **person}) for person in people]
    directory = Directory()
    for row in _candidates(wanted):
        directory.add(row)
    found: list[Requester] = []
    for given in wanted:
        known = directory.find(given) or Requester(**given)
        missing = {name: value for name, value in given.items() if value and not getattr(known, name)}
        if known.pk is None:
            for name, value in missing.items():
                setattr(known, name, value)
        elif missing:
            update(known, missing, events.REQUESTER_CHANGED)
        directory.add(known)
        found.append(known)
    if fresh := {id(row): row for row in found if row.pk is None}:
        _must_add(actor)
        insert_many(list(fresh.values()), events.REQUESTER_CREATED)
    return found


@acts
def change_requester(*, actor: User, requester: Requester, seen: int | None = None, merge: bool = True, **values: Any) -> Requester:
    """The given facts of the person are as given."""
    must(can_change_requester(actor), "Only makers, leaders, product operations and administrators may change people who ask.")
    return update(requester, _tidy(values), events.REQUESTER_CHANGED, seen=seen, merge=merge)


def _candidates(wanted: Sequence[Mapping[str, Any]]) -> QuerySet[Requester]:
    """The living requesters that may be among those wanted, the oldest first."""
    names, emails = {given["name"] for given in wanted} - {""}, {given["email"] for given in wanted} - {""}
    nameless = {given["account"].pk for given in wanted if given["account"] and not given["name"]}
    # SQLite knows upper and lower case of ASCII alone: a name with other letters is found as it is written.
    of_name = Q(name__in=names) | Q(lower_name__in={name.lower() for name in names})
    living = Requester.objects.filter(deleted_at=None).alias(lower_name=Lower("name")).select_related("account")
    return living.filter(Q(email__in=emails) | of_name | Q(name="", account__in=nameless)).order_by("pk")


def _must_add(actor: User) -> None:
    must(actor.rights.is_member and can_write_everywhere(actor), "Only members of the organisation may add people who ask.")


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise RuleBroken(f"A requester has no field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    tidy = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in values.items()}
    if "email" in tidy:
        tidy["email"] = tidy["email"].lower()
    if "outside_id" in tidy:
        tidy["outside_id"] = tidy["outside_id"] or None
    return tidy

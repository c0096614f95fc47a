"""Every write of the people who ask."""

from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import can_write_everywhere, must
from core.writes import insert, update
from feedback import events
from feedback.models import Requester
from feedback.permissions import can_change_requester
from portfolio.models import Account

FIELDS = frozenset({"name", "email", "job", "account", "outside_id"})


@acts
def create_requester(*, actor: User, **values: Any) -> Requester:
    """A person who asks. Refused where the e-mail address or the outside id is known already."""
    must(actor.rights.is_member and can_write_everywhere(actor), "Only members of the organisation may add people who ask.")
    return insert(Requester(**_tidy(values)), events.REQUESTER_CREATED)


@acts
def find_or_create_requester(*, actor: User, account: Account | None = None, name: str = "", email: str = "", job: str = "") -> Requester:
    """Who asks: the person of this address, else of this name at the account, else a new one.

    Without name and address it is the account's requester without a name: one for each account. A known person keeps what is known of
    them; a job title, an address or an account that was not known is added.
    """
    given = _tidy({"account": account, "name": name, "email": email, "job": job})
    living = Requester.objects.filter(deleted_at=None).select_related("account")
    known = living.filter(email=given["email"]).first() if given["email"] else None
    if known is None and (account is not None or given["name"]):
        fitting = living.filter(account=account, name__iexact=given["name"])
        known = (fitting.filter(email="") if given["email"] or not given["name"] else fitting).order_by("pk").first()
    if known is None:
        return create_requester(actor=actor, **given)
    missing = {name: value for name, value in given.items() if value and not getattr(known, name)}
    return update(known, missing, events.REQUESTER_CHANGED) if missing else known


@acts
def change_requester(*, actor: User, requester: Requester, seen: int | None = None, merge: bool = True, **values: Any) -> Requester:
    """The given facts of the person are as given."""
    must(can_change_requester(actor), "Only makers, leaders, product operations and administrators may change people who ask.")
    return update(requester, _tidy(values), events.REQUESTER_CHANGED, seen=seen, merge=merge)


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise RuleBroken(f"A requester has no field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    tidy = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in values.items()}
    if "email" in tidy:
        tidy["email"] = tidy["email"].lower()
    if "outside_id" in tidy:
        tidy["outside_id"] = tidy["outside_id"] or None
    return tidy

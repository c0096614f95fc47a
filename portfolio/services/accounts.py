"""Every write of markets and of the companies in them."""

from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.masking import sees_revenue_of
from core.models import User
from core.permissions import must
from core.writes import insert, remove, update
from portfolio import events
from portfolio.models import Account, Segment
from portfolio.permissions import can_change_account, can_create_account, can_shape_portfolio, must_shape_portfolio
from portfolio.services.checks import check_fields

SEGMENT_FIELDS = frozenset({"name", "description", "owner"})
ACCOUNT_FIELDS = frozenset({"name", "segment", "plan", "annual_revenue", "state", "owner", "renewal_date", "outside_id"})


@acts
def create_segment(*, actor: User, name: str, **values: Any) -> Segment:
    """A market, with who speaks for it."""
    must_shape_portfolio(actor)
    values["name"] = name
    check_fields(values, SEGMENT_FIELDS, "A segment")
    return insert(Segment(**values), events.SEGMENT_CREATED)


@acts
def change_segment(*, actor: User, segment: Segment, seen: int | None = None, merge: bool = True, **values: Any) -> Segment:
    """Name, description and owner are as given."""
    must_shape_portfolio(actor)
    check_fields(values, SEGMENT_FIELDS, "A segment")
    return update(segment, values, events.SEGMENT_CHANGED, seen=seen, merge=merge)


@acts
def delete_segment(*, actor: User, segment: Segment, seen: int | None = None) -> Segment:
    """The segment has left every list. Refused while accounts belong to it."""
    must_shape_portfolio(actor)
    if Account._base_manager.filter(segment=segment, deleted_at=None).exists():
        raise RuleBroken("Accounts belong to this segment. Move them to another one first.")
    return remove(segment, events.SEGMENT_DELETED, seen=seen)


@acts
def create_account(*, actor: User, name: str, **values: Any) -> Account:
    """A company. Who may not shape the portfolio looks after what they add themselves."""
    must(can_create_account(actor), "Guests cannot add accounts.")
    values["name"] = name
    if not can_shape_portfolio(actor):
        values["owner"] = actor
    check_fields(values, ACCOUNT_FIELDS, "An account")
    values["outside_id"] = (values.get("outside_id") or "").strip() or None
    return insert(Account(**values), events.ACCOUNT_CREATED)


@acts
def change_account(*, actor: User, account: Account, seen: int | None = None, merge: bool = True, **values: Any) -> Account:
    """The given fields are as given. Its owner may change all but whose it is; revenue only who sees it."""
    must(can_change_account(actor, account), "Only the account's owner, administrators, product operations and leaders may change it.")
    check_fields(values, ACCOUNT_FIELDS, "An account")
    if "annual_revenue" in values and not sees_revenue_of(actor, account):
        raise RuleBroken("You do not see this account's revenue, so you cannot change it.", "annual_revenue")
    if "owner" in values and values["owner"] != account.owner and not can_shape_portfolio(actor):
        raise RuleBroken("Only administrators, product operations and leaders may give an account to somebody else.", "owner")
    if "outside_id" in values:
        values["outside_id"] = (values["outside_id"] or "").strip() or None
    return update(account, values, events.ACCOUNT_CHANGED, seen=seen, merge=merge)


@acts
def delete_account(*, actor: User, account: Account, seen: int | None = None) -> Account:
    """The account has left every list; what it asked for stays."""
    must_shape_portfolio(actor)
    return remove(account, events.ACCOUNT_DELETED, seen=seen)

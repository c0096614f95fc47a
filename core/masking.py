"""Which money a person sees: the one exception to field classes that is decided row by row."""

from decimal import Decimal
from typing import Protocol

from core.models import Role, User


class Paying(Protocol):
    """A row with a year's revenue and the person who looks after it, as accounts are."""

    annual_revenue: Decimal | None
    owner_id: int | None


def sees_revenue_of(user: User, account: Paying) -> bool:
    """Whether this person sees the account's money: who sees `revenue` in general, and a contributor of the accounts they own."""
    return user.rights.sees("revenue") or (user.rights.is_any(Role.CONTRIBUTOR) and account.owner_id == user.pk)


def masked_revenue(user: User, account: Paying | None) -> Decimal | None:
    """The account's annual revenue as this person may see it; None where it is unknown or not for them."""
    return account.annual_revenue if account is not None and sees_revenue_of(user, account) else None

"""Accounts from a file."""

from collections.abc import Sequence
from typing import Any

from core.models import Product, User
from integrations.targets.base import OUTSIDE_ID, REMOVED_FIRST, Field, Target, by_name, date, number, of_choices
from integrations.targets.features import people
from portfolio import services
from portfolio.models import Account, Segment


def _find(user: User, product: Product | None, keys: Sequence[str]) -> dict[str, Account]:
    rows = Account._base_manager.filter(outside_id__in=keys).select_related("owner", "segment")
    return {row.outside_id: row for row in rows.order_by(*REMOVED_FIRST)}


def _make(user: User, product: Product | None, rows: Sequence[dict[str, Any]]) -> list[Account]:
    return [services.create_account(actor=user, **_given(row)) for row in rows]


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Without blanks that the account's own defaults fill."""
    return {name: value for name, value in values.items() if value is not None}


TARGET = Target[Account](
    kind="accounts",
    noun="account",
    page="accounts",
    needs_product=False,
    fields=(
        OUTSIDE_ID,
        Field(
            "name",
            "Name",
            is_required=True,
            guesses=("name", "account", "company", "customer", "account name", "company name"),
            longest=200,
        ),
        Field("segment", "Segment", choices=lambda u, p: by_name(Segment.objects.visible_to(u)), guesses=("segment", "industry", "sector")),
        Field("plan", "Plan", guesses=("plan", "contract", "tier", "product"), longest=60),
        Field("annual_revenue", "Annual revenue", read=number, guesses=("arr", "revenue", "annual revenue", "annual_revenue", "acv")),
        Field("state", "State", choices=lambda u, p: of_choices(Account.State.choices), guesses=("state", "status", "lifecycle", "churn")),
        Field("owner", "Owner", choices=people, guesses=("owner", "csm", "account manager", "account executive")),
        Field("renewal_date", "Renewal date", read=date, guesses=("renewal", "renewal date", "renews on", "renewal_date")),
    ),
    find=_find,
    make=_make,
    change=lambda user, row, values: services.change_account(actor=user, account=row, **_given(values)),
    label=lambda values: values.get("name") or "",
)

"""Who may do what with the portfolio. Seeing is in the querysets; here is doing.

What belongs to the whole organisation (lines, segments, teams, allocations, its own objectives and metrics) is shaped by
administrators, product operations and leaders; what belongs to a product by its owners and editors. Two exceptions let work flow
where it happens: the owner of an objective checks in, and an account is kept by the person who talks to it.
"""

from core.exceptions import OutOfSight, RuleBroken
from core.models import Product, Role, User
from core.permissions import can_edit_product, can_see_product, can_write_everywhere, must, must_edit
from portfolio.models import Account, KeyResult, Metric, Objective

SHAPERS = (Role.ADMIN, Role.OPS, Role.LEADER)
NOT_A_SHAPER = "Only administrators, product operations and leaders may change this."


def can_shape_portfolio(user: User) -> bool:
    """Lines, segments, teams, allocations, and the organisation's own objectives and metrics."""
    return user.rights.is_any(*SHAPERS) and can_write_everywhere(user)


def must_shape_portfolio(user: User) -> None:
    """Refuse who may not; who does not even see it (a guest) learns nothing."""
    if not user.rights.is_member:
        raise OutOfSight("There is no such thing, or it is not yours to see.")
    must(can_shape_portfolio(user), NOT_A_SHAPER)


def can_create_account(user: User) -> bool:
    """Every member: sales and support add the company they hear from while they write down what it asks."""
    return user.rights.is_member and can_write_everywhere(user)


def can_change_account(user: User, account: Account) -> bool:
    """Who shapes the portfolio, and the account's owner."""
    return can_shape_portfolio(user) or (account.owner_id == user.pk and can_create_account(user))


def can_change_of(user: User, row: Objective | Metric) -> bool:
    """An objective or metric: a product's by its owners and editors, the organisation's by who shapes the portfolio."""
    return can_shape_portfolio(user) if row.product_id is None else can_edit_product(user, row.product_id)


def must_change_of(user: User, product_id: int | None) -> None:
    """Refuse who may not change what belongs to this product or, without one, to the organisation."""
    if product_id is None:
        must_shape_portfolio(user)
    else:
        must_edit(user, product_id)


def can_check_in(user: User, key_result: KeyResult) -> bool:
    """Who may change the objective, and its owner where they see it."""
    objective = key_result.objective
    sees = user.rights.is_member if objective.product_id is None else can_see_product(user, objective.product_id)
    is_owner = objective.owner_id == user.pk and sees and can_write_everywhere(user)
    return is_owner or can_change_of(user, objective)


def must_link(user: User, product_id: int | None, other: Product | None, noun: str, field: str) -> None:
    """Refuse to let a row of `product_id` point at a row of a product that not everybody sees who sees the first."""
    if other is None or other.pk == product_id:
        return
    if not can_see_product(user, other.pk):
        raise OutOfSight(f"There is no such {noun}, or it is not yours to see.")
    if other.is_private:
        raise RuleBroken(f"This {noun} belongs to a private product, and only rows of that product may point at it.", field)

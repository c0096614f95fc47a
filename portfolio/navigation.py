"""Portfolio's lines of the side navigation and of the New menu."""

from core.registry import Creation, NavEntry, register_creation, register_nav
from portfolio.permissions import can_create_account, can_shape_portfolio

PREFIXES = (
    "/portfolio/",
    "/products/",
    "/lines/",
    "/personas/",
    "/objectives/",
    "/results/",
    "/metrics/",
    "/companies/",
    "/segments/",
    "/teams/",
)

register_nav(NavEntry("Portfolio", "portfolio", "affiliate", 10, PREFIXES, shown=lambda user: user.rights.is_member))
register_creation(
    Creation("Objective", "objective-new", "target-arrow", 40, shown=lambda user: can_shape_portfolio(user) or bool(user.rights.editable))
)
register_creation(Creation("Account", "account-new", "building", 50, shown=can_create_account))

"""Portfolio's lines of the side navigation."""

from core.registry import NavEntry, register_nav

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

"""Portfolio's lines of the side navigation."""

from core.registry import NavEntry, register_nav

register_nav(NavEntry("Portfolio", "portfolio", "affiliate", 10, ("/portfolio/",), shown=lambda user: user.rights.is_member))

"""Prioritization's lines of the side navigation."""

from core.registry import NavEntry, register_nav

register_nav(NavEntry("Priorities", "priorities", "arrows-sort", 40, ("/priorities/",), shown=lambda user: user.rights.is_member))

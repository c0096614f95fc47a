"""Roadmaps' lines of the side navigation."""

from core.registry import NavEntry, register_nav

register_nav(NavEntry("Features", "features", "list-details", 20, ("/features/",)))

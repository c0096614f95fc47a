"""Core's lines of the side navigation."""

from core.registry import NavEntry, register_nav

register_nav(NavEntry("Home", "home", "home", 0, ("/",)))

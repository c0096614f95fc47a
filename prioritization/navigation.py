"""Where prioritization stands in the side navigation and in Settings."""

from core.registry import NavEntry, SettingsPage, register_nav, register_settings

register_nav(NavEntry("Priorities", "priorities", "arrows-sort", 40, ("/priorities/",), shown=lambda user: user.rights.is_member))
register_settings(SettingsPage("Scoring models", "scoring-models", "Process", 42, shown=lambda user: user.rights.is_member))

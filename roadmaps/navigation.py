"""Where the plan stands in the navigation and in the New menu."""

from core.permissions import can_shape_process
from core.registry import Creation, NavEntry, SettingsPage, register_creation, register_nav, register_settings


def _edits(user) -> bool:
    return bool(user.rights.editable)


register_nav(NavEntry("Features", "features", "list-details", 20, ("/features/",)))
register_nav(NavEntry("Roadmaps", "timeline", "timeline", 30, ("/roadmaps/", "/initiatives/", "/releases/", "/dependencies/")))
register_creation(Creation("Feature", "feature-new", "list-details", 10, shown=_edits))
register_creation(Creation("Initiative", "initiative-new", "target", 20, shown=_edits))
register_creation(Creation("Release", "release-new", "rocket", 30, shown=_edits))
register_settings(SettingsPage("Calendars", "feeds", "You", 12))
register_settings(SettingsPage("Stages", "stages", "Process", 40, shown=can_shape_process))
register_settings(SettingsPage("Audiences", "audiences", "Process", 42, shown=can_shape_process))
register_settings(SettingsPage("Launch steps", "launch-steps", "Process", 45, shown=can_shape_process))

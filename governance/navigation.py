"""Where governance stands in the navigation, the New menu and Settings."""

from core.permissions import can_read_audit
from core.registry import Creation, NavEntry, SettingsPage, register_creation, register_nav, register_settings
from governance.permissions import DECIDERS, can_change_checks

register_nav(NavEntry("Decisions", "decisions", "gavel", 70, ("/decisions/",), shown=lambda user: user.rights.is_member))
register_creation(
    Creation("Decision", "decision-new", "gavel", 70, shown=lambda user: user.rights.is_any(*DECIDERS) or bool(user.rights.editable))
)
register_settings(SettingsPage("Checks on stages", "checks", "Process", 41, shown=can_change_checks))
register_settings(SettingsPage("Audit log", "audit", "System", 80, shown=can_read_audit))

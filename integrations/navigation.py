"""Integrations' pages under Settings."""

from core.models import Role
from core.registry import SettingsPage, register_settings

register_settings(
    SettingsPage(
        "Imports",
        "imports",
        "Data",
        60,
        shown=lambda user: user.rights.is_any(Role.ADMIN, Role.OPS) or bool(user.rights.editable),
    )
)

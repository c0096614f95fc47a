"""Integrations' pages under Settings."""

from core.registry import SettingsPage, register_settings
from integrations.permissions import can_import_something

register_settings(
    SettingsPage(
        "Imports",
        "imports",
        "Data",
        60,
        shown=can_import_something,
    )
)

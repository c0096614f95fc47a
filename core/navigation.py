"""Core's lines of the side navigation and of Settings."""

from core.permissions import can_administer, can_shape_process
from core.registry import NavEntry, SettingsPage, register_nav, register_settings

register_nav(NavEntry("Home", "home", "home", 0, ("/",)))
register_nav(NavEntry("Settings", "settings", "settings", 900, ("/settings/", "/audit/"), foot=True))

register_settings(SettingsPage("Profile", "profile", "You", 10))
register_settings(SettingsPage("Notifications", "news-settings", "You", 10))
register_settings(SettingsPage("Tokens", "tokens", "You", 11))
register_settings(SettingsPage("People", "people", "Organisation", 20, shown=lambda user: user.rights.is_member))
register_settings(SettingsPage("Products", "settings-products", "Organisation", 21))
register_settings(SettingsPage("Organisation", "organisation", "Organisation", 22, shown=can_administer))
register_settings(SettingsPage("Sent", "deliveries", "Data", 63, shown=can_shape_process))
register_settings(SettingsPage("Jobs", "jobs", "Data", 64, shown=lambda user: user.rights.is_member))
register_settings(SettingsPage("Fields", "custom-fields", "Process", 41, shown=lambda user: user.rights.is_member))

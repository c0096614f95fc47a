"""Where documents stand in the navigation, the New menu and Settings."""

from core.registry import Creation, NavEntry, SettingsPage, register_creation, register_nav, register_settings
from documents.permissions import can_change_templates

register_nav(NavEntry("Documents", "documents", "file-text", 60, ("/documents/",), shown=lambda user: user.rights.is_member))
register_creation(Creation("Document", "document-new", "file-text", 60, shown=lambda user: bool(user.rights.editable)))
register_settings(SettingsPage("Document templates", "templates", "Process", 40, shown=can_change_templates))

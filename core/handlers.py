"""Core's own consumers of events."""

from core.registry import Handler, register_handler
from core.services import notifications, search

register_handler(Handler("notifications", notifications.tell))
register_handler(Handler("search", search.index))

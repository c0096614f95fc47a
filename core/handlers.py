"""Core's own consumers of events."""

from core.registry import Handler, register_handler
from core.services import notifications

register_handler(Handler("notifications", notifications.tell))

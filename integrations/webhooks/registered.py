"""What webhooks add to core: a channel, a consumer of events, a letter, a page under Settings."""

from core.permissions import can_shape_process
from core.registry import (
    Channel,
    Handler,
    SettingsPage,
    Subject,
    register_channel,
    register_handler,
    register_letter,
    register_settings,
    register_subject,
)
from integrations.webhooks import services
from integrations.webhooks.models import WebhookEndpoint

register_subject(Subject(WebhookEndpoint, "webhook", label=lambda e: e.name, icon="webhook", undoable=False, is_seen_by_row=True))
register_channel(Channel("webhook", services.send, services.give_up))
register_handler(Handler("webhooks", services.fan_out))
register_letter("webhook disabled", services.disabled_letter)
register_settings(SettingsPage("Webhooks", "webhooks", "Data", 62, shown=can_shape_process))

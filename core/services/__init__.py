"""Every write of core's things."""

from core.services.comments import add_comment, change_comment, delete_comment, resolve_thread, set_following, unreached
from core.services.custom_fields import (
    change_custom_field,
    create_custom_field,
    delete_custom_field,
    fill_custom_fields,
    own_custom_changes,
    restore_custom_field,
    set_custom_values,
)
from core.services.invitations import accept_invitation, invite, send_again, withdraw
from core.services.jobs import cancel_job, start_job, start_reindexing
from core.services.newsmails import collect_news
from core.services.notifications import choose_news, read_notifications
from core.services.organisation import change_organisation, organisation
from core.services.people import change_user, create_user, forget_rights
from core.services.products import change_product, create_product, end_membership, set_membership
from core.services.saved_views import change_view, delete_view, pin_view, restore_view, save_view
from core.services.subscriptions import collect_digests, end_mails, reschedule_digests, subscribe_to_view, unsubscribe_from_view
from core.services.tokens import create_token, revoke_token

__all__ = [
    "accept_invitation", "add_comment", "cancel_job", "change_comment", "change_custom_field", "change_organisation",
    "change_product", "change_user", "change_view", "choose_news", "collect_digests", "collect_news", "create_custom_field",
    "create_product", "create_token", "create_user", "delete_comment", "delete_custom_field", "delete_view", "end_mails",
    "end_membership", "fill_custom_fields", "forget_rights", "invite", "organisation", "own_custom_changes", "pin_view",
    "read_notifications", "reschedule_digests", "resolve_thread", "restore_custom_field", "restore_view", "revoke_token",
    "save_view", "send_again", "set_custom_values", "set_following", "set_membership", "start_job", "start_reindexing",
    "subscribe_to_view", "unreached", "unsubscribe_from_view", "withdraw",
]  # fmt: skip

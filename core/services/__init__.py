"""Every write of core's things."""

from core.services.invitations import accept_invitation, invite, send_again, withdraw
from core.services.organisation import change_organisation, organisation
from core.services.people import change_user, create_user, forget_rights
from core.services.products import change_product, create_product, end_membership, set_membership
from core.services.tokens import create_token, revoke_token

__all__ = [
    "accept_invitation", "change_organisation", "change_product", "change_user", "create_product", "create_token", "create_user",
    "end_membership", "forget_rights", "invite", "organisation", "revoke_token", "send_again", "set_membership", "withdraw",
]  # fmt: skip

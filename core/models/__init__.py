"""The models of core, a file per family."""

from core.models.acts import ChainHead, Change, Event
from core.models.base import OrganisationScoped, ProductScoped, Recorded, ScopedQuerySet, Versioned, plain
from core.models.derived import Cursor, Pulse, Stale
from core.models.people import ApiToken, Membership, Organisation, Product, Rights, Role, User, load_rights
from core.models.requests import IdempotencyKey, RateWindow

__all__ = [
    "ApiToken", "ChainHead", "Change", "Cursor", "Event", "IdempotencyKey", "Membership", "Organisation", "OrganisationScoped", "Product", "ProductScoped",
    "Pulse", "RateWindow", "Recorded", "Rights", "Role", "ScopedQuerySet", "Stale", "User", "Versioned", "load_rights", "plain",
]  # fmt: skip

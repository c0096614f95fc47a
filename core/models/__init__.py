"""The models of core, a file per family."""

from core.models.acts import ChainHead, Change, Event
from core.models.base import OrganisationScoped, ProductScoped, Recorded, ScopedQuerySet, Versioned, plain
from core.models.derived import Cursor, Pulse, Stale
from core.models.people import ApiToken, Membership, Organisation, Product, Rights, Role, User, load_rights

__all__ = [
    "ApiToken", "ChainHead", "Change", "Cursor", "Event", "Membership", "Organisation", "OrganisationScoped", "Product", "ProductScoped",
    "Pulse", "Recorded", "Rights", "Role", "ScopedQuerySet", "Stale", "User", "Versioned", "load_rights", "plain",
]  # fmt: skip

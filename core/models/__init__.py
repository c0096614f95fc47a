"""The models of core, a file per family."""

from core.models.acts import ChainHead, Change, Event
from core.models.base import Identifying, OrganisationScoped, Own, ProductScoped, Recorded, ScopedQuerySet, Versioned, plain
from core.models.custom_fields import CustomField, CustomValue
from core.models.deliveries import Delivery
from core.models.derived import Cursor, Pulse, Stale
from core.models.invitations import Invitation
from core.models.jobs import Job
from core.models.people import ApiToken, Keyed, Membership, Organisation, Product, Rights, Role, User
from core.models.requests import IdempotencyKey, RateWindow
from core.models.saved_views import PinnedView, SavedView, ViewDigest, ViewSubscription
from core.models.search import SearchEntry, SearchWord
from core.models.talk import Comment, Follower, NewsChoice, Notification, Way

__all__ = [
    "ApiToken", "ChainHead", "Change", "Comment", "Cursor", "CustomField", "CustomValue", "Delivery", "Event", "Follower",
    "IdempotencyKey", "Identifying", "Invitation", "Job", "Keyed", "Membership", "NewsChoice", "Notification", "Organisation",
    "OrganisationScoped", "Own", "PinnedView", "Product", "ProductScoped", "Pulse", "RateWindow", "Recorded", "Rights", "Role", "SavedView",
    "ScopedQuerySet", "SearchEntry", "SearchWord", "Stale", "User", "Versioned", "ViewDigest", "ViewSubscription", "Way", "plain",
]  # fmt: skip

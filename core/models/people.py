"""People, what they may, and how programs act for them."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property

from core import clock
from core.models.base import Identifying, ScopedQuerySet, Versioned
from core.sql import as_list


class Reach(RawSQL):
    """Every living product with its visibility and the level a query's `core_user` has there, as one list.

    Written by hand: it is a part of every request's first statement, and building it anew each time costs as much as running it.
    """

    def __init__(self):
        super().__init__(
            f"SELECT {as_list('p.id, p.visibility, m.level')} FROM core_product p LEFT JOIN core_membership m "  # noqa: S608 - our own words
            "ON m.product_id = p.id AND m.user_id = core_user.id AND m.deleted_at IS NULL WHERE p.deleted_at IS NULL",
            [],
            models.JSONField(),
        )


class Role(models.TextChoices):
    """What a person is here for; `Rights` and `core.permissions` say what each may."""

    ADMIN = "admin", "Administrator"
    OPS = "ops", "Product operations"
    LEADER = "leader", "Leader"
    MAKER = "maker", "Maker"
    CONTRIBUTOR = "contributor", "Contributor"
    GUEST = "guest", "Guest"


class OrganisationQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The one organisation: everybody who is signed in belongs to it."""
        return self.scoped()


class Organisation(Versioned):
    """The one organisation this installation serves."""

    name = models.CharField(max_length=120, default="Your organisation")
    currency = models.CharField(max_length=3, default="EUR")
    timezone = models.CharField(max_length=64, default="UTC")

    objects = OrganisationQuerySet.as_manager()

    @classmethod
    def today(cls) -> date:
        """The organisation's calendar day; one statement."""
        return clock.today(cls.zone())

    @classmethod
    def zone(cls) -> str:
        """The name of the time zone by which its days begin and end; one statement."""
        return cls._base_manager.values_list("timezone", flat=True).get(pk=1)


class UserQuerySet(Identifying):
    def visible_to(self, user) -> Self:
        """Colleagues: every member sees every person; a guest sees only themselves."""
        rows = self.alive() if user.rights.is_member else self.filter(pk=user.pk)
        return rows.scoped()

    def for_sign_in(self) -> Self:
        """Who may come in at all."""
        return super().for_sign_in().filter(is_active=True, deleted_at=None)

    def with_reach(self) -> Self:
        """With what their rights are made of."""
        return self.annotate(reach=Reach())


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        """The person with this e-mail address, whatever its case."""
        return self.get_queryset().get(email__iexact=username)


class User(AbstractBaseUser, Versioned):
    """A person who signs in. E-mail addresses are kept in lower case."""

    unrecorded = Versioned.unrecorded | {"password", "last_login", "seen_event"}

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=Role, default=Role.CONTRIBUTOR)
    is_active = models.BooleanField(default=True)
    timezone = models.CharField(max_length=64, default="UTC")
    digest_hour = models.PositiveSmallIntegerField("hour of digests", default=8)
    scope = models.ForeignKey("core.Product", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()
    # The token the request in hand came with; rights stay narrowed to it however often they are read anew.
    token: "ApiToken | None" = None
    # What rights are made of, where it came with the row: (product id, visibility, the person's level there or None).
    reach: "list[tuple[int, str, str | None]] | None" = None

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23), name="user_digest_hour", violation_error_message="Choose an hour of the day, 0 to 23."
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rights(self) -> "Rights":
        """What this person may see and edit, read once per request."""
        if self.reach is None:
            mine = User.objects.for_sign_in().with_reach().order_by().filter(pk=self.pk)
            self.reach = next(iter(mine.values_list("reach", flat=True)), [])
        return rights_of(self, self.reach, self.token)

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"

    @property
    def tint(self) -> int:
        """Which of the six quiet tints stands behind the initials."""
        return (self.pk or 0) % 6 + 1

    def has_perm(self, perm, obj=None) -> bool:
        """Django's permission table is not used; rights are roles and memberships."""
        return False


@dataclass(frozen=True)
class Rights:
    """One person's rights at the moment they were read. Ids are of Product."""

    role: str
    is_active: bool
    visible: frozenset[int]
    editable: frozenset[int]
    owned: frozenset[int]
    scopes: frozenset[str] | None = None  # of the API token in use; None: a person at a page
    is_narrowed: bool = False  # the token in use is for one product: nothing of the whole organisation may be written

    @property
    def is_member(self) -> bool:
        """Everybody of the organisation but guests."""
        return self.is_active and self.role != Role.GUEST

    def is_any(self, *roles: str) -> bool:
        return self.is_active and self.role in roles

    def sees(self, field_class: str) -> bool:
        """Whether fields of this class (`identity`, `revenue`, `internal`) are shown to this person in general.

        A contributor sees revenue of their own accounts only; that exception is decided per row in `core.masking`.
        """
        return self.is_active and field_class in CLASSES_BY_ROLE[self.role]


CLASSES_BY_ROLE = {
    Role.ADMIN: {"identity", "revenue", "internal"},
    Role.OPS: {"identity", "revenue", "internal"},
    Role.LEADER: {"identity", "revenue", "internal"},
    Role.MAKER: {"identity", "revenue", "internal"},
    Role.CONTRIBUTOR: {"identity"},
    Role.GUEST: set(),
}
EDITING_ROLES = {Role.ADMIN, Role.OPS, Role.LEADER, Role.MAKER}


def rights_of(user: User, reach: list[tuple[int, str, str | None]], token: "ApiToken | None" = None) -> Rights:
    """The rights of a person with this reach, narrowed to the token's products and scopes when one is in use."""
    visible, editable, owned = set(), set(), set()
    for product_id, visibility, level in reach if user.is_active and user.deleted_at is None else []:
        if level or (visibility == Product.Visibility.OPEN and user.role != Role.GUEST):
            visible.add(product_id)
        if level in (Membership.Level.OWNER, Membership.Level.EDITOR) and user.role in EDITING_ROLES:
            editable.add(product_id)
        if level == Membership.Level.OWNER and user.role in EDITING_ROLES:
            owned.add(product_id)
    scopes = None
    if token is not None:
        scopes = frozenset(token.scopes)
        if token.product_id is not None:
            visible, editable, owned = ({token.product_id} & ids for ids in (visible, editable, owned))
    return Rights(
        role=user.role,
        is_active=user.is_active and user.deleted_at is None,
        visible=frozenset(visible),
        editable=frozenset(editable),
        owned=frozenset(owned),
        scopes=scopes,
        is_narrowed=token is not None and token.product_id is not None,
    )


class ProductQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Open products for members, and those the person is a member of."""
        return self.alive().filter(pk__in=user.rights.visible).scoped()


class Product(Versioned):
    """What rights hang on: a product, open to every member or private to its own."""

    class Visibility(models.TextChoices):
        OPEN = "open", "Open"
        PRIVATE = "private", "Private"

    key = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=120)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.OPEN)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)
    # The last number given to a feature of this product; raised inside the statement that takes it.
    last_number = models.PositiveIntegerField(default=0, editable=False)

    unrecorded = Versioned.unrecorded | {"last_number"}
    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[A-Z][A-Z0-9]{1,7}$"),
                name="product_key_form",
                violation_error_message="A key is two to eight capital letters or digits and begins with a letter, for instance PAY.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def product_for_rights(self) -> int | None:
        return self.pk

    @property
    def is_private(self) -> bool:
        return self.visibility == self.Visibility.PRIVATE


class MembershipQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Memberships of the products this person sees."""
        return self.alive().filter(product_id__in=user.rights.visible).scoped()


class Membership(Versioned):
    """A person's place at a product."""

    class Level(models.TextChoices):
        OWNER = "owner", "Owner"
        EDITOR = "editor", "Editor"
        VIEWER = "viewer", "Viewer"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", related_query_name="membership")
    level = models.CharField(max_length=8, choices=Level, default=Level.VIEWER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "user"], name="one_membership_per_product")]


class Keyed(Versioned):
    """A way in without a session: its address or token carries a key and a secret, of which only a keyed digest is stored."""

    unrecorded = Versioned.unrecorded | {"digest"}
    purpose: ClassVar[str]  # so that the secret of one kind is of no use for another

    key = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True

    @classmethod
    def digest_of(cls, secret: str) -> str:
        """The keyed digest under which a secret is kept: useless without this installation's SECRET_KEY."""
        return hmac.new(settings.SECRET_KEY.encode(), f"{cls.purpose}:{secret}".encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def fresh_secret() -> tuple[str, str]:
        """A new (key, secret) pair; 256 bits of secret."""
        return secrets.token_hex(6), secrets.token_urlsafe(32)

    def matches(self, secret: str) -> bool:
        return hmac.compare_digest(self.digest, self.digest_of(secret))


class ApiTokenQuerySet(Identifying):
    def visible_to(self, user) -> Self:
        """One's own tokens; an administrator sees everyone's (never a secret: none is kept)."""
        rows = self.alive() if user.rights.is_any(Role.ADMIN) else self.alive().filter(user=user)
        return rows.scoped()

    def for_sign_in(self) -> Self:
        """Every token with its person and what their rights are made of."""
        return super().for_sign_in().select_related("user").annotate(reach=Reach())


class ApiToken(Keyed):
    """A program's key, `pf_<key>.<secret>`; only a keyed digest of the secret is stored."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Write"

    purpose = "api-token"
    unrecorded = Keyed.unrecorded | {"last_used_at"}
    LAST_USED_STEP = 300  # seconds between two notes of use

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def is_usable(self) -> bool:
        """Neither revoked nor expired, and its person still active."""
        expired = self.expires_at is not None and self.expires_at <= clock.now()
        return not expired and self.deleted_at is None and self.user.is_active and self.user.deleted_at is None

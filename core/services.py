"""Every write of core's things."""

from collections.abc import Collection
from datetime import datetime

from django.utils.text import slugify

from core import clock, events
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import ApiToken, Membership, Organisation, Product, Role, User
from core.permissions import can_administer, can_create_product, must, must_edit, must_see
from core.writes import insert, remove, update


def organisation() -> Organisation:
    """The one organisation of this installation."""
    return Organisation._base_manager.get(pk=1)


@acts
def change_organisation(*, actor: User, seen: int | None = None, **values) -> Organisation:
    """Name, currency and time zone are as given."""
    must(can_administer(actor), "Only administrators may change the organisation's settings.")
    return update(organisation(), values, events.ORGANISATION_CHANGED, seen=seen)


@acts
def create_user(*, actor: User | None, email: str, name: str, role: str = Role.CONTRIBUTOR, password: str | None = None, **values) -> User:
    """A person who can sign in; without a password only after following a reset or invitation link."""
    must(actor is None or can_administer(actor), "Only administrators may add people.")
    if role not in Role.values:
        raise RuleBroken(f"There is no role “{role}”. Choose one of: {', '.join(Role.values)}.", "role")
    person = User(email=email.strip().lower(), name=name.strip(), role=role, **values)
    person.set_password(password) if password else person.set_unusable_password()
    return insert(person, events.USER_CREATED)


@acts
def change_user(*, actor: User, user: User, seen: int | None = None, **values) -> User:
    """Name, role, zone or activity are as given; the last administrator stays one."""
    must(can_administer(actor) or (actor == user and set(values) <= {"name", "timezone"}), "Only administrators may change other people.")
    loses_admin = user.role == Role.ADMIN and (values.get("role", Role.ADMIN) != Role.ADMIN or values.get("is_active") is False)
    if loses_admin and not User.objects.alive().filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk).exists():
        raise RuleBroken("This is the only administrator. Make somebody else one first.", "role")
    return update(user, values, events.USER_CHANGED, seen=seen)


@acts
def create_product(*, actor: User, key: str, name: str, visibility: str = Product.Visibility.OPEN, owner: User | None = None) -> Product:
    """A product with its owner as first member."""
    must(can_create_product(actor), "Only administrators, product operations and leaders may add products.")
    owner = owner or actor
    product = insert(Product(key=key.strip().upper(), name=name.strip(), visibility=visibility, owner=owner), events.PRODUCT_CREATED)
    insert(Membership(user=owner, product=product, level=Membership.Level.OWNER), events.MEMBERSHIP_CREATED)
    forget_rights(actor, owner)
    return product


@acts
def change_product(*, actor: User, product: Product, seen: int | None = None, merge: bool = True, **values) -> Product:
    """Name, visibility, owner are as given. Keys stay: links and words of people rest on them."""
    must_edit(actor, product.pk)
    return update(product, values, events.PRODUCT_CHANGED, seen=seen, merge=merge)


@acts
def set_membership(*, actor: User, product: Product, user: User, level: str) -> Membership:
    """The person has this level at the product. The owner of a private product is told by the event when an administrator did it."""
    must(can_administer(actor) or product.pk in actor.rights.owned, "Only administrators and the product's owners may change its members.")
    known = Membership.objects.filter(product=product, user=user).first()
    if known is None:
        found = insert(Membership(user=user, product=product, level=level), events.MEMBERSHIP_CREATED)
    else:
        found = update(known, {"level": level, "deleted_at": None}, events.MEMBERSHIP_CHANGED)
    forget_rights(user)
    return found


@acts
def end_membership(*, actor: User, membership: Membership) -> None:
    """The person is no longer a member; their next request knows."""
    must(
        can_administer(actor) or membership.product_id in actor.rights.owned,
        "Only administrators and the product's owners may change its members.",
    )
    remove(membership, events.MEMBERSHIP_ENDED)
    forget_rights(membership.user)


@acts
def create_token(
    *, actor: User, user: User, name: str, scopes: Collection[str], product: Product | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token and, this one time, its text `pf_<key>.<secret>`."""
    must(actor == user or can_administer(actor), "You may make tokens for yourself only.")
    if unknown := set(scopes) - set(ApiToken.Scope.values):
        raise RuleBroken(f"Unknown scope {', '.join(sorted(unknown))}. Known are: {', '.join(ApiToken.Scope.values)}.", "scopes")
    if not scopes:
        raise RuleBroken("A token needs at least one scope.", "scopes")
    if expires_at is not None and expires_at <= clock.now():
        raise RuleBroken("The end of the token lies in the past.", "expires_at")
    must_see(user, product)
    key, secret = ApiToken.fresh_secret()
    digest = ApiToken.digest_of(secret)
    token = ApiToken(user=user, name=name.strip() or slugify(key), key=key, digest=digest, scopes=sorted(set(scopes)), product=product)
    token.expires_at = expires_at
    return insert(token, events.TOKEN_CREATED), f"pf_{key}.{secret}"


@acts
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """The token works no longer, from the next request on."""
    must(actor.pk == token.user_id or can_administer(actor), "You may revoke your own tokens only.")
    remove(token, events.TOKEN_REVOKED)


def forget_rights(*people: User) -> None:
    """Rights are read anew when asked next in this process's request."""
    for person in people:
        person.__dict__.pop("rights", None)

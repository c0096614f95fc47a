"""Products and who belongs to them."""

from core import events
from core.acts import acts
from core.crossings import may_become
from core.exceptions import RuleBroken
from core.models import Membership, Product, User
from core.permissions import can_administer, can_create_product, must, must_edit
from core.services.people import forget_rights
from core.writes import insert, remove, update

MEMBERS = "Only administrators and the product's owners may change its members."


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
    may_become(product, values.get("visibility", product.visibility))
    return update(product, values, events.PRODUCT_CHANGED, seen=seen, merge=merge)


@acts
def set_membership(*, actor: User, product: Product, user: User, level: str) -> Membership:
    """The person has this level at the product. The owner of a private product is told by the event when an administrator did it."""
    must(can_administer(actor) or product.pk in actor.rights.owned, MEMBERS)
    known = Membership.objects.filter(product=product, user=user).first()
    if known is None:
        found = insert(Membership(user=user, product=product, level=level), events.MEMBERSHIP_CREATED)
    else:
        if level != Membership.Level.OWNER:
            _keep_an_owner(known)
        found = update(known, {"level": level, "deleted_at": None}, events.MEMBERSHIP_CHANGED)
    forget_rights(user)
    return found


@acts
def end_membership(*, actor: User, membership: Membership) -> None:
    """The person is no longer a member; their next request knows."""
    must(can_administer(actor) or membership.product_id in actor.rights.owned, MEMBERS)
    _keep_an_owner(membership)
    remove(membership, events.MEMBERSHIP_ENDED)
    forget_rights(membership.user)


def _keep_an_owner(membership: Membership) -> None:
    """Refuse to take away the last owner: nobody could let anybody in again."""
    if membership.level != Membership.Level.OWNER or membership.deleted_at is not None:
        return
    others = Membership.objects.alive().filter(product=membership.product_id, level=Membership.Level.OWNER, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise RuleBroken("A product needs an owner. Make somebody else one first.", "level")

"""Who may do what with core's things. Seeing is in the querysets; here is doing."""

from core.exceptions import NotAllowed, OutOfSight
from core.models import Product, Role, SavedView, User


def can_see_product(user: User, product_id: int) -> bool:
    return product_id in user.rights.visible


def can_edit_product(user: User, product_id: int) -> bool:
    """Owners and editors of the product, unless the token in use may only read."""
    return product_id in user.rights.editable and can_write(user)


def can_write(user: User) -> bool:
    """Whether anything may be written in this person's name: a page's session may, a token needs the scope."""
    return user.rights.scopes is None or "write" in user.rights.scopes


def can_write_everywhere(user: User) -> bool:
    """Whether what belongs to no product may be written: not with a token made for one product."""
    return can_write(user) and not user.rights.is_narrowed


def can_administer(user: User) -> bool:
    """People, memberships, settings."""
    return user.rights.is_any(Role.ADMIN) and can_write_everywhere(user)


def can_shape_process(user: User) -> bool:
    """Stages, templates, scoring models, imports."""
    return user.rights.is_any(Role.ADMIN, Role.OPS) and can_write_everywhere(user)


def can_keep_custom_fields(user: User, product_id: int | None) -> bool:
    """Who shapes the process, everywhere; a product's owners, at their product."""
    if product_id is None:
        return can_shape_process(user)
    return can_see_product(user, product_id) and (can_shape_process(user) or (product_id in user.rights.owned and can_write(user)))


def can_create_product(user: User) -> bool:
    return user.rights.is_any(Role.ADMIN, Role.OPS, Role.LEADER) and can_write_everywhere(user)


def can_read_audit(user: User) -> bool:
    return user.rights.is_any(Role.ADMIN, Role.OPS)


def can_share_views(user: User) -> bool:
    """Every member shows lists to others; a guest keeps theirs to themselves."""
    return user.rights.is_member and can_write(user)


def can_change_view(user: User, view: SavedView) -> bool:
    """Its owner; of a product's view that product's editors too."""
    if view.product_id is not None:
        is_mine = view.owner_id == user.pk and can_see_product(user, view.product_id) and can_write(user)
        return is_mine or can_edit_product(user, view.product_id)
    return view.owner_id == user.pk and can_write_everywhere(user)


def can_comment(user: User, subject) -> bool:
    """Who sees what is internal may comment on what they see; a token for one product, on that product's things."""
    product_id = subject.product_for_rights
    in_reach = can_write(user) and can_see_product(user, product_id) if product_id is not None else can_write_everywhere(user)
    return in_reach and user.rights.sees("internal")


def must(allowed: bool, sentence: str) -> None:
    """Refuse with a sentence unless allowed."""
    if not allowed:
        raise NotAllowed(sentence)


def must_edit(user: User, product_id: int) -> None:
    """Refuse who may not edit the product: as missing where they do not see it, as forbidden where they do."""
    if not can_see_product(user, product_id):
        raise OutOfSight("There is no such thing, or it is not yours to see.")
    must(can_edit_product(user, product_id), "Only owners and editors of this product may change it.")


def must_see(user: User, *products: Product | None) -> None:
    """Refuse to link to a product out of sight, as if it were missing."""
    for product in products:
        if product is not None and not can_see_product(user, product.pk):
            raise OutOfSight("There is no such product, or it is not yours to see.")


def must_keep_custom_fields(user: User, product_id: int | None) -> None:
    """Refuse who may not make or change custom fields here; a product out of sight is missing."""
    if product_id is not None and not can_see_product(user, product_id):
        raise OutOfSight("There is no such product, or it is not yours to see.")
    must(
        can_keep_custom_fields(user, product_id), "Product operations change fields everywhere, a product's owners those of their product."
    )

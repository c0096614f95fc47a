"""Who may bring files in."""

from core.models import Product, Role, User
from core.permissions import can_edit_product, can_write


def can_import(user: User, product: Product | None) -> bool:
    """Product operations and administrators everything of the organisation; a product's owners and editors what belongs to it."""
    if product is None:
        return user.rights.is_any(Role.ADMIN, Role.OPS) and can_write(user)
    return can_edit_product(user, product.pk)


def can_import_something(user: User) -> bool:
    """Whether there is anything this person may bring in."""
    return user.rights.is_any(Role.ADMIN, Role.OPS) or bool(user.rights.editable)

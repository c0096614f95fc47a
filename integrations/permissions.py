"""Who may bring files in."""

from core.models import Product, Role, User
from core.permissions import can_edit_product, can_write_everywhere, must
from integrations.models import ImportRun

REFUSAL = "Only product operations, and owners and editors for their own product, may import."


def can_import(user: User, product: Product | None) -> bool:
    """Product operations and administrators everything of the organisation; a product's owners and editors what belongs to it."""
    if product is None:
        return user.rights.is_any(Role.ADMIN, Role.OPS) and can_write_everywhere(user)
    return can_edit_product(user, product.pk)


def can_import_something(user: User) -> bool:
    """Whether there is anything this person may bring in."""
    return user.rights.is_any(Role.ADMIN, Role.OPS) or bool(user.rights.editable)


def must_own(user: User, run: ImportRun) -> None:
    """Refuse who did not bring the file, and who may import there no longer."""
    must(run.owner_id == user.pk, "Only who brought the file may run it or take it back.")
    must(can_import(user, run.product), REFUSAL)

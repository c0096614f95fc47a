"""Who may decide and who may set the checks. Seeing is in the querysets."""

from core.exceptions import OutOfSight
from core.models import Role, User
from core.permissions import can_edit_product, can_see_product, can_shape_process, can_write, can_write_everywhere, must

DECIDERS = (Role.ADMIN, Role.OPS, Role.LEADER)


def can_change_checks(user: User) -> bool:
    """Administrators and product operations."""
    return can_shape_process(user)


def can_decide(user: User, product_id: int | None) -> bool:
    """About a product: its owners and editors, and leaders who see it; about the organisation: leaders and who runs the process."""
    if product_id is None:
        return user.rights.is_any(*DECIDERS) and can_write_everywhere(user)
    return can_edit_product(user, product_id) or (user.rights.is_any(*DECIDERS) and can_see_product(user, product_id) and can_write(user))


def must_decide(user: User, product_id: int | None) -> None:
    """Refuse who may not log decisions about this product or the organisation; as missing where they do not see it."""
    sees = user.rights.is_member if product_id is None else can_see_product(user, product_id)
    if not sees:
        raise OutOfSight("There is no such thing, or it is not yours to see.")
    must(can_decide(user, product_id), "Decisions are logged by leaders, product operations, and the owners and editors of the product.")

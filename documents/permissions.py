"""Who may write templates and documents. Seeing is in the querysets."""

from core.models import User
from core.permissions import can_edit_product, can_shape_process
from documents.models import Document


def can_change_templates(user: User) -> bool:
    """Administrators and product operations."""
    return can_shape_process(user)


def can_write_document(user: User, document: Document) -> bool:
    """Owners and editors of the product it is about."""
    return can_edit_product(user, document.product_for_rights)

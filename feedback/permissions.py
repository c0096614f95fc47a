"""Who may do what with feedback. Seeing is in the querysets; here is doing."""

from core.exceptions import OutOfSight, RuleBroken
from core.masking import sees_revenue_of
from core.models import Product, User
from core.permissions import can_edit_product, can_see_product, can_write, can_write_everywhere, must
from feedback.models import TRIAGING, Feedback

NOT_TRIAGE = "Only owners and editors of the product, and product operations, may sort its feedback."


def can_read_inbox(user: User) -> bool:
    """Makers, leaders, product operations and administrators; who submits has a list of their own."""
    return user.rights.is_any(*TRIAGING)


def can_submit_feedback(user: User) -> bool:
    """Every member of the organisation."""
    return user.rights.is_member and can_write(user)


def can_change_requester(user: User) -> bool:
    return can_read_inbox(user) and can_write_everywhere(user)


def can_triage_product(user: User, product_id: int | None) -> bool:
    """What has no product yet is sorted by who reads the inbox; a product's by its editors and by product operations."""
    if not can_read_inbox(user):
        return False
    if product_id is None:
        return can_write_everywhere(user)
    is_process = user.rights.is_any("ops", "leader") and can_see_product(user, product_id) and can_write(user)
    return is_process or can_edit_product(user, product_id)


def can_triage(user: User, feedback: Feedback) -> bool:
    return can_triage_product(user, feedback.product_id)


def must_triage(user: User, feedback: Feedback) -> None:
    """Refuse who may not sort this message: as missing where its product is out of sight, as forbidden where it is not."""
    if feedback.product_id is not None and not can_see_product(user, feedback.product_id) and feedback.submitter_id != user.pk:
        raise OutOfSight("There is no such message, or it is not yours to see.")
    must(can_triage(user, feedback), NOT_TRIAGE)


def must_stay_private(feedback_product: Product | None, feature_product: Product) -> None:
    """Refuse a link between a private product and anything else: a row of one would tell of the other."""
    if feedback_product is None or feedback_product.pk == feature_product.pk:
        return
    if feedback_product.is_private or feature_product.is_private:
        sentence = "A private product's features and messages are linked among themselves only."
        raise RuleBroken(f"{sentence} Move the message to the feature's product first.", "feature")


def sees_deal_of(user: User, feedback: Feedback) -> bool:
    """Whether the size of the deal is shown: to who sees revenue, who wrote it down, and the account's owner."""
    if user.rights.sees("revenue") or feedback.submitter_id == user.pk:
        return True
    return feedback.account is not None and sees_revenue_of(user, feedback.account)

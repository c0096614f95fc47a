"""Who may rate and who may change what counts."""

from core.models import Role, User
from core.permissions import can_edit_product, can_shape_process, can_write
from prioritization.models import ScoringModel
from roadmaps.models import Feature


def can_rate_feature(user: User, feature: Feature) -> bool:
    """Who sees the feature and is a maker, leader, ops or admin; several people's views are the point of a rating."""
    return feature.product_id in user.rights.visible and user.rights.is_any(*RATERS) and can_write(user)


def can_change_model(user: User, model: ScoringModel) -> bool:
    """Product operations everywhere; the owners and editors of a product for its own model."""
    if can_shape_process(user):
        return True
    return model.product_id is not None and can_edit_product(user, model.product_id)


RATERS = (Role.ADMIN, Role.OPS, Role.LEADER, Role.MAKER)

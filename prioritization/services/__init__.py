"""Every write of prioritization."""

from prioritization.services.ratings import Say, rate, rate_many, withdraw_rating
from prioritization.services.scoring_models import (
    MOST_CRITERIA,
    change_criterion,
    change_model,
    copy_model,
    create_criterion,
    create_model,
    delete_criterion,
    delete_model,
)

__all__ = [
    "MOST_CRITERIA", "Say", "change_criterion", "change_model", "copy_model", "create_criterion", "create_model", "delete_criterion",
    "delete_model", "rate", "rate_many", "withdraw_rating",
]  # fmt: skip

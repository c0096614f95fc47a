"""Every write of portfolio, a file per noun."""

from portfolio.dashboard import new_day
from portfolio.services.accounts import change_account, change_segment, create_account, create_segment, delete_account, delete_segment
from portfolio.services.allocations import post_status, set_allocations
from portfolio.services.lines import change_line, create_line, delete_line, place_product, take_product_out
from portfolio.services.metrics import Point, change_metric, create_metric, delete_metric, delete_point, record_points
from portfolio.services.objectives import (
    change_key_result,
    change_objective,
    check_in,
    create_key_result,
    create_objective,
    delete_key_result,
    delete_objective,
)
from portfolio.services.strategies import change_persona, create_persona, delete_persona, set_strategy
from portfolio.services.teams import change_team, create_team, delete_team, set_capacity

__all__ = [
    "Point", "change_account", "change_key_result", "change_line", "change_metric", "change_objective", "change_persona", "change_segment",
    "change_team", "check_in", "create_account", "create_key_result", "create_line", "create_metric", "create_objective", "create_persona",
    "create_segment", "create_team", "delete_account", "delete_key_result", "delete_line", "delete_metric", "delete_objective",
    "delete_persona", "delete_point", "delete_segment", "delete_team", "new_day", "place_product", "post_status", "record_points",
    "set_allocations", "set_capacity", "set_strategy", "take_product_out",
]  # fmt: skip

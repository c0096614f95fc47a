"""The models of portfolio, a file per family."""

from portfolio.models.lines import (
    Account,
    InvestmentKind,
    Persona,
    ProductLine,
    ProductLineMembership,
    Segment,
    Strategy,
    Team,
    TeamCapacity,
)
from portfolio.models.objectives import Allocation, CheckIn, Direction, KeyResult, Metric, MetricPoint, Objective, StatusUpdate
from portfolio.models.tiles import TileDay

__all__ = [
    "Account", "Allocation", "CheckIn", "Direction", "InvestmentKind", "KeyResult", "Metric", "MetricPoint", "Objective", "Persona",
    "ProductLine", "ProductLineMembership", "Segment", "StatusUpdate", "Strategy", "Team", "TeamCapacity", "TileDay",
]  # fmt: skip

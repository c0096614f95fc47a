"""The API's resources of the portfolio, a file per family."""

from portfolio.api.accounts import Accounts
from portfolio.api.lines import Lines, Segments, Teams
from portfolio.api.metrics import MetricPoints, Metrics
from portfolio.api.objectives import KeyResults, Objectives

__all__ = ["Accounts", "KeyResults", "Lines", "MetricPoints", "Metrics", "Objectives", "Segments", "Teams"]

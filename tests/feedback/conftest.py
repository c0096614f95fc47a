"""Feedback's own cast: features of each product, an account the contributor owns and one they do not."""

from dataclasses import dataclass

import pytest

from feedback.models import Requester
from portfolio.models import Account
from tests.factories.feedback import RequesterFactory
from tests.factories.portfolio import AccountFactory
from tests.roadmaps.conftest import browse, plan  # noqa: F401 - fixtures


@dataclass(frozen=True)
class Market:
    """`mine` is the contributor's account with a person `dana`; `other` is nobody's, with `jan`."""

    mine: Account
    other: Account
    dana: Requester
    jan: Requester


@pytest.fixture
def market(cast) -> Market:
    mine = AccountFactory(name="Brightwater Foods", owner=cast.contributor, annual_revenue=412_000, state="customer")
    other = AccountFactory(name="Vantage Pharma", annual_revenue=355_000, state="customer")
    return Market(mine, other, RequesterFactory(name="Dana Whitfield", account=mine), RequesterFactory(name="Jan Reuter", account=other))

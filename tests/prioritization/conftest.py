"""A portfolio's scoring model beside the plan's cast."""

from decimal import Decimal

import pytest

from prioritization import services
from prioritization.models import Criterion, ScoringModel
from tests.roadmaps.conftest import browse, plan  # noqa: F401 - fixtures

CRITERIA = [
    {"key": "fit", "name": "Strategic fit", "weight": Decimal(50)},
    {"key": "value", "name": "Customer value", "weight": Decimal(30), "consensus": "median"},
    {
        "key": "low_effort",
        "name": "Low effort",
        "kind": "computed",
        "source": "effort",
        "direction": "down",
        "scale_min": Decimal(0),
        "scale_max": Decimal(20),
        "weight": Decimal(20),
    },
]


@pytest.fixture
def model(cast) -> ScoringModel:
    return services.create_model(actor=cast.ops, name="Portfolio value", criteria=CRITERIA)


@pytest.fixture
def criteria(model) -> dict[str, Criterion]:
    return {criterion.key: criterion for criterion in Criterion.objects.filter(model=model)}

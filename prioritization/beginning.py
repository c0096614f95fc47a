"""The scoring model a new organisation begins with: impact, alignment, demand and effort."""

from decimal import Decimal

from core.registry import register_beginning
from prioritization.models import Criterion
from prioritization.services import create_model

IMPACT = {
    "1": "Nice to read about.",
    "2": "Saves a customer minutes a month.",
    "3": "Saves hours, or takes a regular annoyance away.",
    "4": "Changes how a team at the customer works.",
    "5": "A reason to choose us, or to stay.",
}
CRITERIA = [
    {"key": "impact", "name": "Impact", "weight": Decimal(35), "rubric": IMPACT},
    {
        "key": "alignment", "name": "Strategic alignment", "weight": Decimal(20), "kind": Criterion.Kind.COMPUTED,
        "source": Criterion.Source.ALIGNMENT, "scale_min": Decimal(0), "scale_max": Decimal(9),
    },
    {
        "key": "demand", "name": "Demand", "weight": Decimal(25), "kind": Criterion.Kind.COMPUTED,
        "source": Criterion.Source.DEMAND, "scale_min": Decimal(0), "scale_max": Decimal(20), "unit": "people",
    },
    {
        "key": "effort", "name": "Low effort", "weight": Decimal(20), "kind": Criterion.Kind.COMPUTED, "source": Criterion.Source.EFFORT,
        "direction": Criterion.Direction.DOWN, "scale_min": Decimal(1), "scale_max": Decimal(20), "unit": "pw",
    },
]  # fmt: skip


def begin() -> None:
    """One model, in use for every product: the weighted sum of its criteria."""
    create_model(actor=None, name="Value", criteria=CRITERIA)


register_beginning(begin)

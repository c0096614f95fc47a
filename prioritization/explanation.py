"""What each criterion contributes to a feature's score. Provisional: the weighted sum's own terms."""

from decimal import Decimal


def raw_value(criterion, feature):
    """The value a computed criterion reads of the feature; None where blank or rated."""
    return {"demand": feature.demand_people, "revenue": feature.demand_revenue, "effort": feature.effort_likely}.get(criterion.source)


def contributions(model, criteria, feature):
    """(base, {criterion key: points})."""
    return Decimal(0), {c.key: Decimal(0) for c in criteria}

"""Links of portfolio's rows from one product into another."""

from django.db.models import QuerySet

from core.crossings import Crossing, register_crossing
from core.models import Product
from portfolio.models import KeyResult, Objective


def _serving(product: Product) -> QuerySet[Objective]:
    return Objective.objects.filter(parent__product=product, deleted_at=None).exclude(product=product)


def _following(product: Product) -> QuerySet[KeyResult]:
    return KeyResult.objects.filter(metric__product=product, deleted_at=None).exclude(objective__product=product)


register_crossing(Crossing(_serving, "objectives that others' objectives serve"))
register_crossing(Crossing(_following, "metrics that others' key results follow"))

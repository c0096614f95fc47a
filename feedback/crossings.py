"""Links of feedback's rows between a product and another. A message that is of no product may speak for any."""

from django.db.models import Q, QuerySet

from core.crossings import Crossing, register_crossing
from core.models import Product
from feedback.models import Evidence, Feedback


def _links(product: Product) -> QuerySet[Evidence]:
    """Links of its messages to others' features, and of others' messages to its features."""
    out = Q(feedback__product=product) & ~Q(feature__product=product)
    into = Q(feature__product=product, feedback__product__isnull=False) & ~Q(feedback__product=product)
    return Evidence.objects.filter(out | into, deleted_at=None)


def _merged(product: Product) -> QuerySet[Feedback]:
    """Messages merged across its border, either way."""
    out = Q(product=product, merged_into__isnull=False) & ~Q(merged_into__product=product)
    into = Q(merged_into__product=product) & (~Q(product=product) | Q(product=None))
    return Feedback.objects.filter(out | into, deleted_at=None)


register_crossing(Crossing(_links, "messages linked to features of other products, or features linked to others' messages"))
register_crossing(Crossing(_merged, "messages merged with others'"))

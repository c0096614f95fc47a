"""Which features a tile counts, and which a person is shown behind a figure."""

from collections.abc import Collection

from django.db.models import QuerySet

from portfolio.dashboard import Look
from roadmaps.models import Feature

SHOWN = 200  # rows behind a figure
FACTS = ("status", "product", "deleted_at", "merged_into")  # what decides whether a feature counts at all
TEMPLATE = "roadmaps/tiles/rows.html"


def living(products: Collection[int]) -> QuerySet:
    """The features of these products that stand for themselves."""
    return Feature._base_manager.filter(product__in=products, deleted_at=None, merged_into=None).order_by()


def in_sight(look: Look) -> QuerySet:
    """The same through the person's rights, as a list shows them."""
    rows = Feature.objects.visible_to(look.user).filter(product__in=look.products, merged_into=None)
    return rows.select_related("product", "stage", "owner", "release")

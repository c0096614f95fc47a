"""Which rows the saved views of roadmaps' lists have."""

from django.db.models import QuerySet
from django.http import QueryDict

from core.models import Product, User
from core.registry import ListPage, register_list_page
from roadmaps.filters import FeatureFilter
from roadmaps.models import Feature


def _features(user: User, query: QueryDict, product: Product | None) -> QuerySet:
    rows = Feature.objects.visible_to(user).canonical()
    return FeatureFilter(query, user=user).narrow(rows.filter(product=product) if product else rows)


def _hides(user: User, query: QueryDict) -> bool:
    return bool(FeatureFilter(query, user=user).error)


def _lasting(user: User, query: QueryDict) -> QueryDict:
    """Names in the filter become ids."""
    if "filter" in query:
        query["filter"] = FeatureFilter(query, user=user).lasting
    return query


register_list_page(ListPage("features", Feature, _features, _hides, _lasting))

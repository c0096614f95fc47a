"""Links of roadmaps' rows from one product into another. A dependency is none: a hidden end hides it."""

from django.db.models import QuerySet

from core.crossings import Crossing, register_crossing
from core.models import Product
from roadmaps.models import Feature, FeatureObjective, InitiativeObjective


def _features(product: Product, link: str) -> QuerySet[Feature]:
    """Features of other products whose `link` is a row of this one."""
    return Feature.objects.filter(**{f"{link}__product": product, "deleted_at": None}).exclude(product=product)


def _features_serving(product: Product) -> QuerySet[FeatureObjective]:
    return FeatureObjective.objects.filter(objective__product=product, deleted_at=None).exclude(feature__product=product)


def _initiatives_serving(product: Product) -> QuerySet[InitiativeObjective]:
    return InitiativeObjective.objects.filter(objective__product=product, deleted_at=None).exclude(initiative__product=product)


register_crossing(Crossing(lambda product: _features(product, "initiative"), "initiatives with others' features"))
register_crossing(Crossing(lambda product: _features(product, "release"), "releases with others' features"))
register_crossing(Crossing(lambda product: _features(product, "merged_into"), "features that others' were merged into"))
register_crossing(Crossing(_features_serving, "objectives that others' features serve"))
register_crossing(Crossing(_initiatives_serving, "objectives that others' initiatives serve"))

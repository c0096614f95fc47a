"""Which rows the saved views of roadmaps' lists have, and which words those lists know already."""

from django.db.models import QuerySet
from django.http import QueryDict

from core.models import Product, User
from core.registry import CustomSubject, ListPage, register_custom_subject, register_list_page
from roadmaps.columns import COLUMNS
from roadmaps.fields import FIELDS
from roadmaps.filters import FeatureFilter
from roadmaps.forms import FeatureForm
from roadmaps.models import Feature
from roadmaps.services.features import EDITABLE

# What services, forms, addresses and files call things of their own beside a feature's fields.
RESERVED = {
    "actor", "feature", "seen", "merge", "reason", "objectives", "segments", "number", "rows", "version", "words", "me", "none",
    "field", "only", "row", "in", "columns", "cells", "csrfmiddlewaretoken", "once", "do", "was", "back", "filter", "sort", "group", "at",
    "see_also", "replaces", "made_on",
}  # fmt: skip


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


def own_words() -> set[str]:
    """What names something of a feature already: in filters, columns, forms, files, the API."""
    return {*FIELDS, *COLUMNS, *FeatureForm.PAGE, *EDITABLE, *RESERVED, *(field.name for field in Feature._meta.get_fields())}


register_list_page(ListPage("features", Feature, _features, _hides, _lasting))
register_custom_subject(CustomSubject(Feature, "features", own_words))

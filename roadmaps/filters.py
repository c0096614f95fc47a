"""Which features a list shows, read from its URL; saves nothing."""

from collections.abc import Mapping
from datetime import datetime

from core.custom_fields import fields_of
from core.filtering import Field, Filter, custom_filter
from core.models import User
from roadmaps.fields import FIELDS, has_words
from roadmaps.models import Feature


class FeatureFilter(Filter):
    """The filter a list of features has in its address: `?filter=stage:delivery score>70`."""

    def __init__(self, params: Mapping[str, str], *, user: User, at: datetime | None = None):
        super().__init__(params.get("filter", ""), user=user, fields=FIELDS, words=has_words, at=at, more=lambda: _custom(user))


def _custom(user: User) -> dict[str, Field]:
    """Features by their custom fields."""
    return {key: custom_filter(field) for key, field in fields_of(user, Feature._meta.label_lower).items()}

"""Which features a list shows, read from its URL; saves nothing."""

from collections.abc import Mapping
from datetime import datetime

from core.filtering import Filter
from core.models import User
from roadmaps.fields import FIELDS, has_words


class FeatureFilter(Filter):
    """The filter a list of features has in its address: `?filter=stage:delivery score>70`."""

    def __init__(self, params: Mapping[str, str], *, user: User, at: datetime | None = None):
        super().__init__(params.get("filter", ""), user=user, fields=FIELDS, words=has_words, at=at)

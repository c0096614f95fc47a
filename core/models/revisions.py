"""What is versioned as a whole (documents, templates): every content it ever had, numbered, never changed afterwards."""

import hashlib
from typing import Any

from django.db import models

from core import clock
from core.models.acts import canonical
from core.models.base import Recorded
from core.models.people import User


def digest_of(content: Any) -> str:
    """The digest by which two contents are known to be the same."""
    return hashlib.sha256(canonical(content)).hexdigest()


class Revision(Recorded):
    """One content of a thing; a subclass says of what. Its Change carries number and digest: the content is here, for good."""

    unrecorded = Recorded.unrecorded | {"content"}

    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        ordering = ["-number"]

"""Where other systems want to be told."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.db import models

from core.models import OrganisationScoped, Role, User, Versioned


class WebhookEndpointQuerySet(OrganisationScoped):
    def visible_to(self, user):
        """Connections are the affair of administrators and product operations."""
        rows = self.alive() if user.rights.is_any(Role.ADMIN, Role.OPS) else self.none()
        return rows.scoped()


class WebhookEndpoint(Versioned):
    """An address told of events, as far as its owner may see them at that moment.

    The signing secret follows from `round`, so that none is stored.
    """

    unrecorded = Versioned.unrecorded | {"round"}

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=300)
    verbs = models.JSONField(default=list, blank=True)  # of the events it is told; empty: of all
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=200, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        app_label = "integrations"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """The signing secret, 256 bits, as receivers are given it once."""
        key = hmac.new(settings.SECRET_KEY.encode(), f"webhook:{self.pk}:{self.round}".encode(), hashlib.sha256).digest()
        return f"whsec_{base64.b64encode(key).decode()}"

    @property
    def lane(self) -> str:
        """Under which its deliveries wait, one after the other."""
        return f"webhook:{self.pk}"

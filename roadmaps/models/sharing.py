"""Addresses under which people outside see a roadmap, and how often they did."""

from django.db import models

from core import clock
from core.models import Identifying, Keyed, ScopedQuerySet, User
from roadmaps.models.audiences import Audience
from roadmaps.models.plan import Roadmap


class ShareLinkQuerySet(Identifying):
    def visible_to(self, user):
        """One's own, of roadmaps one may still open."""
        return self.alive().filter(made_by=user, roadmap__in=Roadmap.objects.visible_to(user).order_by().values("pk")).scoped()


class ShareLink(Keyed):
    """A roadmap at an address for an audience: whoever holds it sees what its maker may see at that moment, behind the audience's masks."""

    purpose = "share-link"
    rights_through = "roadmap"
    unrecorded = Keyed.unrecorded | {"password"}

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="+", related_query_name="share_link")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", editable=False)
    title = models.CharField(max_length=120)  # what stands over it outside, because a roadmap's own name may say too much
    ends_on = models.DateField("last day", null=True, blank=True)  # of the organisation; without one it holds until it is revoked
    password = models.CharField(max_length=128, blank=True, editable=False)  # a digest as of a person's
    embeds = models.JSONField("pages it may stand in", default=list, blank=True)  # origins, https://www.example.com
    takes_answers = models.BooleanField("visitors may leave feedback", default=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title


class LinkVisit(models.Model):
    """How often a link was opened from one place on one day. `source` is a keyed digest of the day and the place: no address is kept."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="+", related_query_name="visit")
    day = models.DateField()
    source = models.CharField(max_length=16)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "day", "source"], name="visit_once_per_day_and_source")]
        indexes = [models.Index(fields=["day"], name="visit_by_day")]  # the daily tidying

"""Calendars of the plan that other programs read by their address alone."""

from django.db import models

from core.models import Identifying, Keyed, Product, User


class CalendarFeedQuerySet(Identifying):
    def visible_to(self, user):
        """One's own."""
        return self.alive().filter(user=user).scoped()


class CalendarFeed(Keyed):
    """The plan's days at an address that tells nobody else of them: whoever holds it reads what its person may see at that moment."""

    purpose = "calendar-feed"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")  # without one: everything
    has_features = models.BooleanField(default=False)  # the days on which features are due, too

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

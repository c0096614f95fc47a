"""Share links: addresses under which people outside see a roadmap."""

import json

from django.conf import settings
from django.db.models import Max, Sum
from django.urls import reverse
from rest_framework import serializers
from rest_framework.response import Response

from core.api.filters import Filter
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from roadmaps import services
from roadmaps.models import Audience, Roadmap, ShareLink

TOLD_ONCE = "Where it leads from: told in the answer that makes it, and never again, with the same `Idempotency-Key` neither."
ANSWERS = "Whether visitors may leave feedback on what they see."


class ShareLinkOutput(Output):
    audience = serializers.SlugRelatedField("slug", read_only=True, help_text="The slug of whom it is shown to.")
    address = serializers.URLField(read_only=True, allow_null=True, help_text=TOLD_ONCE)
    has_password = serializers.BooleanField(read_only=True)
    embeds = serializers.ListField(child=serializers.URLField(), read_only=True, help_text="The origins in whose pages it may stand.")
    opened = serializers.IntegerField(read_only=True, help_text="How often it was opened in the last three months.")
    last_opened_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = ShareLink
        fields = [
            "id", "key", "roadmap", "audience", "title", "ends_on", "has_password", "embeds", "takes_answers", "address", "opened",
            "last_opened_at", "version", "created_at", "updated_at",
        ]  # fmt: skip


class ShareLinkInput(Input):
    roadmap = VisibleField(model=Roadmap, help_text="The id of a roadmap of yours.")
    audience = VisibleField(model=Audience, by="slug", help_text="The slug of whom it is shown to.")
    title = serializers.CharField(max_length=120, required=False, help_text="What stands over it outside; else the roadmap's name.")
    link_password = serializers.CharField(
        source="password", max_length=100, required=False, trim_whitespace=False, help_text="Asked for before anything is shown."
    )
    embeds = serializers.ListField(child=serializers.CharField(max_length=200), required=False, help_text="Like https://www.example.com.")
    takes_answers = serializers.BooleanField(required=False, default=True, help_text=ANSWERS)

    class Meta:
        model = ShareLink
        fields = ["roadmap", "audience", "title", "ends_on", "link_password", "embeds", "takes_answers"]


class ShareLinkChange(ChangeInput):
    takes_answers = serializers.BooleanField(help_text=ANSWERS)

    class Meta:
        model = ShareLink
        fields = ["takes_answers"]


class ShareLinks(Creates, Changes, Removes, Resource):
    """Your links to roadmaps, for people outside. Each shows what you may see, behind its audience's masks; removing one revokes it."""

    model = ShareLink
    output = ShareLinkOutput
    create_input = ShareLinkInput
    change_input = ShareLinkChange
    joins = ("audience",)
    filters = {
        "roadmap": Filter("exact", "in"),
        "audience": Filter("exact", "in", path="audience__slug"),
        "ends_on": Filter("gte", "lte", "isnull"),
    }
    orderings = ("created_at", "id")
    default_order = "-created_at"
    _fresh: tuple[int, str] = (0, "")  # the link just made, and its address

    def spoken(self, rows):
        known = ShareLink.objects.visible_to(self.request.user).filter(pk__in=[row.pk for row in rows])
        visits = known.annotate(times=Sum("visit__count"), last=Max("visit__last_at")).values_list("pk", "times", "last")
        opened = {pk: (times or 0, last) for pk, times, last in visits}
        for row in rows:
            row.opened, row.last_opened_at = opened.get(row.pk, (0, None))
            row.has_password = bool(row.password)
            row.address = self._fresh[1] if row.pk == self._fresh[0] else None
        return super().spoken(rows)

    def kept(self, response: Response) -> bytes:
        """The secret is kept nowhere: the answer as it is from then on."""
        return json.dumps({**json.loads(response.content), "address": None}).encode()

    def create_row(self, **values):
        link, secret = services.create_link(actor=self.request.user, **values)
        self._fresh = (link.pk, settings.PUBLIC_BASE_URL + reverse("shared", args=[link.key, secret]))
        return link

    def change_row(self, row, seen, merge, **values):
        return services.change_link(actor=self.request.user, link=row, seen=seen, merge=merge, **values)

    def remove_row(self, row, seen):
        return services.revoke_link(actor=self.request.user, link=row, seen=seen)

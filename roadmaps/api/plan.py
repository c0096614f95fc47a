"""Initiatives, releases and the stages of the process."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource, read, seen_version
from core.api.serializers import Body, ChangeInput, Input, Nothing, Output, VisibleField
from core.models import Product, User
from roadmaps import services
from roadmaps.api.forecasts import Planned
from roadmaps.api.links import ObjectiveLinkInput, ObjectiveLinkOutput, objective_links, pairs
from roadmaps.models import Feature, Initiative, InitiativeObjective, Release, Stage


class StageOutput(Output):
    class Meta:
        model = Stage
        fields = ["id", "slug", "name", "position", "status", "wip_limit", "version"]


class StageInput(Input):
    slug = serializers.RegexField(
        r"^[a-z0-9_-]+$", max_length=20, required=False, help_text="Its short name in addresses; made of the name where it is left out."
    )
    position = serializers.IntegerField(
        min_value=0, max_value=1000, required=False, help_text="Stages from there on move down; the last one where it is left out."
    )

    class Meta:
        model = Stage
        fields = ["slug", "name", "position", "status", "wip_limit"]
        extra_kwargs = {"status": {"required": True}}


class StageChange(ChangeInput):
    position = serializers.IntegerField(min_value=0, max_value=1000, help_text="Stages from there on move down.")

    class Meta:
        model = Stage
        fields = ["name", "position", "status", "wip_limit"]


class Stages(Creates, Changes, Removes, Resource):
    """The steps of the process, in order; product operations sets them."""

    model = Stage
    output = StageOutput
    create_input = StageInput
    change_input = StageChange
    lookup_field = "slug"
    lookup_value_regex = r"[a-z0-9_-]{1,20}"
    filters = {"status": Filter("exact", "in")}
    orderings = ("position",)
    default_order = "position"

    def create_row(self, **values):
        return services.create_stage(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_stage(actor=self.request.user, stage=row, **values)

    def remove_row(self, row, **values):
        services.delete_stage(actor=self.request.user, stage=row, **values)


class InitiativeOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product.")
    expandable = {"owner": PersonOutput}

    class Meta:
        model = Initiative
        fields = ["id", "product", "name", "outside_name", "outcome", "horizon", "owner", "version", "created_at", "updated_at"]


class InitiativeWithLinks(InitiativeOutput):
    objectives = ObjectiveLinkOutput(many=True, read_only=True)
    hanging = {"objectives": objective_links(InitiativeObjective, "initiative")}

    class Meta(InitiativeOutput.Meta):
        fields = [*InitiativeOutput.Meta.fields, "objectives"]


class InitiativeInput(Input):
    product = VisibleField(model=Product, by="key", help_text="The key of a product you may edit.")
    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")
    objectives = ObjectiveLinkInput(many=True, required=False)

    class Meta:
        model = Initiative
        fields = ["product", "name", "outside_name", "outcome", "horizon", "owner", "objectives"]


class InitiativeChange(ChangeInput):
    owner = VisibleField(model=User, allow_null=True, help_text="The id of a person.")
    objectives = ObjectiveLinkInput(many=True)

    class Meta:
        model = Initiative
        fields = ["name", "outside_name", "outcome", "horizon", "owner", "objectives"]


class Initiatives(Planned, Creates, Changes, Removes, Resource):
    """Themes: the outcome a set of features is for."""

    model = Initiative
    output = InitiativeWithLinks
    create_input = InitiativeInput
    change_input = InitiativeChange
    joins = ("product",)
    filters = {
        "product": Filter("exact", "in", path="product__key"),
        "name": Filter("contains"),
        "horizon": Filter("exact", "in"),
        "owner": Filter("exact", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "updated_at", "created_at")
    default_order = "name"

    def create_row(self, **values):
        return services.create_initiative(actor=self.request.user, **pairs(values))

    def change_row(self, row, **values):
        return services.change_initiative(actor=self.request.user, initiative=row, **pairs(values))

    def remove_row(self, row, seen):
        return services.delete_initiative(actor=self.request.user, initiative=row, seen=seen)

    def members(self, row):
        return _features(self.request.user).filter(initiative=row), None


class ReleaseOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null: a train of all products.")

    class Meta:
        model = Release
        fields = [
            "id", "product", "version_name", "day", "state", "notes", "rolled_back_why", "retrospective", "version",
            "created_at", "updated_at",
        ]  # fmt: skip


class ReleaseInput(Input):
    product = VisibleField(
        model=Product, by="key", required=False, allow_null=True, default=None,
        help_text="The key of a product you may edit; without one it is a train of all products, which product operations plan.",
    )  # fmt: skip

    class Meta:
        model = Release
        fields = ["product", "version_name", "day", "notes"]


class ReleaseChange(ChangeInput):
    class Meta:
        model = Release
        fields = ["version_name", "day", "notes", "retrospective"]


class ShipmentInput(Body):
    """When the release reached people."""

    day = serializers.DateField(required=False, allow_null=True, default=None, help_text="Today, where it is left out.")
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200, help_text="Needed while lines of its checklist are open."
    )


class RollbackInput(Body):
    """Why the release was taken back."""

    why = serializers.CharField(max_length=2000)


class Releases(Planned, Creates, Changes, Removes, Resource):
    """Versions of products that reach people on a day."""

    model = Release
    output = ReleaseOutput
    create_input = ReleaseInput
    change_input = ReleaseChange
    filters = {
        "product": Filter("exact", "in", path="product__key"),
        "version_name": Filter("exact", "in"),
        "state": Filter("exact", "in"),
        "day": Filter("gte", "lte", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("day", "version_name", "updated_at")
    default_order = "day"

    def create_row(self, **values):
        return services.create_release(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_release(actor=self.request.user, release=row, **values)

    def remove_row(self, row, seen):
        return services.delete_release(actor=self.request.user, release=row, seen=seen)

    def members(self, row):
        return _features(self.request.user).filter(release=row), row.day

    @extend_schema(request=ShipmentInput, responses=ReleaseOutput)
    @action(detail=True, methods=["post"])
    def shipment(self, request: Request, **kwargs) -> Response:
        """Note that the release reached people."""
        return self._move(request, services.ship_release, ShipmentInput)

    @extend_schema(request=RollbackInput, responses=ReleaseOutput)
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, **kwargs) -> Response:
        """Note that a shipped release was taken back, and why."""
        return self._move(request, services.roll_back_release, RollbackInput)

    @extend_schema(request=Nothing, responses=ReleaseOutput)
    @action(detail=True, methods=["post"], url_path="notes-draft", url_name="notes-draft")
    def notes_draft(self, request: Request, **kwargs) -> Response:
        """Write a first draft of the notes from the features that shipped."""
        return self._move(request, services.draft_notes, Nothing)

    @extend_schema(request=Nothing, responses=ReleaseOutput)
    @action(detail=True, methods=["post"])
    def checklist(self, request: Request, **kwargs) -> Response:
        """Begin the launch checklist with the organisation's steps; its lines stand under `release-items`."""
        refuse_unknown(request, set())
        row, _ = self.get_object(), read(self, Nothing)
        services.begin_checklist(actor=request.user, release=row)
        return self.answer(row)

    def _move(self, request: Request, service, kind: type[Body]) -> Response:
        refuse_unknown(request, set())
        row, given = self.get_object(), read(self, kind)
        service(actor=request.user, release=row, seen=seen_version(request, row.version, is_needed=False), **given)
        return self.answer(row)


def _features(user: User) -> QuerySet:
    """The features this person sees, those merged into others apart."""
    return Feature.objects.visible_to(user).canonical().select_related("product")

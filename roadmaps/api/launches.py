"""Launch checklists, the steps they begin with, and freezes."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource, read, seen_version
from core.api.serializers import ChangeInput, Input, Nothing, Output, VisibleField
from core.models import Product, User
from roadmaps import services
from roadmaps.models import FreezePeriod, LaunchStep, Release, ReleaseItem


class ReleaseItemOutput(Output):
    due_on = serializers.DateField(read_only=True, help_text="Its own day, or so many days before the release's; null: nobody has said.")
    expandable = {"owner": PersonOutput}

    class Meta:
        model = ReleaseItem
        fields = [
            "id", "release", "text", "owner", "day", "days_before", "due_on", "position", "done_at", "done_by", "version", "created_at",
            "updated_at",
        ]  # fmt: skip


class ReleaseItemInput(Input):
    release = VisibleField(model=Release, help_text="The id of a release of a product you may edit.")
    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = ReleaseItem
        fields = ["release", "text", "owner", "day", "days_before", "position"]


class ReleaseItemChange(ChangeInput):
    owner = VisibleField(model=User, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = ReleaseItem
        fields = ["text", "owner", "day", "days_before", "position"]


class ReleaseItems(Creates, Changes, Removes, Resource):
    """The launch checklists of releases. Open lines never stop a release; shipping past them asks for a reason."""

    model = ReleaseItem
    output = ReleaseItemOutput
    create_input = ReleaseItemInput
    change_input = ReleaseItemChange
    joins = ("release",)
    filters = {
        "release": Filter("exact", "in"),
        "owner": Filter("exact", "isnull"),
        "done_at": Filter("gte", "lte", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("position", "updated_at")
    default_order = "position"

    def create_row(self, **values):
        return services.create_item(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_item(actor=self.request.user, item=row, **values)

    def remove_row(self, row, seen):
        return services.delete_item(actor=self.request.user, item=row, seen=seen)

    @extend_schema(request=Nothing, responses=ReleaseItemOutput)
    @action(detail=True, methods=["post"])
    def completion(self, request: Request, **kwargs) -> Response:
        """Note that it is done."""
        return self._move(request, services.finish_item)

    @extend_schema(request=Nothing, responses=ReleaseItemOutput)
    @action(detail=True, methods=["post"])
    def reopening(self, request: Request, **kwargs) -> Response:
        """Note that it is not done after all."""
        return self._move(request, services.reopen_item)

    def _move(self, request: Request, service) -> Response:
        refuse_unknown(request, set())
        row, _ = self.get_object(), read(self, Nothing)
        service(actor=request.user, item=row, seen=seen_version(request, row.version, is_needed=False))
        return self.answer(row)


class LaunchStepOutput(Output):
    class Meta:
        model = LaunchStep
        fields = ["id", "text", "days_before", "position", "version", "created_at", "updated_at"]


class LaunchStepInput(Input):
    class Meta:
        model = LaunchStep
        fields = ["text", "days_before", "position"]


class LaunchStepChange(ChangeInput):
    class Meta:
        model = LaunchStep
        fields = ["text", "days_before", "position"]


class LaunchSteps(Creates, Changes, Removes, Resource):
    """The lines that launch checklists begin with; product operations writes them."""

    model = LaunchStep
    output = LaunchStepOutput
    create_input = LaunchStepInput
    change_input = LaunchStepChange
    filters = {"updated_at": Filter("gte", "lte")}
    orderings = ("days_before", "position")
    default_order = "position"

    def create_row(self, **values):
        return services.create_step(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_step(actor=self.request.user, step=row, **values)

    def remove_row(self, row, seen):
        return services.delete_step(actor=self.request.user, step=row, seen=seen)


class FreezeOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null: all products.")

    class Meta:
        model = FreezePeriod
        fields = ["id", "product", "reason", "starts_on", "ends_on", "version", "created_at", "updated_at"]


class FreezeInput(Input):
    product = VisibleField(
        model=Product, by="key", required=False, allow_null=True, default=None,
        help_text="The key of a product you may edit; without one it holds for all, which leaders and product operations say.",
    )  # fmt: skip

    class Meta:
        model = FreezePeriod
        fields = ["product", "reason", "starts_on", "ends_on"]


class FreezeChange(ChangeInput):
    class Meta:
        model = FreezePeriod
        fields = ["reason", "starts_on", "ends_on"]


class Freezes(Creates, Changes, Removes, Resource):
    """Days, both ends included, on which nothing is released."""

    model = FreezePeriod
    output = FreezeOutput
    create_input = FreezeInput
    change_input = FreezeChange
    filters = {
        "product": Filter("exact", "in", "isnull", path="product__key"),
        "starts_on": Filter("gte", "lte"),
        "ends_on": Filter("gte", "lte"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("starts_on", "updated_at")
    default_order = "starts_on"

    def create_row(self, **values):
        return services.create_freeze(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_freeze(actor=self.request.user, freeze=row, **values)

    def remove_row(self, row, seen):
        return services.delete_freeze(actor=self.request.user, freeze=row, seen=seen)

"""Lines, segments and teams: what the organisation is divided into."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource, read
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from core.models import Product, User
from portfolio import services
from portfolio.models import ProductLine, ProductLineMembership, Segment, Team, TeamCapacity


class LineOutput(Output):
    products = serializers.ListField(child=serializers.CharField(), read_only=True, help_text="Keys of the products in it that you see.")
    expandable = {"leader": PersonOutput}

    class Meta:
        model = ProductLine
        fields = ["id", "name", "purpose", "leader", "parent", "products", "version", "created_at", "updated_at"]


class LineFacts(serializers.ModelSerializer):
    """The fields both a new line and a change of one are read by."""

    leader = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")
    parent = VisibleField(model=ProductLine, required=False, allow_null=True, help_text="The id of a line at the top.")

    class Meta:
        model = ProductLine
        fields = ["name", "purpose", "leader", "parent"]


class LineInput(LineFacts, Input):
    pass


class LineChange(LineFacts, ChangeInput):
    pass


class PlaceInput(Body):
    """Which product to place in the line."""

    product = VisibleField(model=Product, by="key", help_text="The key of a product.")
    is_home = serializers.BooleanField(required=False, default=False, help_text="Whether this becomes its home line.")


class Lines(Creates, Changes, Removes, Resource):
    """Sets of products with a leader; a line may lie inside one other. A product may stand in several."""

    model = ProductLine
    output = LineOutput
    create_input = LineInput
    change_input = LineChange
    filters = {"name": Filter("contains"), "parent": Filter("exact", "isnull"), "leader": Filter(), "updated_at": Filter("gte", "lte")}
    orderings = ("name", "updated_at", "created_at")
    default_order = "name"

    def spoken(self, rows):
        places = ProductLineMembership.objects.visible_to(self.request.user).filter(line__in=[row.pk for row in rows])
        keys: dict[int, list[str]] = {}
        for line, key in places.order_by("product__key").values_list("line_id", "product__key"):
            keys.setdefault(line, []).append(key)
        for row in rows:
            row.products = keys.get(row.pk, [])
        return super().spoken(rows)

    def create_row(self, **values):
        return services.create_line(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_line(actor=self.request.user, line=row, **values)

    def remove_row(self, row, seen):
        return services.delete_line(actor=self.request.user, line=row, seen=seen)

    @extend_schema(request=PlaceInput, responses=LineOutput)
    @action(detail=True, methods=["post"])
    def places(self, request: Request, **kwargs) -> Response:
        """Place a product in the line."""
        refuse_unknown(request, set())
        line = self.get_object()
        services.place_product(actor=request.user, line=line, **read(self, PlaceInput))
        return self.answer(line)


class SegmentOutput(Output):
    class Meta:
        model = Segment
        fields = ["id", "name", "description", "owner", "version", "created_at", "updated_at"]


class SegmentInput(Input):
    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Segment
        fields = ["name", "description", "owner"]


class SegmentChange(ChangeInput):
    owner = VisibleField(model=User, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Segment
        fields = ["name", "description", "owner"]


class Segments(Creates, Changes, Removes, Resource):
    """Markets, each with somebody who speaks for it."""

    model = Segment
    output = SegmentOutput
    create_input = SegmentInput
    change_input = SegmentChange
    filters = {"name": Filter("exact", "contains"), "owner": Filter("exact", "isnull"), "updated_at": Filter("gte", "lte")}
    orderings = ("name", "updated_at", "created_at")
    default_order = "name"

    def create_row(self, **values):
        return services.create_segment(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_segment(actor=self.request.user, segment=row, **values)

    def remove_row(self, row, seen):
        return services.delete_segment(actor=self.request.user, segment=row, seen=seen)


class CapacityOutput(serializers.Serializer):
    """Person-weeks of a team in the quarter that begins on a day."""

    quarter = serializers.DateField()
    person_weeks = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=Decimal(0))


class TeamOutput(Output):
    capacities = serializers.ListField(child=CapacityOutput(), read_only=True, help_text="Person-weeks by quarter, oldest first.")

    class Meta:
        model = Team
        fields = ["id", "name", "lead", "unplanned_share", "capacities", "version", "created_at", "updated_at"]


class TeamInput(Input):
    lead = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Team
        fields = ["name", "lead", "unplanned_share"]


class TeamChange(ChangeInput):
    lead = VisibleField(model=User, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Team
        fields = ["name", "lead", "unplanned_share"]


class Teams(Creates, Changes, Removes, Resource):
    """Who builds, with person-weeks by quarter."""

    model = Team
    output = TeamOutput
    create_input = TeamInput
    change_input = TeamChange
    filters = {"name": Filter("exact", "contains"), "lead": Filter("exact", "isnull"), "updated_at": Filter("gte", "lte")}
    orderings = ("name", "updated_at", "created_at")
    default_order = "name"

    def spoken(self, rows):
        known: dict[int, list[dict]] = {row.pk: [] for row in rows}
        capacities = TeamCapacity.objects.visible_to(self.request.user).filter(team__in=known).order_by("quarter")
        for capacity in capacities:
            known[capacity.team_id].append({"quarter": capacity.quarter, "person_weeks": str(capacity.person_weeks)})
        for row in rows:
            row.capacities = known[row.pk]
        return super().spoken(rows)

    def create_row(self, **values):
        return services.create_team(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_team(actor=self.request.user, team=row, **values)

    def remove_row(self, row, seen):
        return services.delete_team(actor=self.request.user, team=row, seen=seen)

    @extend_schema(request=CapacityOutput, responses=TeamOutput)
    @action(detail=True, methods=["post"], url_path="capacities", url_name="capacities")
    def set_capacity(self, request: Request, **kwargs) -> Response:
        """Say what the team can do in a quarter."""
        refuse_unknown(request, set())
        team = self.get_object()
        services.set_capacity(actor=request.user, team=team, **read(self, CapacityOutput))
        return self.answer(team)

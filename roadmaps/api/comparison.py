"""What moved on a roadmap between two moments, and the names of moments."""

from collections.abc import Sequence
from http import HTTPStatus

from django.http import HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.people import PersonOutput
from core.api.resources import Creates, Removes, Resource
from core.api.serializers import Body, Input, Output, VisibleField
from core.models import Organisation, User
from roadmaps import services
from roadmaps.exports import download_comparison
from roadmaps.looks import Look
from roadmaps.models import Roadmap, Snapshot
from roadmaps.moments import Moment, compare_moments, two_moments


class ActOutput(serializers.Serializer):
    """Who did it, when, by which door and because of what."""

    by = serializers.CharField(source="actor.name", default="", help_text="Blank: Waymark itself.")
    at = serializers.DateTimeField()
    door = serializers.CharField()
    because = serializers.CharField(source="because_label")


class DifferenceOutput(serializers.Serializer):
    """What a line says of one field, in words; of dates, how many days later the second is."""

    field = serializers.CharField(source="label")
    before = serializers.CharField(help_text="Blank of long texts, like `after`.")
    after = serializers.CharField()
    days = serializers.IntegerField(allow_null=True)
    act = ActOutput(allow_null=True)


class MovedOutput(serializers.Serializer):
    """A feature, or an initiative where no more is shown, that came or left, and how; or what changed of one that stayed."""

    kind = serializers.CharField(source="line.kind", help_text="`added`, `dropped`, `moved` or `re-scoped`.")
    key = serializers.CharField(help_text="Blank of an initiative.")
    title = serializers.CharField()
    how = serializers.CharField(help_text="Of what came or left: made, deleted, declined, came into the filter…")
    act = ActOutput(allow_null=True)
    changes = DifferenceOutput(many=True)


class FiguresOutput(serializers.Serializer):
    """How much moved."""

    at_first = serializers.IntegerField(help_text="Features, or initiatives, at the first moment.")
    at_second = serializers.IntegerField()
    added = serializers.IntegerField()
    dropped = serializers.IntegerField()
    churn = serializers.FloatField(allow_null=True, help_text="Added and dropped ones, as a share of those at either moment.")
    mean_slip = serializers.FloatField(allow_null=True, help_text="Days by which target dates moved later, of those there at both moments.")
    median_slip = serializers.FloatField(allow_null=True)


class RefilteredOutput(serializers.Serializer):
    """A roadmap, and who changed last what it filters for."""

    roadmap = serializers.IntegerField(source="roadmap.pk")
    act = ActOutput()


class ComparisonOutput(serializers.Serializer):
    """Two moments of a roadmap side by side, as you may read it today."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    figures = FiguresOutput()
    timeless = serializers.ListField(
        child=serializers.CharField(), help_text="What the filter asks that has no past: judged as it is today."
    )
    refiltered = RefilteredOutput(many=True, help_text="Roadmaps that filter for something else since: both moments are judged as today.")
    is_cut = serializers.BooleanField(help_text="Whether there are more lines than these.")
    lines = serializers.SerializerMethodField()

    @extend_schema_field(MovedOutput(many=True))
    def get_lines(self, comparison) -> list:
        return MovedOutput([line for lines in comparison.told.values() for line in lines], many=True).data


MOMENT = "The id of a snapshot of the roadmap, a day (its end), or a date and time. Without: four weeks back, or now."
MOMENTS = [OpenApiParameter("from", str, description=MOMENT), OpenApiParameter("to", str, description=MOMENT)]
describes_comparison = extend_schema(parameters=MOMENTS, responses=ComparisonOutput)
describes_paper = extend_schema(parameters=MOMENTS, responses={(200, "application/pdf"): OpenApiTypes.BINARY})


class ComparisonMailsInput(Body):
    """Whom to tell what moved."""

    people = VisibleField(model=User, many=True, help_text="The ids of people who may open the roadmap.")


class ComparisonMailsOutput(serializers.Serializer):
    """How many mails are on their way."""

    mails = serializers.IntegerField()


describes_mails = extend_schema(parameters=MOMENTS, request=ComparisonMailsInput, responses={202: ComparisonMailsOutput})


def moments_asked(request: Request, look: Look) -> tuple[Moment, Moment]:
    """The two moments the address names."""
    refuse_unknown(request, {"from", "to"})
    given = request.query_params
    since, until, unread = two_moments(look, given.get("from", ""), given.get("to", ""), Organisation.zone())
    if unread:
        raise ValidationError({"from" if given.get("from") == unread else "to": f"“{unread[:60]}” is no moment. {MOMENT}"})
    return since, until


def answer_comparison(request: Request, roadmap: Roadmap) -> Response:
    """What moved between the moments the address names."""
    look = Look(request.user, QueryDict(), roadmap)
    since, until = moments_asked(request, look)
    return Response(ComparisonOutput(compare_moments(look, since.at, until.at)).data)


def answer_paper(request: Request, roadmap: Roadmap) -> HttpResponseBase:
    """The same on paper."""
    look = Look(request.user, QueryDict(), roadmap)
    return download_comparison(look, *moments_asked(request, look), Organisation.zone())


def answer_mails(request: Request, roadmap: Roadmap, people: Sequence[User]) -> Response:
    """The same on its way to these people."""
    since, until = moments_asked(request, Look(request.user, QueryDict(), roadmap))
    span = {"since": (since.at, since.name), "until": (until.at, until.name)}
    services.mail_comparison(actor=request.user, roadmap=roadmap, people=people, **span)
    return Response({"mails": len(people)}, status=HTTPStatus.ACCEPTED)


class SnapshotOutput(Output):
    expandable = {"made_by": PersonOutput}

    class Meta:
        model = Snapshot
        fields = ["id", "roadmap", "name", "at", "made_by", "period", "version", "created_at", "updated_at"]


class SnapshotInput(Input):
    roadmap = VisibleField(model=Roadmap, help_text="The id of a roadmap of yours.")
    at = serializers.DateTimeField(required=False, help_text="A moment that is past; now, where it is left out.")

    class Meta:
        model = Snapshot
        fields = ["roadmap", "name", "at"]


class Snapshots(Creates, Removes, Resource):
    """Names for moments of roadmaps, given by their owners or by schedule. What a roadmap showed then, its comparison says."""

    model = Snapshot
    output = SnapshotOutput
    create_input = SnapshotInput
    joins = ("roadmap",)
    filters = {"roadmap": Filter("exact", "in"), "at": Filter("gte", "lte"), "period": Filter("exact", "isnull")}
    orderings = ("at", "name", "id")
    default_order = "-at"

    def create_row(self, **values):
        return services.create_snapshot(actor=self.request.user, **values)

    def remove_row(self, row, seen):
        return services.delete_snapshot(actor=self.request.user, snapshot=row, seen=seen)

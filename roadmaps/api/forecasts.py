"""When a feature, an initiative or a release will be done: forecast from history, and reckoned from the plan."""

from collections.abc import Iterable
from datetime import date

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import refuse_unknown
from core.models import User
from roadmaps.deciding import Deciding, deciding
from roadmaps.forecast import RUNS, SEED
from roadmaps.models import Feature
from roadmaps.reports import Outlook, outlook_of_all


class BasisOutput(serializers.Serializer):
    """The finished features of a product that the forecast draws from."""

    product = serializers.CharField(source="product.key", help_text="The key of a product.")
    finished = serializers.SerializerMethodField(help_text="How many of its features were begun and finished since their history began.")
    cycle_times = serializers.ListField(child=serializers.IntegerField(), source="times", help_text="In days, shortest first.")

    def get_finished(self, history) -> int:
        return len(history.cycles)


class ForecastOutput(serializers.Serializer):
    """The days by which half, 85 % and 95 % of the runs had ended. They are null where nothing is forecast; `refusal` says why."""

    as_of = serializers.DateField(source="today", help_text="The organisation's day on which it was made.", allow_null=True)
    p50 = serializers.SerializerMethodField()
    p85 = serializers.SerializerMethodField()
    p95 = serializers.SerializerMethodField()
    promised = serializers.DateField(source="forecast.promised", default=None, allow_null=True, help_text="The day it is compared with.")
    chance = serializers.FloatField(
        source="forecast.chance", default=None, allow_null=True, help_text="The share of runs that ended by then."
    )
    unfinished = serializers.IntegerField(help_text="How many unfinished features it is about.")
    beyond = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of features in progress longer than anything finished took: taken to begin again."
    )
    refusal = serializers.CharField(help_text="Why there is no forecast; empty where there is one.")
    runs = serializers.IntegerField(default=RUNS)
    seed = serializers.IntegerField(default=SEED)
    basis = BasisOutput(many=True, source="histories")

    def get_p50(self, outlook) -> str | None:
        return _day(outlook, 50)

    def get_p85(self, outlook) -> str | None:
        return _day(outlook, 85)

    def get_p95(self, outlook) -> str | None:
        return _day(outlook, 95)


class Forecasts:
    """A resource whose rows have a forecast: `outlook(row)` makes it, None where nothing about the row is unfinished."""

    @extend_schema(responses=ForecastOutput)
    @action(detail=True, methods=["get"])
    def forecast(self, request: Request, **kwargs) -> Response:
        """When it will be done, from the cycle times of finished features of the same products: the same history gives the same dates."""
        refuse_unknown(request, set())
        outlook = self.outlook(self.get_object()) or Outlook(None, refusal="Nothing is left to be done.")
        return Response(ForecastOutput(outlook).data)


class StepOutput(serializers.Serializer):
    """A feature with its earliest days."""

    feature = serializers.CharField(source="feature.key", help_text="The key of a feature.")
    start = serializers.DateField()
    finish = serializers.DateField()
    days = serializers.IntegerField()
    slack = serializers.IntegerField(help_text="By how many days it may slip without moving the end.")
    is_guess = serializers.BooleanField(help_text="Whether its dates are reckoned from effort, because the plan does not say both.")
    is_outside = serializers.BooleanField(help_text="Whether it belongs elsewhere and is waited for.")


class CriticalChainOutput(serializers.Serializer):
    """The features that decide the earliest day on which all are done, first to last, and the others with their slack."""

    end = serializers.DateField(allow_null=True, help_text="The earliest day on which all are done; null where refused.")
    promised = serializers.DateField(allow_null=True)
    spare = serializers.IntegerField(allow_null=True, help_text="Days from the end to the promised day; less than 0: too late.")
    chain = StepOutput(many=True)
    others = StepOutput(many=True, help_text="Least slack first.")
    refusal = serializers.CharField(help_text="Why there is no chain; empty where there is one.")


class Planned(Forecasts):
    """A resource whose rows hold features: `members(row)` answers them, as far as the caller sees them, and the day that is promised."""

    def outlook(self, row) -> Outlook | None:
        return outlook_of_all(self.request.user, *self.members(row))

    @extend_schema(responses=CriticalChainOutput)
    @action(detail=True, methods=["get"], url_path="critical-chain")
    def critical_chain(self, request: Request, **kwargs) -> Response:
        """What decides the day, by the dates of the plan and what waits for what, and how long the other features may slip."""
        refuse_unknown(request, set())
        return answer_chain(request.user, *self.members(self.get_object()))


def answer_chain(user: User, features: Iterable[Feature], promised: date | None) -> Response:
    """What decides the day on which the features are done, as far as this person sees them."""
    found = deciding(user, features, promised) or Deciding(refusal="Nothing is left to be done.")
    return Response(CriticalChainOutput(found).data)


def _day(outlook: Outlook, share: int) -> str | None:
    return outlook.forecast.days[share].isoformat() if outlook.forecast else None

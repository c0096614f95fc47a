"""Forecasts: when a feature, an initiative or a release will be done, and what that is told from."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import refuse_unknown
from roadmaps.forecast import RUNS, SEED
from roadmaps.reports import Outlook


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
    runs = serializers.ReadOnlyField(default=RUNS)
    seed = serializers.ReadOnlyField(default=SEED)
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


def _day(outlook: Outlook, share: int) -> str | None:
    return outlook.forecast.days[share].isoformat() if outlook.forecast else None

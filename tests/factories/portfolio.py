"""Plain rows of the portfolio, without the events that services record."""

from datetime import date

import factory

from portfolio.models import Account, KeyResult, Metric, Objective, ProductLine, Segment, Team


class ProductLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProductLine

    name = factory.Sequence(lambda n: f"Line {n}")


class SegmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Segment

    name = factory.Sequence(lambda n: f"Segment {n}")


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Account {n}")
    annual_revenue = 100_000


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class ObjectiveFactory(factory.django.DjangoModelFactory):
    """An objective of the organisation that runs from 2020 to 2099."""

    class Meta:
        model = Objective

    title = factory.Sequence(lambda n: f"Objective {n}")
    starts_on = date(2020, 1, 1)
    ends_on = date(2099, 12, 31)


class KeyResultFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = KeyResult

    objective = factory.SubFactory(ObjectiveFactory)
    title = factory.Sequence(lambda n: f"Key result {n}")
    target = 100


class MetricFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Metric

    name = factory.Sequence(lambda n: f"Metric {n}")

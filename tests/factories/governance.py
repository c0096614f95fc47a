"""Plain rows of governance, without the events that services record."""

from datetime import date

import factory

from governance.models import Check, Decision, DecisionLink
from tests.factories.core import UserFactory
from tests.factories.roadmaps import make_stages


class CheckFactory(factory.django.DjangoModelFactory):
    """An advisory check on entering the second stage: the effort is estimated."""

    class Meta:
        model = Check

    stage = factory.LazyFunction(lambda: make_stages()[1])
    kind = Check.Kind.EFFORT


class DecisionFactory(factory.django.DjangoModelFactory):
    """A decision of the whole organisation."""

    class Meta:
        model = Decision

    question = factory.Sequence(lambda n: f"Question {n}?")
    outcome = "Yes"
    decided_on = date(2026, 3, 1)
    decided_by = factory.SubFactory(UserFactory)


class DecisionLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DecisionLink

    decision = factory.SubFactory(DecisionFactory)

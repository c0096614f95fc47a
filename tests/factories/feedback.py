"""Plain rows of feedback, without the events that services record."""

import factory

from feedback.models import Evidence, Feedback, Requester
from tests.factories.portfolio import AccountFactory
from tests.factories.roadmaps import FeatureFactory


class RequesterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Requester

    name = factory.Sequence(lambda n: f"Requester {n}")
    email = factory.Sequence(lambda n: f"requester{n}@example.com")
    account = factory.SubFactory(AccountFactory)


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Feedback

    title = factory.Sequence(lambda n: f"Message {n}")
    text = "We close four entities by hand every month. It takes three days."
    source = "mail"
    requester = factory.SubFactory(RequesterFactory)


class EvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evidence

    feedback = factory.SubFactory(FeedbackFactory)
    feature = factory.SubFactory(FeatureFactory)

"""Plain rows of the plan, without the events that services record."""

import factory

from core import clock
from roadmaps.models import Audience, Dependency, Feature, Initiative, Release, Roadmap, RoadmapSource, RoadmapSubscription, Snapshot, Stage
from roadmaps.models.plan import Status
from roadmaps.order import first_key
from roadmaps.services.features import feature_key
from tests.factories.core import ProductFactory, UserFactory

PROCESS = (
    ("discovery", "Discovery", Status.OPEN),
    ("validation", "Validation", Status.OPEN),
    ("definition", "Definition", Status.PLANNED),
    ("delivery", "Delivery", Status.IN_PROGRESS),
    ("launch", "Launch", Status.SHIPPED),
    ("iteration", "Iteration", Status.SHIPPED),
    ("sunset", "Sunset", Status.RETIRED),
)


def make_stages() -> list[Stage]:
    """The seven stages of the process, in order; made once."""
    for position, (slug, name, status) in enumerate(PROCESS, 1):
        Stage.objects.get_or_create(slug=slug, defaults={"name": name, "position": position, "status": status})
    return list(Stage.objects.order_by("position"))


class InitiativeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Initiative

    product = factory.SubFactory(ProductFactory)
    name = factory.Sequence(lambda n: f"Initiative {n}")


class ReleaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Release

    product = factory.SubFactory(ProductFactory)
    version_name = factory.Sequence(lambda n: f"2027.{n}")


class FeatureFactory(factory.django.DjangoModelFactory):
    """A feature in the first stage, numbered after its product's last."""

    class Meta:
        model = Feature

    product = factory.SubFactory(ProductFactory)
    title = factory.Sequence(lambda n: f"Feature {n}")
    stage = factory.LazyFunction(lambda: make_stages()[0])
    status = factory.LazyAttribute(lambda o: o.stage.status)

    @factory.lazy_attribute
    def number(self):
        self.product.last_number += 1
        self.product.save(update_fields=["last_number"])
        return self.product.last_number

    @factory.lazy_attribute
    def sort_key(self):
        return first_key(self.number)

    @factory.lazy_attribute
    def key(self):
        return feature_key(self.product, self.number)


class DependencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dependency

    predecessor = factory.SubFactory(FeatureFactory)
    successor = factory.SubFactory(FeatureFactory)


class AudienceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Audience

    slug = factory.Sequence(lambda n: f"audience-{n}")
    name = factory.Sequence(lambda n: f"Audience {n}")


class RoadmapFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Roadmap

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Roadmap {n}")


class RoadmapSourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoadmapSource

    roadmap = factory.SubFactory(RoadmapFactory)
    source = factory.SubFactory(RoadmapFactory)


class RoadmapSubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoadmapSubscription

    user = factory.SubFactory(UserFactory)
    roadmap = factory.SubFactory(RoadmapFactory)
    cadence = RoadmapSubscription.Cadence.WEEKLY


class SnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Snapshot

    roadmap = factory.SubFactory(RoadmapFactory)
    name = factory.Sequence(lambda n: f"Board {n}")
    at = factory.LazyFunction(clock.now)

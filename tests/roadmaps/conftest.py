"""The plan's own cast: the process, and a feature of each product."""

from dataclasses import dataclass

import pytest
from django.test import Client

from roadmaps.models import Feature, Stage
from tests.factories.roadmaps import FeatureFactory, make_stages


@dataclass(frozen=True)
class Plan:
    """Stages by slug, and one feature of each product of the cast."""

    stages: dict[str, Stage]
    own: Feature
    foreign: Feature
    private: Feature


@pytest.fixture
def plan(cast) -> Plan:
    stages = {stage.slug: stage for stage in make_stages()}
    return Plan(
        stages=stages,
        own=FeatureFactory(product=cast.own, title="Own feature"),
        foreign=FeatureFactory(product=cast.foreign, title="Foreign feature"),
        private=FeatureFactory(product=cast.private, title="Hidden feature canary"),
    )


@pytest.fixture
def browse():
    """`browse(user)`: a signed-in client of the pages."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make

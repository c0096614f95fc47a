from datetime import date

import pytest
from rest_framework.test import APIClient

from integrations.demo.records import World
from integrations.demo.world import build_world
from tests.factories.core import ApiTokenFactory


@pytest.fixture(scope="package")
def world() -> World:
    """The demonstration company as it is on a certain day."""
    return build_world(date(2026, 11, 23))


@pytest.fixture
def program():
    """`program(user, …)`: a client with a token of this person; keyword arguments are the token's."""

    def make(user, **token) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {ApiTokenFactory(user=user, **token).text}")
        return client

    return make

import pytest
from rest_framework.test import APIClient

from tests.factories.core import ApiTokenFactory


@pytest.fixture
def program():
    """`program(user, …)`: a client with a token of this person; keyword arguments are the token's."""

    def make(user, **token) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {ApiTokenFactory(user=user, **token).text}")
        return client

    return make

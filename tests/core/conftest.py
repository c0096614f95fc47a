"""Programs and browsers for the API's tests."""

import pytest
from rest_framework.test import APIClient

from tests.factories.core import ApiTokenFactory


@pytest.fixture
def program():
    """`program(user, …)`: a client with a token of this person; keyword arguments are the token's."""

    def make(user, **token) -> APIClient:
        client = APIClient()
        client.token = ApiTokenFactory(user=user, **token)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {client.token.text}")
        return client

    return make

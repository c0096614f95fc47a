"""Browsers and programs for the portfolio's tests."""

import pytest
from django.test import Client

from tests.core.conftest import program  # noqa: F401 - a fixture


@pytest.fixture
def browse():
    """`browse(user)`: a signed-in client of the pages."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make

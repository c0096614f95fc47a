"""Browsers and programs for the portfolio's tests."""

import pytest
from django.test import Client


@pytest.fixture
def browse():
    """`browse(user)`: a signed-in client of the pages."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make

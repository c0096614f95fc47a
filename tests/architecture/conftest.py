"""The world, built once for the tests that take their cases from the URL table; every request they make is taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from tests.architecture import world as worlds
from tests.architecture.access import Visitors


@pytest.fixture(scope="module")
def visitors(django_db_setup, django_db_blocker) -> Iterator[Visitors]:
    """Everybody, signed in, in a world with a private product. The clock stands still, as pages say how long ago something was."""
    now = datetime.now(UTC)
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(now, tick=False):
        yield Visitors(worlds.build())
        transaction.set_rollback(True)

"""The world, built once for the tests that take their cases from the URL table; every request they make is taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from core import health
from tests.architecture import world as worlds
from tests.architecture.access import Visitors


@pytest.fixture(scope="module", autouse=True)
def new_process_for_the_module() -> Iterator[None]:
    """As below, for what a module's own world is asked while it is built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "_seen", {})
        yield


@pytest.fixture(autouse=True)
def new_process(monkeypatch):
    """Since when a row is stale a process remembers by its id, and ids of another test's rows come again."""
    monkeypatch.setattr(health, "_seen", {})


@pytest.fixture(scope="module")
def visitors(django_db_setup, django_db_blocker) -> Iterator[Visitors]:
    """Everybody, signed in, in a world with a private product. The clock stands still, as pages say how long ago something was."""
    now = datetime.now(UTC)
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(now, tick=False):
        found = Visitors(worlds.build())
        found.hide()
        yield found
        transaction.set_rollback(True)

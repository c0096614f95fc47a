from datetime import date

import pytest

from integrations.demo.records import World
from integrations.demo.world import build_world
from tests.factories.roadmaps import make_stages


@pytest.fixture(scope="package")
def world() -> World:
    """The demonstration company as it is on a certain day."""
    return build_world(date(2026, 11, 23))


@pytest.fixture
def process(settings, tmp_path, db) -> None:
    """The stages of the process are there, and files that are brought in lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    make_stages()

"""The writers' cast."""

from tests.roadmaps.conftest import browse, plan  # noqa: F401 - fixtures

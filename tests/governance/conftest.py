"""The cast of those who decide."""

from tests.roadmaps.conftest import browse, plan  # noqa: F401 - fixtures

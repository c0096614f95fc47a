"""The cast of those who decide."""

from tests.core.conftest import program  # noqa: F401 - a fixture
from tests.roadmaps.conftest import browse, plan  # noqa: F401 - fixtures

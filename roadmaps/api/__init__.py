"""The API's resources of the plan, a file per noun."""

from roadmaps.api.dependencies import Dependencies
from roadmaps.api.features import Features
from roadmaps.api.plan import Initiatives, Releases, Stages
from roadmaps.api.roadmaps import Roadmaps

__all__ = ["Dependencies", "Features", "Initiatives", "Releases", "Roadmaps", "Stages"]

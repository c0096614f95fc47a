"""The API's resources of the plan, a file per noun."""

from roadmaps.api.audiences import Audiences
from roadmaps.api.comparison import Snapshots
from roadmaps.api.dependencies import Dependencies
from roadmaps.api.features import Features
from roadmaps.api.launches import Freezes, LaunchSteps, ReleaseItems
from roadmaps.api.plan import Initiatives, Releases, Stages
from roadmaps.api.roadmaps import Roadmaps
from roadmaps.api.sharing import ShareLinks

__all__ = [
    "Audiences",
    "Dependencies",
    "Features",
    "Freezes",
    "Initiatives",
    "LaunchSteps",
    "ReleaseItems",
    "Releases",
    "Roadmaps",
    "ShareLinks",
    "Snapshots",
    "Stages",
]

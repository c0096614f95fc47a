"""The models of roadmaps, a file per family."""

from roadmaps.models.audiences import FACTS, Audience
from roadmaps.models.features import Feature, FeatureObjective, FeatureQuerySet, FeatureSegment
from roadmaps.models.feeds import CalendarFeed
from roadmaps.models.plan import Dependency, Initiative, InitiativeObjective, Roadmap, RoadmapSource, Stage
from roadmaps.models.releases import FreezePeriod, LaunchStep, Release, ReleaseItem
from roadmaps.models.sharing import LinkVisit, ShareLink
from roadmaps.models.snapshots import RoadmapSubscription, Snapshot

__all__ = [
    "FACTS", "Audience", "CalendarFeed", "Dependency", "Feature", "FeatureObjective", "FeatureQuerySet", "FeatureSegment",
    "FreezePeriod", "Initiative", "InitiativeObjective", "LaunchStep", "LinkVisit", "Release", "ReleaseItem", "Roadmap",
    "RoadmapSource", "RoadmapSubscription", "ShareLink", "Snapshot", "Stage",
]  # fmt: skip

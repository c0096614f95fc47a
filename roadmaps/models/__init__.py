"""The models of roadmaps, a file per family."""

from roadmaps.models.features import Feature, FeatureObjective, FeatureQuerySet, FeatureSegment
from roadmaps.models.plan import Dependency, Initiative, InitiativeObjective, Release, Roadmap, RoadmapSource, Stage

__all__ = [
    "Dependency", "Feature", "FeatureObjective", "FeatureQuerySet", "FeatureSegment", "Initiative", "InitiativeObjective", "Release",
    "Roadmap", "RoadmapSource", "Stage",
]  # fmt: skip

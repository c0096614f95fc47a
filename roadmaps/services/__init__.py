"""Every write of roadmaps, a file per noun."""

from roadmaps.services.features import change_feature, create_feature, delete_feature, enter_stage
from roadmaps.services.stages import change_stage, create_stage

__all__ = ["change_feature", "change_stage", "create_feature", "create_stage", "delete_feature", "enter_stage"]

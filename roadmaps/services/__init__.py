"""Every write of roadmaps, a file per noun."""

from roadmaps.services.audiences import change_audience, create_audience, delete_audience
from roadmaps.services.bulk import BulkChange, Left, change_cells, change_features, create_features
from roadmaps.services.dependencies import answer_dependency, change_dependency, create_dependency, delete_dependency, relate_features
from roadmaps.services.features import (
    change_feature,
    create_feature,
    decline_feature,
    delete_feature,
    enter_stage,
    merge_feature,
    take_up_feature,
    unmerge_feature,
)
from roadmaps.services.feeds import create_feed, delete_feed
from roadmaps.services.freezes import change_freeze, create_freeze, delete_freeze
from roadmaps.services.initiatives import change_initiative, create_initiative, delete_initiative
from roadmaps.services.launches import (
    begin_checklist,
    change_item,
    change_step,
    create_item,
    create_step,
    delete_item,
    delete_step,
    finish_item,
    reopen_item,
)
from roadmaps.services.moves import reschedule_feature
from roadmaps.services.order import move_features
from roadmaps.services.releases import (
    begin_retrospective,
    change_release,
    create_release,
    delete_release,
    draft_notes,
    replan_release,
    roll_back_release,
    ship_release,
)
from roadmaps.services.roadmaps import change_roadmap, create_roadmap, delete_roadmap
from roadmaps.services.sharing import (
    change_link,
    create_link,
    forget_visits,
    note_visit,
    revoke_link,
    source_of,
    take_answer_turn,
    try_password,
)
from roadmaps.services.snapshots import create_snapshot, delete_snapshot, mail_comparison, take_due_snapshots
from roadmaps.services.stages import change_stage, create_stage, delete_stage
from roadmaps.services.subscriptions import subscribe_to_roadmap, tell_subscribers, unsubscribe_from_roadmap

__all__ = [
    "BulkChange", "Left", "answer_dependency", "begin_checklist", "begin_retrospective", "change_audience", "change_cells",
    "change_dependency", "change_feature", "change_features", "change_freeze", "change_initiative", "change_item", "change_link",
    "change_release", "change_roadmap", "change_stage", "change_step", "create_audience", "create_dependency", "create_feature",
    "create_features", "create_feed", "create_freeze", "create_initiative", "create_item", "create_link", "create_release",
    "create_roadmap", "create_snapshot", "create_stage", "create_step", "decline_feature", "delete_audience", "delete_dependency",
    "delete_feature", "delete_feed", "delete_freeze", "delete_initiative", "delete_item", "delete_release", "delete_roadmap",
    "delete_snapshot", "delete_stage", "delete_step", "draft_notes", "enter_stage", "finish_item", "forget_visits", "mail_comparison",
    "merge_feature", "move_features", "note_visit", "relate_features", "reopen_item", "replan_release", "reschedule_feature", "revoke_link",
    "roll_back_release", "ship_release", "source_of", "subscribe_to_roadmap", "take_answer_turn", "take_due_snapshots", "take_up_feature",
    "tell_subscribers", "try_password", "unmerge_feature", "unsubscribe_from_roadmap",
]  # fmt: skip

"""Roadmaps' own consumer of events: features follow the status of their stage."""

from collections.abc import Sequence

from core.models import Change, Event
from core.registry import Handler, register_handler
from roadmaps.models import Stage
from roadmaps.services.stages import follow_status


def follow(news: Sequence[tuple[Event, list[Change]]]) -> None:
    """Where a stage has another status, by a change or by taking one back, its features have it too."""
    changes = [change for _, touched in news for change in touched if change.subject_type == "roadmaps.stage"]
    moved = {change.subject_id for change in changes if change.before is not None and "status" in (change.after or {})}
    for stage in Stage._base_manager.filter(pk__in=moved, deleted_at=None).order_by("pk"):
        follow_status(stage)


register_handler(Handler("stages", follow))

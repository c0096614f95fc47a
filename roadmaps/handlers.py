"""Roadmaps' own consumers of events: features follow the status of their stage, agreements the features they are about."""

from collections.abc import Iterable, Sequence

from core.models import Change, Event
from core.registry import Handler, register_handler
from roadmaps.models import Dependency, Feature, Stage
from roadmaps.models.plan import Status
from roadmaps.services.dependencies import meet_dependencies
from roadmaps.services.stages import follow_status

News = Sequence[tuple[Event, list[Change]]]
MEETS = (Status.IN_PROGRESS, Status.SHIPPED)  # what others may wait for


def follow(news: News) -> None:
    """Where a stage has another status, by a change or by taking one back, its features have it too."""
    moved = {change.subject_id for change in _with_status(news, "roadmaps.stage") if change.before is not None}
    for stage in Stage._base_manager.filter(pk__in=moved, deleted_at=None).order_by("pk"):
        follow_status(stage)


def meet(news: News) -> None:
    """Where a feature was begun or shipped, what others agreed with its product is met."""
    moved = {change.subject_id for change in _with_status(news, "roadmaps.feature")}
    waited_for = Feature._base_manager.filter(
        pk__in=moved, status__in=MEETS, deleted_at=None, as_predecessor__agreement__in=Dependency.OPEN
    )
    for feature in waited_for.distinct().order_by("pk"):
        meet_dependencies(feature)


def _with_status(news: News, subject_type: str) -> Iterable[Change]:
    """The changes that gave rows of this kind a status."""
    changes = (change for _, touched in news for change in touched)
    return [change for change in changes if change.subject_type == subject_type and "status" in (change.after or {})]


register_handler(Handler("stages", follow))
register_handler(Handler("agreements", meet))

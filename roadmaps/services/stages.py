"""The process: stages, set by product operations."""

from core.acts import acts
from core.models import User
from core.permissions import can_shape_process, must
from core.writes import insert, update
from roadmaps import events
from roadmaps.models import Stage

REFUSAL = "Only product operations and administrators may change the process."


@acts
def create_stage(*, actor: User | None, slug: str, name: str, position: int, status: str) -> Stage:
    """The process has one more stage."""
    must(actor is None or can_shape_process(actor), REFUSAL)
    return insert(Stage(slug=slug, name=name, position=position, status=status), events.STAGE_CREATED)


@acts
def change_stage(*, actor: User, stage: Stage, seen: int | None = None, merge: bool = True, **values) -> Stage:
    """Name, place or status of a stage are as given."""
    must(can_shape_process(actor), REFUSAL)
    return update(stage, values, events.STAGE_CHANGED, seen=seen, merge=merge)

"""The process: stages, set by product operations."""

from itertools import count

from django.utils.text import slugify

from core.acts import Because, RowChange, act, acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import can_shape_process, must
from core.sql import lock_name
from core.writes import insert, remove, update, update_many
from roadmaps import events
from roadmaps.models import Feature, Stage
from roadmaps.models.plan import Status

REFUSAL = "Only product operations and administrators may change the process."
MOST_STAGES = 20
SLUG_LENGTH = 20
STANDS = {"stage", "deleted_at"}  # what of a feature decides where it stands


@acts
def create_stage(
    *, actor: User | None, name: str, status: str, slug: str = "", position: int | None = None, wip_limit: int | None = None
) -> Stage:
    """The process has one more stage, at this position or as its last; those from there on stand one further down.

    Without a `slug` it is made of the name.
    """
    must(actor is None or can_shape_process(actor), REFUSAL)
    check_status(status)
    others = _held()
    if len(others) >= MOST_STAGES:
        raise RuleBroken(f"A process has {MOST_STAGES} stages at most.")
    last = max((stage.position for stage in others), default=-1)
    stage = insert(
        Stage(slug=slug or free_slug(name), name=name, position=last + 1, status=status, wip_limit=wip_limit), events.STAGE_CREATED
    )
    if position is not None:
        _arrange(stage, position, others)
    return stage


@acts
def change_stage(*, actor: User, stage: Stage, seen: int | None = None, merge: bool = True, **values) -> Stage:
    """Name, position, status or limit are as given; the features in the stage follow its status in a moment."""
    must(can_shape_process(actor), REFUSAL)
    check_status(values.get("status", stage.status))
    others = [other for other in _held() if other.pk != stage.pk]
    position = values.pop("position", stage.position)
    update(stage, values, events.STAGE_CHANGED, seen=seen, merge=merge)
    if position != stage.position:
        _arrange(stage, position, others)
    return stage


@acts
def delete_stage(*, actor: User, stage: Stage, seen: int | None = None) -> Stage:
    """The process no longer has this stage; refused while a feature stands in it."""
    must(can_shape_process(actor), REFUSAL)
    _held()
    return remove(stage, events.STAGE_DELETED, seen=seen)


def follow_status(stage: Stage) -> None:
    """The features in the stage, declined ones apart, have its status."""
    with act(None, because=Because("roadmaps.stage", stage.pk, stage.name)):
        others = Feature._base_manager.filter(stage=stage, deleted_at=None).exclude(status__in=[Status.DECLINED, stage.status])
        update_many(list(others.select_related("product")), {"status": stage.status}, events.FEATURE_CHANGED)


def close_stages(changes: dict[tuple[str, int], RowChange], is_alone: bool) -> None:
    """The process is whole: it has a stage, no two stand in one place, and no feature stands in one that is gone.

    Who is alone with the database moves features into stages they just made or read.
    """
    stages = [pk for label, pk in changes if label == "roadmaps.stage"]
    if stages:
        living = [stage.position for stage in _held()]
        if not living:
            raise RuleBroken("A process needs at least one stage.")
        if len(set(living)) < len(living):
            raise RuleBroken("Another stage stands in that place by now. Move it first.")
        held = (
            Feature._base_manager.filter(stage__in=stages, stage__deleted_at__isnull=False, deleted_at=None).select_related("stage").first()
        )
        if held is not None:
            raise RuleBroken(f"Features still stand in {held.stage.name}, perhaps of products you do not see. They must move on first.")
    moved = {
        change.row.stage_id
        for (label, _), change in (() if is_alone else changes.items())
        if label == "roadmaps.feature" and change.before is not None and STANDS & set(change.after) and change.row.deleted_at is None
    }
    # Held as a change of it would hold it: whoever removes the stage meanwhile waits, and finds the feature in it.
    if moved and any(stage.deleted_at for stage in Stage._base_manager.filter(pk__in=moved).select_for_update(no_key=True)):
        raise RuleBroken("The stage is not part of the process any more. Choose another one.", "stage")


def check_status(status: str) -> None:
    """Refuse a status that no stage gives."""
    if status == Status.DECLINED:
        raise RuleBroken("Declining is a decision on one feature; a stage is open, planned, in progress, shipped or retired.", "status")


def free_slug(name: str) -> str:
    """A short name for addresses that no stage has or had."""
    base = slugify(name)[:SLUG_LENGTH].strip("-") or "stage"
    short = base[: SLUG_LENGTH - 5]
    taken = set(Stage._base_manager.filter(slug__startswith=short).values_list("slug", flat=True))
    return base if base not in taken else next(slug for slug in (f"{short}-{number}" for number in count(2)) if slug not in taken)


def _held() -> list[Stage]:
    """The stages in their order, held against others who arrange them."""
    lock_name("stages")
    return list(Stage._base_manager.filter(deleted_at=None).order_by("position", "pk").select_for_update())


def _arrange(stage: Stage, position: int, others: list[Stage]) -> None:
    """The stage stands at this position; those that stood there or in its way stand further down."""
    update(stage, {"position": position}, events.STAGE_CHANGED)
    taken = position
    for other in others:
        if other.position >= position:
            update(other, {"position": max(other.position, taken + 1)}, events.STAGE_CHANGED)
            taken = other.position

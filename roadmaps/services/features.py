"""Every write of one feature."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from core import clock
from core.acts import Because, act, acts
from core.custom_fields import raw_of, sent_all
from core.exceptions import Conflict, RuleBroken
from core.models import Product, User
from core.permissions import must_edit
from core.services import fill_custom_fields, own_custom_changes, set_custom_values
from core.writes import insert, own_changes, remove, update
from portfolio.models import Objective, Segment
from roadmaps import events
from roadmaps.models import Feature, Stage
from roadmaps.models.plan import Status
from roadmaps.order import first_key
from roadmaps.permissions import must_be_linkable
from roadmaps.services.links import settle_objectives, settle_segments
from roadmaps.stage_entry import pass_checks

# What of a feature people set directly; stage, status and merging have rules of their own.
EDITABLE = frozenset(
    {
        "title", "description", "initiative", "owner", "team", "kind", "deal_account", "effort_low", "effort_likely", "effort_high",
        "start_date", "target_date", "date_confidence", "release", "outside_id", "outside_name",
    }
)  # fmt: skip
ECHOES_OF_STAGE = ("status", "stage_since")
BEGIN = """
UPDATE core_product
SET last_number = CASE WHEN %s = 0 THEN last_number + 1 WHEN last_number < %s THEN %s ELSE last_number END
WHERE id = %s RETURNING last_number,
(SELECT id FROM roadmaps_stage WHERE deleted_at IS NULL ORDER BY position, id LIMIT 1),
(SELECT status FROM roadmaps_stage WHERE deleted_at IS NULL ORDER BY position, id LIMIT 1)
"""


@acts
def create_feature(
    *,
    actor: User,
    product: Product,
    title: str,
    stage: Stage | None = None,
    number: int | None = None,
    objectives: Sequence[tuple[Objective, int]] = (),
    segments: Sequence[Segment] = (),
    **values: Any,
) -> Feature:
    """A feature in the first stage unless told otherwise, with the product's next number or the free one it came with.

    Values that are no fields of ours are of custom fields, by their words.
    """
    must_edit(actor, product.pk)
    values, custom = parted(values)
    if product.archived_at is not None:
        raise RuleBroken(f"{product.name} is archived, so nothing can be added to it.", "product")
    check_values(actor, product.pk, {"title": title, **values})
    taken, first, status = begin_feature(product, number)
    if stage is not None:
        first, status = stage.pk, stage.status
    if first is None:
        raise RuleBroken("There is no stage yet. Product operations sets the process under Settings.", "stage")
    feature = Feature(
        product=product, number=taken, key=feature_key(product, taken), sort_key=first_key(taken), title=title.strip(), stage_id=first,
        status=status, **values,
    )  # fmt: skip
    feature.created_at = feature.updated_at = feature.stage_since = clock.now()
    insert(feature, events.FEATURE_CREATED)
    fill_custom_fields(actor=actor, rows=[(feature, custom)])
    if objectives:
        settle_objectives(actor, feature, objectives)
    if segments:
        settle_segments(feature, segments)
    return feature


def feature_key(product: Product, number: int) -> str:
    """What people call the feature: PAY-42, CON-08."""
    return f"{product.key}-{number:02d}"


def begin_feature(product: Product, number: int | None = None) -> tuple[int, int | None, str | None]:
    """Take the product's next number, or this one, above which it counts on; with it, in one statement, the first stage's id and status.

    Concurrent takers wait for each other and get different numbers.
    """
    wanted = number or 0
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [wanted, wanted, wanted, product.pk])
        last, stage, status = cursor.fetchone()
    return number or last, stage, status


@acts
def change_feature(
    *,
    actor: User,
    feature: Feature,
    seen: int | None = None,
    merge: bool = True,
    reason: str = "",
    objectives: Sequence[tuple[Objective, int]] | None = None,
    segments: Sequence[Segment] | None = None,
    **values: Any,
) -> Feature:
    """The given fields are as given; what others changed meanwhile in other fields stays theirs.

    A `stage` among them is entered: its checks are asked, and `reason` says why an advisory one is passed over. Values that are no
    fields of ours are of custom fields, by their words.
    """
    must_edit(actor, feature.product_id)
    stage = values.pop("stage", None)
    values, custom = parted(values)
    check_values(actor, feature.product_id, values)
    verb = events.FEATURE_CHANGED
    if stage is not None and (stage.pk != feature.stage_id or feature.status != stage.status):
        if stage.pk != feature.stage_id:
            pass_checks(actor, feature, stage, reason)
        verb = verb if values else events.FEATURE_STAGE_ENTERED
        values |= {"stage": stage, "status": stage.status, "stage_since": clock.now()}
    if custom and merge and seen is not None:
        values, custom = _own_of_both(actor, feature, values, custom, seen)
        seen = None
    try:
        update(feature, values, verb, seen=seen, merge=merge)
    except Conflict as conflict:
        conflict.clashes = [clash for clash in conflict.clashes if clash.field not in ECHOES_OF_STAGE] or conflict.clashes
        raise
    if custom:
        set_custom_values(actor=actor, row=feature, values=custom, seen=seen, merge=merge, verb=events.FEATURE_CHANGED)
    if objectives is not None:
        settle_objectives(actor, feature, objectives)
    if segments is not None:
        settle_segments(feature, segments)
    return feature


def _own_of_both(
    actor: User, feature: Feature, values: dict[str, Any], custom: dict[str, Any], seen: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of a feature's own and of custom values those the person changed against what they saw. One `Conflict` tells all that others changed
    too, before anything is written, and keeps all else the person changed.
    """
    clashes, kept, own, mine = [], dict[str, Any](), dict[str, Any](), dict[str, Any]()
    try:
        mine = own_custom_changes(actor=actor, row=feature, values=custom, seen=seen)
        kept |= sent_all(actor, Feature._meta.label_lower, mine)
    except Conflict as conflict:
        clashes += conflict.clashes
        kept |= conflict.kept
    feature.refresh_from_db()  # held by now
    try:
        own = own_changes(feature, values, seen)
        kept |= {name: raw_of(value) for name, value in own.items() if name not in ECHOES_OF_STAGE}
    except Conflict as conflict:
        clashes += [clash for clash in conflict.clashes if clash.field not in ECHOES_OF_STAGE] or conflict.clashes
        kept |= conflict.kept
    if clashes:
        raise Conflict(clashes, feature.version, kept)
    return own, mine


@acts
def enter_stage(*, actor: User, feature: Feature, stage: Stage, seen: int | None = None, reason: str = "") -> Feature:
    """The feature is in this stage from now on, and has its status."""
    return change_feature(actor=actor, feature=feature, stage=stage, seen=seen, reason=reason)


def decline_feature(*, actor: User, feature: Feature, why: str = "", seen: int | None = None, merge: bool = True) -> Feature:
    """The feature will not be built; it keeps its stage and can be taken up again. `why` stands in its history."""
    must_edit(actor, feature.product_id)
    if feature.status in (Status.SHIPPED, Status.RETIRED):
        raise RuleBroken(f"{feature.key} is {feature.get_status_display().lower()} already, so it cannot be declined.")
    with act(actor, because=Because(label=why.strip())):
        return update(feature, {"status": Status.DECLINED}, events.FEATURE_DECLINED, seen=seen, merge=merge)


@acts
def take_up_feature(*, actor: User, feature: Feature, seen: int | None = None, merge: bool = True) -> Feature:
    """A declined feature has the status of its stage again."""
    must_edit(actor, feature.product_id)
    if feature.status != Status.DECLINED:
        raise RuleBroken(f"{feature.key} is not declined.")
    return update(feature, {"status": feature.stage.status}, events.FEATURE_TAKEN_UP, seen=seen, merge=merge)


@acts
def delete_feature(*, actor: User, feature: Feature, seen: int | None = None) -> Feature:
    """The feature has left every list; undo brings it back."""
    must_edit(actor, feature.product_id)
    return remove(feature, events.FEATURE_DELETED, seen=seen)


@acts
def merge_feature(*, actor: User, feature: Feature, into: Feature, seen: int | None = None) -> Feature:
    """The feature points at the one that stands for both; nothing moves, so that unmerging restores exactly."""
    must_edit(actor, feature.product_id)
    must_be_linkable(actor, feature.product_id, into.product, "feature", "merged_into")
    if into.pk == feature.pk or into.merged_into_id is not None:
        raise RuleBroken("Choose a feature that is not merged into another one itself.", "merged_into")
    if Feature._base_manager.filter(merged_into=feature, deleted_at=None).exists():
        raise RuleBroken(f"Others are merged into {feature.key}. Merge them into {into.key} first.", "merged_into")
    return update(feature, {"merged_into": into}, events.FEATURE_MERGED, seen=seen)


@acts
def unmerge_feature(*, actor: User, feature: Feature, seen: int | None = None) -> Feature:
    """The feature stands for itself again."""
    must_edit(actor, feature.product_id)
    return update(feature, {"merged_into": None}, events.FEATURE_UNMERGED, seen=seen)


def parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(values of a feature's own fields, values of custom fields)."""
    own = {name: value for name, value in values.items() if name in EDITABLE}
    return own, {name: value for name, value in values.items() if name not in EDITABLE}


def check_values(actor: User, product_id: int, values: dict[str, Any]) -> None:
    """The rules between rows: what a feature is linked to must be in sight, and open or of the same product."""
    if "title" in values and not values["title"].strip():
        raise RuleBroken("A feature needs a title.", "title")
    if initiative := values.get("initiative"):
        must_be_linkable(actor, product_id, initiative.product, "initiative", "initiative")
    release = values.get("release")
    if release is not None and release.product_id not in (None, product_id):
        must_be_linkable(actor, product_id, release.product, "release", "release")
        raise RuleBroken("A release ships features of its own product. Choose one of this product's releases, or a train.", "release")

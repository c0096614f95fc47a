"""Every write of a feature."""

from typing import Any

from core import clock
from core.acts import acts
from core.exceptions import OutOfSight, RuleBroken
from core.models import Product, User
from core.permissions import must_edit
from core.sql import run_returning_ids
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.models import Feature, Stage
from roadmaps.models.plan import Status

# What of a feature people set directly; stage and status have services of their own.
EDITABLE = frozenset(
    {
        "title", "description", "initiative", "owner", "team", "kind", "deal_account", "effort_low", "effort_likely", "effort_high",
        "start_date", "target_date", "date_confidence", "release", "manual_rank", "outside_id",
    }
)  # fmt: skip


@acts
def create_feature(*, actor: User, product: Product, title: str, stage: Stage | None = None, **values: Any) -> Feature:
    """A feature with the product's next number, in the first stage unless told otherwise."""
    must_edit(actor, product.pk)
    _check(actor, product.pk, {"title": title, **values})
    stage = stage or Stage.objects.alive().order_by("position").first()
    if stage is None:
        raise RuleBroken("There is no stage yet. Product operations sets the process under Settings.", "stage")
    number = next_number(product)
    feature = Feature(
        product=product, number=number, key=f"{product.key}-{number}", title=title.strip(), stage=stage, status=stage.status, **values
    )
    feature.created_at = feature.updated_at = feature.stage_since = clock.now()
    return insert(feature, events.FEATURE_CREATED)


def next_number(product: Product) -> int:
    """Take the product's next feature number; concurrent takers wait for each other and get different ones."""
    statement = "UPDATE core_product SET last_number = last_number + 1 WHERE id = %s RETURNING last_number"
    return run_returning_ids(statement, [product.pk])[0]


@acts
def change_feature(*, actor: User, feature: Feature, seen: int | None = None, merge: bool = True, **values: Any) -> Feature:
    """The given fields are as given; what others changed meanwhile in other fields stays theirs."""
    must_edit(actor, feature.product_id)
    stage = values.pop("stage", None)
    _check(actor, feature.product_id, values)
    if stage is not None and stage.pk != feature.stage_id:
        values |= {"stage": stage, "status": stage.status, "stage_since": clock.now()}
    verb = events.FEATURE_STAGE_ENTERED if "stage" in values and len(values) == 3 else events.FEATURE_CHANGED
    return update(feature, values, verb, seen=seen, merge=merge)


@acts
def enter_stage(*, actor: User, feature: Feature, stage: Stage, seen: int | None = None) -> Feature:
    """The feature is in this stage from now on, and has its status."""
    return change_feature(actor=actor, feature=feature, stage=stage, seen=seen)


@acts
def decline_feature(*, actor: User, feature: Feature, seen: int | None = None) -> Feature:
    """The feature will not be built; it keeps its stage and can be taken up again by entering one."""
    must_edit(actor, feature.product_id)
    return update(feature, {"status": Status.DECLINED}, events.FEATURE_DECLINED, seen=seen)


@acts
def delete_feature(*, actor: User, feature: Feature, seen: int | None = None) -> Feature:
    """The feature has left every list; undo brings it back."""
    must_edit(actor, feature.product_id)
    return remove(feature, events.FEATURE_DELETED, seen=seen)


def _check(actor: User, product_id: int, values: dict[str, Any]) -> None:
    """The rules between rows: what a feature is linked to must be in sight and of the same product."""
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"A feature has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "title" in values and not values["title"].strip():
        raise RuleBroken("A feature needs a title.", "title")
    for name in ("initiative", "release"):
        linked = values.get(name)
        if linked is None:
            continue
        if linked.product_id not in actor.rights.visible:
            raise OutOfSight(f"There is no such {name}, or it is not yours to see.")
        if name == "release" and linked.product_id != product_id:
            raise RuleBroken("A release ships features of its own product. Choose one of this product's releases.", name)

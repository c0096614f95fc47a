"""Every write of a dependency."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.acts import acts
from core.exceptions import OutOfSight, RuleBroken
from core.models import User
from core.permissions import must, must_edit
from core.sql import lock_name
from core.writes import insert, insert_many, remove, update
from roadmaps import events
from roadmaps.dependencies import find_circle
from roadmaps.models import Dependency, Feature

Agreement, Kind = Dependency.Agreement, Dependency.Kind
# From which state to which, and whose editors may say so.
WAITING, GIVING = "successor", "predecessor"
ANSWERS = {
    (Agreement.REQUESTED, Agreement.ACCEPTED): GIVING,
    (Agreement.REQUESTED, Agreement.REFUSED): GIVING,
    (Agreement.ACCEPTED, Agreement.COMMITTED): GIVING,
    (Agreement.ACCEPTED, Agreement.REFUSED): GIVING,
    (Agreement.COMMITTED, Agreement.REFUSED): GIVING,
    (Agreement.COMMITTED, Agreement.MET): WAITING,
    (Agreement.REFUSED, Agreement.REQUESTED): WAITING,
}


@acts
def create_dependency(
    *, actor: User, predecessor: Feature, successor: Feature, kind: str = Kind.FINISH_START, needed_by: date | None = None
) -> Dependency:
    """`successor` waits for `predecessor`; across products the other side is asked to agree. A circle is refused with its path."""
    _must_see_both(actor, predecessor, successor)
    must_edit(actor, successor.product_id)
    if predecessor.pk == successor.pk:
        raise RuleBroken("A feature cannot wait for itself.", "predecessor")
    is_scheduled = kind in Dependency.SCHEDULED
    if is_scheduled:
        _refuse_circle(actor, predecessor, successor)
    agreement = Agreement.REQUESTED if is_scheduled and predecessor.product_id != successor.product_id else Agreement.NONE
    row = Dependency(predecessor=predecessor, successor=successor, kind=kind, needed_by=needed_by, agreement=agreement)
    return insert(row, events.DEPENDENCY_CREATED)


@acts
def relate_features(*, actor: User, kind: str, pairs: Sequence[tuple[Feature, Feature]]) -> Sequence[Dependency]:
    """Each first feature of the pairs relates to the second, or replaces it, as `kind` says; nothing is scheduled."""
    if kind in Dependency.SCHEDULED:
        raise RuleBroken("What waits for something else is made one by one.", "kind")
    for successor, predecessor in pairs:
        _must_see_both(actor, predecessor, successor)
        must_edit(actor, successor.product_id)
    rows = [Dependency(predecessor=predecessor, successor=successor, kind=kind) for successor, predecessor in pairs]
    return insert_many(rows, events.DEPENDENCY_CREATED)


@acts
def change_dependency(*, actor: User, dependency: Dependency, seen: int | None = None, merge: bool = True, **values: Any) -> Dependency:
    """Kind and needed-by day are as given; a new day or kind across products must be agreed anew."""
    _must_see_both(actor, dependency.predecessor, dependency.successor)
    must_edit(actor, dependency.successor.product_id)
    if unknown := set(values) - {"kind", "needed_by"}:
        raise RuleBroken(f"A dependency has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    kind = values.get("kind", dependency.kind)
    if kind in Dependency.SCHEDULED and dependency.kind not in Dependency.SCHEDULED:
        _refuse_circle(actor, dependency.predecessor, dependency.successor)
    changes = any(getattr(dependency, name) != value for name, value in values.items())
    if changes and dependency.predecessor.product_id != dependency.successor.product_id:
        values["agreement"] = Agreement.REQUESTED if kind in Dependency.SCHEDULED else Agreement.NONE
    return update(dependency, values, events.DEPENDENCY_CHANGED, seen=seen, merge=merge)


@acts
def answer_dependency(*, actor: User, dependency: Dependency, agreement: str, seen: int | None = None, merge: bool = True) -> Dependency:
    """The agreement moves on: who gives accepts, commits or refuses; who waits says it is met, or asks again."""
    _must_see_both(actor, dependency.predecessor, dependency.successor)
    side = ANSWERS.get((dependency.agreement, agreement))
    if side is None:
        now = dependency.get_agreement_display().lower()
        raise RuleBroken(
            f"An agreement that is “{now}” cannot become “{dict(Agreement.choices).get(agreement, agreement).lower()}”.", "agreement"
        )
    feature = getattr(dependency, side)
    must(feature.product_id in actor.rights.editable, f"Only owners and editors of {feature.product.name} may answer this.")
    return update(dependency, {"agreement": agreement}, events.DEPENDENCY_ANSWERED, seen=seen, merge=merge)


@acts
def delete_dependency(*, actor: User, dependency: Dependency, seen: int | None = None) -> Dependency:
    """The one waits for the other no longer."""
    _must_see_both(actor, dependency.predecessor, dependency.successor)
    must_edit(actor, dependency.successor.product_id)
    return remove(dependency, events.DEPENDENCY_DELETED, seen=seen)


def _must_see_both(actor: User, *features: Feature) -> None:
    if any(feature.product_id not in actor.rights.visible for feature in features):
        raise OutOfSight("There is no such feature, or it is not yours to see.")


def _refuse_circle(actor: User, predecessor: Feature, successor: Feature) -> None:
    """Raise where the new edge would close a circle, one writer at a time: two edges may close it together."""
    lock_name("dependencies")
    edges = Dependency.objects.scheduled().filter(deleted_at=None, predecessor__deleted_at=None, successor__deleted_at=None)
    circle = find_circle(edges.values_list("predecessor_id", "successor_id"), (predecessor.pk, successor.pk))
    if circle is None:
        return
    known = {feature.pk: feature for feature in Feature._base_manager.filter(pk__in=circle)}
    words = [known[pk].key if known[pk].product_id in actor.rights.visible else "another product" for pk in circle]
    raise RuleBroken(f"This would make a circle: {' → '.join(words)}. One of these must not wait for the next.", "predecessor")

"""Every write of a dependency."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.acts import Because, act, acts
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import User
from core.permissions import can_edit_product, must, must_edit
from core.sql import lock_name
from core.writes import insert, insert_many, remove, update, update_many
from roadmaps import events
from roadmaps.dependencies import find_circle
from roadmaps.models import Dependency, Feature
from roadmaps.models.plan import Status
from roadmaps.permissions import ANSWERS, answers_of

Agreement, Kind = Dependency.Agreement, Dependency.Kind
ASKED_ANEW = {"agreement": Agreement.REQUESTED, "promised_for": None, "refused_why": ""}


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
        values |= ASKED_ANEW if kind in Dependency.SCHEDULED else ASKED_ANEW | {"agreement": Agreement.NONE}
    return update(dependency, values, events.DEPENDENCY_CHANGED, seen=seen, merge=merge)


@acts
def answer_dependency(
    *,
    actor: User,
    dependency: Dependency,
    agreement: str,
    promised_for: date | None = None,
    why: str = "",
    seen: int | None = None,
    merge: bool = True,
) -> Dependency:
    """The agreement is in this state. Who gives accepts, for the needed-by day unless another is promised, commits, or refuses and says
    why; either side says it is met, or asks anew what was refused or met.
    """
    _must_see_both(actor, dependency.predecessor, dependency.successor)
    _must_answer(actor, dependency, agreement)
    values: dict[str, Any] = {"agreement": agreement}
    if agreement == Agreement.REQUESTED:
        values = ASKED_ANEW
    elif agreement in (Agreement.ACCEPTED, Agreement.COMMITTED):
        values["promised_for"] = promised_for or dependency.promised_for or dependency.needed_by
    elif agreement == Agreement.REFUSED:
        if not why.strip():
            raise RuleBroken("Say why it is refused, so that the other side can plan without it.", "why")
        values |= {"refused_why": why.strip(), "promised_for": None}
    return update(dependency, values, events.DEPENDENCY_ANSWERED, seen=seen, merge=merge)


def meet_dependencies(feature: Feature) -> None:
    """What others wait for from this feature is met, as far as it is done: shipped, or begun where they wait for its start."""
    done = [Kind.START_START] if feature.status == Status.IN_PROGRESS else Dependency.SCHEDULED
    rows = Dependency._base_manager.filter(predecessor=feature, kind__in=done, agreement__in=Dependency.OPEN, deleted_at=None)
    with act(None, because=Because("roadmaps.feature", feature.pk, f"{feature.key} is {feature.get_status_display().lower()}")):
        update_many(list(rows.select_related("successor")), {"agreement": Agreement.MET}, events.DEPENDENCY_ANSWERED)


@acts
def delete_dependency(*, actor: User, dependency: Dependency, seen: int | None = None) -> Dependency:
    """The one waits for the other no longer."""
    _must_see_both(actor, dependency.predecessor, dependency.successor)
    must_edit(actor, dependency.successor.product_id)
    return remove(dependency, events.DEPENDENCY_DELETED, seen=seen)


def _must_see_both(actor: User, *features: Feature) -> None:
    if any(feature.product_id not in actor.rights.visible for feature in features):
        raise OutOfSight("There is no such feature, or it is not yours to see.")


def _must_answer(actor: User, dependency: Dependency, agreement: str) -> None:
    """Refuse who answers for neither side, what does not follow from the present state, and what the other side has to say."""
    ends = (dependency.predecessor, dependency.successor)
    if not any(can_edit_product(actor, end.product_id) for end in ends):
        raise NotAllowed(f"Only owners and editors of {' or '.join(end.product.name for end in ends)} may answer this.")
    sides = ANSWERS.get(dependency.agreement, {}).get(agreement)
    if sides is None:
        now, then = dependency.get_agreement_display().lower(), dict(Agreement.choices).get(agreement, agreement).lower()
        raise RuleBroken(f"An agreement that is “{now}” cannot become “{then}”.", "agreement")
    must(agreement in answers_of(actor, dependency), f"Only owners and editors of {dependency.predecessor.product.name} may answer this.")


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

"""Every write of a dependency."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from core.acts import Because, RowChange, act, acts, current_act
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import User
from core.permissions import can_edit_product, must, must_edit
from core.sql import lock_name
from core.writes import insert, insert_many, remove, update, update_many
from roadmaps import events
from roadmaps.dependencies import Edge, find_circle
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
        _refuse_circles(actor, [(predecessor.pk, successor.pk)])
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
        _refuse_circles(actor, [(dependency.predecessor_id, dependency.successor_id)])
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


def close_dependencies(changes: dict[tuple[str, int], RowChange], is_alone: bool) -> None:
    """What is a wait again because a change of it, or the removal of it or of a feature, was taken back closes no circle."""
    changed = {kind: [pk for (label, pk), change in changes.items() if label == kind and _waits_anew(change)] for kind in _BACK}
    if not any(changed.values()):
        return
    ends = Q(predecessor__in=changed["roadmaps.feature"]) | Q(successor__in=changed["roadmaps.feature"])
    anew = _waiting().filter(Q(pk__in=changed["roadmaps.dependency"]) | ends)
    _refuse_circles(current_act().actor, list(anew.values_list("predecessor_id", "successor_id")))


_BACK = {"roadmaps.dependency": {"kind", "deleted_at"}, "roadmaps.feature": {"deleted_at"}}


def _waits_anew(change: RowChange) -> bool:
    return change.before is not None and change.row.deleted_at is None and bool(_BACK[change.row._meta.label_lower] & set(change.before))


def _waiting() -> QuerySet[Dependency]:
    """Every wait between features that are there."""
    return Dependency.objects.scheduled().filter(deleted_at=None, predecessor__deleted_at=None, successor__deleted_at=None)


def _refuse_circles(actor: User | None, anew: Sequence[Edge]) -> None:
    """Raise where one of these edges closes a circle, one writer at a time: two edges may close it together."""
    lock_name("dependencies")
    edges = list(_waiting().values_list("predecessor_id", "successor_id"))
    circle = next(filter(None, (find_circle(edges, edge) for edge in anew)), None)
    if circle is None:
        return
    known = {feature.pk: feature for feature in Feature._base_manager.filter(pk__in=circle)}
    visible = actor.rights.visible if actor else ()
    words = [known[pk].key if known[pk].product_id in visible else "another product" for pk in circle]
    raise RuleBroken(f"This would make a circle: {' → '.join(words)}. One of these must not wait for the next.", "predecessor")

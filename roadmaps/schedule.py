"""Dependencies with their dates, in words."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.models import User
from roadmaps.dependencies import Dates, broken
from roadmaps.models import Dependency, Feature
from roadmaps.permissions import answers_of
from roadmaps.planned import Planned

VERBS = {"FS": "ends", "SS": "starts", "FF": "ends"}
# What the successor says of the predecessor, and the other way round, where nothing waits.
RELATIONS = {"relates": ("Relates to", "Relates to"), "replaces": ("Replaces", "Replaced by")}
Agreement = Dependency.Agreement
# What usually comes next, said in one click; the dependency's own page offers everything.
NEXT = {
    Agreement.REQUESTED: {Agreement.ACCEPTED},
    Agreement.ACCEPTED: {Agreement.COMMITTED, Agreement.MET},
    Agreement.COMMITTED: {Agreement.MET},
    Agreement.REFUSED: {Agreement.REQUESTED},
}


@dataclass(frozen=True)
class Line:
    """A dependency as seen from one of its ends: the other feature, by how many days it is broken, and a sentence where it is.

    `next` are the states to which the person may move its agreement in one click.
    """

    dependency: Dependency
    other: Feature
    late: int | None
    sentence: str
    word: str
    next: list[str]


def late_days(row: Dependency) -> int | None:
    """By how many days the dates break the dependency; its features must be at hand."""
    return late_between(row, row.predecessor, row.successor)


def late_between(row: Dependency, giver: Feature | Planned, waiter: Feature | Planned) -> int | None:
    """By how many days the dates of its two features break the dependency."""
    return broken(row.kind, _dates(giver), _dates(waiter), row.needed_by)


def sentence_of(kind: str, giver: str, waiter: str, late: int | None) -> str:
    """What is wrong with a dependency between these keys: `CON-08 ends 12 d after PAY-57 needs it`; nothing where it holds."""
    return f"{giver} {VERBS[kind]} {late} d after {waiter} needs it" if late else ""


def around(user: User, feature: Feature) -> tuple[list[Line], list[Line]]:
    """(what the feature needs, relates to or replaces, what it blocks…), as far as the person sees them, worst first."""
    rows = with_features(Dependency.objects.visible_to(user).filter(Q(predecessor=feature) | Q(successor=feature)))
    lines = []
    for row in rows:
        late, is_successor = late_days(row), row.successor_id == feature.pk
        words = RELATIONS.get(row.kind, ("Needs", "Blocks"))
        other, word = (row.predecessor, words[0]) if is_successor else (row.successor, words[1])
        lines.append(
            Line(
                row,
                other,
                late,
                sentence_of(row.kind, row.predecessor.key, row.successor.key, late),
                word,
                next_answers(row, answers_of(user, row)),
            )
        )
    lines.sort(key=lambda line: (-(line.late or 0), line.other.key))
    needs = [line for line in lines if line.dependency.successor_id == feature.pk]
    return needs, [line for line in lines if line.dependency.predecessor_id == feature.pk]


def with_features(rows: QuerySet) -> QuerySet:
    """The dependencies between living features, with both at hand."""
    living = rows.filter(predecessor__deleted_at=None, successor__deleted_at=None)
    return living.select_related("predecessor__product", "predecessor__stage", "successor__product", "successor__stage").order_by("pk")


def next_answers(row: Dependency, answers: list[str]) -> list[str]:
    """Those of the answers that are given in one click."""
    return [state for state in answers if state in NEXT.get(row.agreement, ())]


def _dates(feature: Feature | Planned) -> Dates:
    return Dates(feature.start_date, feature.target_date)

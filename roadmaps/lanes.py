"""The lanes of roadmaps: how their features are told apart beside the ways of the grid. Reads only."""

from collections.abc import Sequence

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When

from core.models import User
from roadmaps.grid import GROUPINGS, Grouping
from roadmaps.models import Feature

LANES = {name: GROUPINGS[name] for name in ("initiative", "product", "team", "release", "owner", "objective")}


def by_source(parts: Sequence[tuple[str, QuerySet]]) -> Grouping:
    """The lanes of a roadmap made of others: each feature under the first of them that shows it. `parts` are (name, features) of each."""

    def add(user: User, rows: QuerySet) -> QuerySet:
        numbers = [When(pk__in=part.order_by().values("pk"), then=Value(number)) for number, (_, part) in enumerate(parts)]
        names = [When(source_id=number, then=Value(name)) for number, (name, _) in enumerate(parts)]
        if not parts:
            return rows.annotate(source_id=Value(None, IntegerField()), source=Value("", CharField()))
        return rows.annotate(source_id=Case(*numbers, output_field=IntegerField())).annotate(source=Case(*names, output_field=CharField()))

    return Grouping("source", "Roadmap", "source_id", "source", "source_id", "", add)


def in_lanes(user: User, rows: QuerySet, grouping: Grouping | None) -> tuple[QuerySet, list]:
    """The rows with the columns of their lane, and the order that keeps lanes together."""
    if grouping is None:
        return rows, []
    return grouping.add(user, rows), [F(grouping.order).asc(nulls_last=True), grouping.path]


def label_of(feature: Feature, grouping: Grouping | None) -> str:
    """The name of the feature's lane."""
    if grouping is None:
        return ""
    linked = getattr(feature, grouping.name)
    return str(linked) if linked is not None else grouping.nothing

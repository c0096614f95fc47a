"""The initiatives of a roadmap at two moments: what each was, which of its features showed it, and what was done to both. Reads only."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.urls import reverse

from core.models import User
from core.past import MADE, Turns, present, put_back, turns
from roadmaps.comparison import How, Line
from roadmaps.models import Initiative

type States = Mapping[int, Mapping[str, Any]]
CALLED = {"title": "name", "description": "outcome"}  # what lines call the fields of features, and what initiatives do
DRAWN = ("start_date", "target_date", "initiative", "status", "deleted_at", "merged_into")  # of its features: what moves an initiative


class FeaturesPast(Protocol):
    """Features at two moments (see `roadmaps.moments`)."""

    was: States
    now: States
    turned: Turns
    until: datetime
    since: datetime
    user: User

    def act_of(self, pk: int, *fields: str) -> int | None:
        """The last event that changed any of these fields."""


class ThemesPast:
    """Initiatives in reach at two moments, as rows to compare; an initiative begins and ends with its features that are shown."""

    model = Initiative
    labels: ClassVar[Mapping[str, str]] = {"title": "name", "text": "outcome", "start_date": "start", "target_date": "target"}

    def __init__(self, features: FeaturesPast, members: Iterable[Collection[int]]):
        self.features = features
        rows = Initiative.objects.ever_visible_to(features.user)
        today = present(rows)
        now = put_back(today, turns(Initiative, features.until, ids=today.keys()))
        self.turned = turns(Initiative, features.since, features.until, ids=now.keys())
        first, second = members
        self.behind: dict[int, set[int]] = {}
        self.was, was_shown = self._rows(put_back(now, self.turned), features.was, first)
        self.now, now_shown = self._rows(now, features.now, second)
        self.members = was_shown, now_shown

    @property
    def asked(self) -> States:
        """The rows that the filter is asked of."""
        return self.features.was or self.features.now

    def url_of(self, pk: int) -> str:
        """Where the initiative is shown."""
        return reverse("initiative", args=[pk])

    def act_of(self, pk: int, *fields: str) -> int | None:
        """The number of the last event that changed any of these fields: of its own, or of its dates, in a feature of it."""
        turned = self.turned.get(pk, {})
        found = [turned[name].event for name in (CALLED.get(field, field) for field in fields) if name in turned]
        if not {"start_date", "target_date"}.isdisjoint(fields):
            found += [act for act in (self.features.act_of(feature, *DRAWN) for feature in self._at_both(pk)) if act]
        return max(found, default=None)

    def act_of_coming_or_leaving(self, line: Line) -> int | None:
        """The number of the event by which it came or left: its own making or removal, or the last one that changed a feature of it."""
        own = {How.MADE: MADE, How.BROUGHT_BACK: "deleted_at", How.DELETED: "deleted_at"}.get(line.how) if line.how else None
        if own is not None:
            return self.act_of(line.item, own)
        acts = (self.features.act_of(feature, *self.features.turned.get(feature, ())) for feature in self.behind.get(line.item, ()))
        return max(filter(None, acts), default=None)

    def _at_both(self, pk: int) -> Iterable[int]:
        return (feature for feature in self.behind.get(pk, ()) if feature in self.features.was and feature in self.features.now)

    def _rows(self, themes: States, features: States, members: Collection[int]) -> tuple[dict[int, dict[str, Any]], set[int]]:
        """The initiatives as rows, and those that these features show."""
        spans: dict[int, list[tuple[Any, Any]]] = {}
        for pk in members:
            row = features[pk]
            if row["initiative"] is not None:
                spans.setdefault(row["initiative"], []).append((row["start_date"] or row["target_date"], row["target_date"]))
                self.behind.setdefault(row["initiative"], set()).add(pk)
        found = {
            pk: {
                **row, "title": row["name"], "text": row["outcome"], "status": "open", "merged_into": None,
                "start_date": min((start for start, _ in spans.get(pk, ()) if start), default=None),
                "target_date": max((target for _, target in spans.get(pk, ()) if target), default=None),
            }
            for pk, row in themes.items()
        }  # fmt: skip
        return found, {pk for pk in spans if pk in found and found[pk]["deleted_at"] is None}

"""The plan at a moment, and what moved in a look at it between two, in words and by whom; as one person may read it today. Reads only.

What a roadmap showed is judged by the filter it has now, asked of what the features were then. Only columns have a past: what a filter
asks besides (scores, demand, links) is judged as it is today, and `Comparison.timeless` says so.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from core import clock
from core.history import names_of, word
from core.models import Change as RowChange
from core.models import Event, User
from core.past import MADE, present, put_back, turns
from core.registry import subject_of
from roadmaps.comparison import DATES, Difference, Figures, How, Kind, Line, compare, measure
from roadmaps.effort import say_effort
from roadmaps.filters import FeatureFilter
from roadmaps.looks import Look, filter_of
from roadmaps.models import Feature, Release, Roadmap, Snapshot
from roadmaps.models.plan import Status
from roadmaps.themes_past import ThemesPast

EFFORT = ("effort_low", "effort_likely", "effort_high")
LABELS = {"estimate": "effort", "text": "description", "release_day": "release date", "start_date": "start", "target_date": "target"}
LONG = {"description"}  # told to have changed, not to what; read of changed rows alone
MOST_LINES = 2_000
USUAL = timedelta(days=28)  # looked back where nothing is said
STANDING = frozenset({"number", "key", "product", "sort_key", "outside_id", *LONG})  # no filter on these names what happened


@dataclass(frozen=True)
class Change:
    """A difference in words, with the act that made it last; none where no act did."""

    label: str
    before: str
    after: str
    days: int | None
    act: Event | None

    @property
    def is_told(self) -> bool:
        """Whether the values say something to a person."""
        return bool(self.before or self.after)

    @property
    def words(self) -> str:
        """The change in a sentence's worth: “Target: 1 Jun 2026 → 15 Jun 2026, 14 days later”."""
        said = f"{self.label.capitalize()}: {self.before} → {self.after}" if self.is_told else f"{self.label.capitalize()} rewritten"
        return f"{said}, {self.shift}" if self.shift else said

    @property
    def shift(self) -> str:
        """How far a date moved, in words."""
        return f"{abs(self.days)} day{'s' if abs(self.days) > 1 else ''} {'later' if self.days > 0 else 'earlier'}" if self.days else ""


@dataclass(frozen=True)
class Told:
    """A line for a person: the item, how it came or left and by which act, or what changed. `url` is blank where it is gone by now."""

    line: Line
    key: str
    title: str
    url: str
    how: str
    act: Event | None
    changes: list[Change]


@dataclass(frozen=True)
class Refiltered:
    """A roadmap that shows other features since, and the act that changed last which: both moments are judged by what it asks now."""

    roadmap: Roadmap
    act: Event

    @property
    def words(self) -> str:
        """In a sentence."""
        who, day = self.act.actor.name if self.act.actor else "Waymark", date_format(timezone.localtime(self.act.at), "j M Y")
        return f"{who} changed what {self.roadmap.name} filters for on {day}: both moments are judged by the filter of today"


@dataclass(frozen=True)
class Comparison:
    """What moved between two moments; `moved` and `rescoped` count also the features whose lines were cut. `timeless` names what the filter
    asks that has no past, `refiltered` the roadmaps whose filter was another one at the first moment.
    """

    since: datetime
    until: datetime
    told: dict[Kind, list[Told]]
    figures: Figures
    moved: int
    rescoped: int
    timeless: list[str]
    refiltered: list[Refiltered]
    is_cut: bool
    noun: str  # what each of them is

    @property
    def is_still(self) -> bool:
        return not any(self.told.values())


@dataclass(frozen=True)
class Moment:
    """A moment to compare, with its name where it has one; `text` is what an address says of it."""

    at: datetime
    name: str = ""
    text: str = ""

    @property
    def said(self) -> str:
        """How an address says this very moment: by its name's number, or to the microsecond."""
        return self.text if self.name else self.at.isoformat()


def read_moment(look: Look, text: str, zone: str) -> Moment | None:
    """The moment a text means: the number of a snapshot of the roadmap, a day by whose end all that happened on it is counted, or a date
    and time; None where it is none of these.
    """
    if text.isascii() and text.isdigit() and len(text) < 19:
        known = Snapshot.objects.visible_to(look.user).filter(roadmap=look.roadmap, pk=int(text)).first()
        return Moment(known.at, known.name, text) if known else None
    try:
        if len(text) == 10:
            return Moment(clock.end_of_day(date.fromisoformat(text), zone), text=text)
        found = datetime.fromisoformat(text)
        return Moment(found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone)), text=text)
    except (ValueError, OverflowError):
        return None


def two_moments(look: Look, first: str, second: str, zone: str) -> tuple[Moment, Moment, str]:
    """The moments that two texts mean, neither ahead nor in the wrong order, and the text that means none: four weeks back and now, where
    nothing else is said.
    """
    now = clock.now()
    since, until = (read_moment(look, text, zone) if text else None for text in (first, second))
    unread = next((text for text, found in ((first, since), (second, until)) if text and found is None), "")
    end = until if until and until.at < now else Moment(now, text=now.astimezone(ZoneInfo(zone)).date().isoformat())
    begin = since or Moment(end.at - USUAL)
    return (begin if begin.at <= end.at else end), end, unread


def compare_moments(look: Look, since: datetime, until: datetime) -> Comparison:
    """The lines and figures of the look between two moments, in a dozen statements however many rows and changes there are."""
    past, members = _sides(look, since, until)
    lines = compare(past.was, past.now, *members)
    told = _Telling(look.user, past, lines[:MOST_LINES]).told()
    figures = measure(past.was, past.now, *members)
    counts = Counter(line.kind for line in lines)
    return Comparison(
        since, until, told, figures, counts[Kind.MOVED], counts[Kind.RESCOPED], timeless(look, past.asked),
        refiltered(look, since), len(lines) > MOST_LINES, str(past.model._meta.verbose_name),
    )  # fmt: skip


def figures_between(look: Look, since: datetime, until: datetime) -> Figures:
    """How much moved in the look between two moments."""
    past, members = _sides(look, since, until)
    return measure(past.was, past.now, *members)


def _sides(look: Look, since: datetime, until: datetime) -> "tuple[_Past | ThemesPast, Sequence[Collection[int]]]":
    """What is compared at the two moments, features or, of a roadmap that shows no more, initiatives; and which are shown at each."""
    past = _Past(look, since, until)
    members = [members_at(look, states, at) for states, at in ((past.was, since), (past.now, until))]
    if not look.is_theme_only:
        return past, members
    themes = ThemesPast(past, members)
    return themes, themes.members


def members_at(look: Look, states: Mapping[int, Mapping[str, Any]], at: datetime) -> set[int]:
    """The features that the look shows where they are in these states, at that moment."""
    rows = {pk: row for pk, row in states.items() if _is_shown(look, row)}
    if look.is_portfolio:
        rows = {pk: rows[pk] for part in look.parts for pk in members_at(part, rows, at)}
    past = FeatureFilter(look.params, user=look.user, at=at)
    return past.passing(rows, Feature.objects.ever_visible_to(look.user))


def timeless(look: Look, states: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """What the look's filter and those of the roadmaps it is made of ask that has no past."""
    columns = next(iter(states.values()), {}).keys()
    found = set(look.filters.timeless(columns)) if columns else set()
    return sorted(found.union(*(timeless(part, states) for part in look.parts)))


def refiltered(look: Look, since: datetime) -> list[Refiltered]:
    """The roadmaps, of the look and of those it is made of, that were changed since the moment in what they filter for."""
    found = [one for part in look.parts for one in refiltered(part, since)]
    if look.roadmap is None or not look.keeps_filter:
        return found
    changes = RowChange.objects.of(look.roadmap).filter(event__at__gt=since, before__isnull=False).select_related("event__actor")
    acts = [change.event for change in changes if _filters_anew(change)]
    return [Refiltered(look.roadmap, acts[-1]), *found] if acts else found


def _filters_anew(change: RowChange) -> bool:
    before, after = change.before or {}, change.after or {}
    return "product" in before or ("query" in before and filter_of(before["query"]) != filter_of(after["query"]))


def _is_shown(look: Look, row: Mapping[str, Any]) -> bool:
    is_living = row["deleted_at"] is None and row["merged_into"] is None and row["status"] not in (Status.DECLINED, Status.RETIRED)
    return is_living and (look.product is None or row["product"] == look.product.pk)


class _Past:
    """The features in reach at two moments, deleted ones too, and what was done to them between."""

    model, labels = Feature, LABELS

    def __init__(self, look: Look, since: datetime, until: datetime):
        rows = Feature.objects.ever_visible_to(look.user)
        if look.product is not None:
            rows = rows.filter(product=look.product)
        self.user, self.since, self.until = look.user, since, until
        today = present(rows, "created_at", without=LONG)
        self.is_by_now = until >= clock.now()
        self.now = today if self.is_by_now else put_back(today, turns(Feature, until, ids=today.keys()))
        self.turned = turns(Feature, since, until, ids=self.now.keys())
        self.was = put_back(self.now, self.turned)
        self._add_descriptions()
        self._add_release_days()
        for states in (self.was, self.now):
            for row in states.values():
                row["estimate"] = tuple(row[name] for name in EFFORT)
                row["effort"] = next((row[name] for name in ("effort_likely", "effort_high", "effort_low") if row[name] is not None), None)
                row.update({f"{name}_id": row[name] for name in RELATIONS})

    def _add_descriptions(self) -> None:
        """Only of those that were changed between: what no act touched is the same."""
        touched = [pk for pk, fields in self.turned.items() if "description" in fields and pk in self.was]
        rows = Feature.objects.ever_visible_to(self.user).filter(pk__in=touched)
        texts = {pk: {"description": text} for pk, text in rows.order_by().values_list("pk", "description")}
        now = texts if self.is_by_now else put_back(texts, turns(Feature, self.until, ids=touched))
        for pk in touched:
            self.was[pk]["text"] = self.turned[pk]["description"].before
            self.now[pk]["text"] = now[pk]["description"]

    def _add_release_days(self) -> None:
        ids = {row["release"] for states in (self.was, self.now) for row in states.values() if row["release"]}
        today = present(Release.objects.ever_visible_to(self.user).filter(pk__in=ids), without=("notes", "retrospective"))
        now = today if self.is_by_now else put_back(today, turns(Release, self.until, ids=ids))
        self.releases = turns(Release, self.since, self.until, ids=ids)
        for states, releases in ((self.was, put_back(now, self.releases)), (self.now, now)):
            for row in states.values():
                release = releases.get(row["release"], {})
                row["release_day"] = None if release.get("deleted_at") else release.get("day")

    @property
    def asked(self) -> Mapping[int, Mapping[str, Any]]:
        """The rows that the filter is asked of."""
        return self.was or self.now

    def url_of(self, pk: int) -> str:
        """Where the feature is shown."""
        return reverse("feature", args=[self.now[pk]["key"]])

    def act_of(self, pk: int, *fields: str) -> int | None:
        """The number of the last event that changed any of these fields, in the row or in the release it goes with."""
        turned = self.turned.get(pk, {})
        found = [turned[name].event for name in fields if name in turned]
        if "release_day" in fields:
            ends = {self.was[pk]["release"], self.now[pk]["release"]}
            found += [turn.event for end in ends for name, turn in self.releases.get(end, {}).items() if name in ("day", "deleted_at")]
            found += [turned["release"].event] if "release" in turned else []
        return max(found, default=None)

    def act_of_coming_or_leaving(self, line: Line) -> int | None:
        """The number of the event by which the item came or left: of a filter, the last one that changed anything it may ask for."""
        asked = {
            How.MADE: (MADE,), How.BROUGHT_BACK: ("deleted_at",), How.DELETED: ("deleted_at",), How.MERGED: ("merged_into",),
            How.DECLINED: ("status",), How.RETIRED: ("status",), How.REOPENED: ("status", "merged_into"),
        }  # fmt: skip
        fields = asked.get(line.how) if line.how else None
        return self.act_of(line.item, *(fields or (self.turned.get(line.item, {}).keys() - STANDING)))


RELATIONS = ("product", "initiative", "owner", "team", "stage", "deal_account", "release")


class _Telling:
    """Lines in words: names of what is in sight, values this person may see, and who did it."""

    def __init__(self, user: User, past: _Past | ThemesPast, lines: list[Line]):
        self.user, self.past = user, past
        hidden = {name for name, kind in subject_of(past.model).classes.items() if not user.rights.sees(kind)}
        self.lines = [line for line in (_without(line, hidden) for line in lines) if line is not None]
        held = [{d.field: value} for line in self.lines for d in line.differences for value in (d.before, d.after) if d.field in RELATIONS]
        ends = [{"merged_into": past.now[line.item]["merged_into"]} for line in self.lines if line.how == How.MERGED]
        self.names = names_of(past.model, [*held, *ends], user)
        self.events = self._read_events()
        there = past.model.objects.visible_to(user).filter(pk__in={line.item for line in self.lines})
        self.there = set(there.values_list("pk", flat=True))

    def told(self) -> dict[Kind, list[Told]]:
        """By kind, in the order in which they are read."""
        found: dict[Kind, list[Told]] = {kind: [] for kind in Kind}
        for line in self.lines:
            row = self.past.now[line.item]
            url = self.past.url_of(line.item) if line.item in self.there else ""
            act = self._act(self.past.act_of_coming_or_leaving(line)) if line.how else None
            changes = [self._change(line.item, difference) for difference in line.differences]
            found[line.kind].append(Told(line, row.get("key", ""), row["title"], url, self._how(line), act, changes))
        return found

    def _read_events(self) -> dict[int, Event]:
        wanted = {self.past.act_of_coming_or_leaving(line) for line in self.lines if line.how}
        wanted |= {self.past.act_of(line.item, *_fields(d)) for line in self.lines for d in line.differences}
        rows = Event.objects.visible_to(self.user).filter(pk__in=wanted - {None}).select_related("actor")
        return {event.pk: event for event in rows}

    def _act(self, number: int | None) -> Event | None:
        return self.events.get(number) if number else None

    def _how(self, line: Line) -> str:
        if line.how == How.MERGED:
            return f"merged into {word(Feature, 'merged_into', self.past.now[line.item]['merged_into'], self.names)}"
        return str(line.how or "")

    def _change(self, pk: int, difference: Difference) -> Change:
        name = difference.field
        label = self.past.labels.get(name) or str(self.past.model._meta.get_field(name).verbose_name)
        before, after = (self._word(states[pk], name) for states in (self.past.was, self.past.now))
        return Change(label, before, after, difference.days, self._act(self.past.act_of(pk, *_fields(difference))))

    def _word(self, row: Mapping[str, Any], name: str) -> str:
        value = row[name]
        if name == "text":
            return ""
        if name == "estimate":
            return say_effort(*value) or "blank"
        if name in DATES:
            return date_format(value, "j M Y") if value else "blank"
        return value if name == "title" else word(self.past.model, name, value, self.names)


def _fields(difference: Difference) -> Collection[str]:
    return {"estimate": EFFORT, "text": tuple(LONG)}.get(difference.field, (difference.field,))


def _without(line: Line, hidden: set[str]) -> Line | None:
    """The line without what this person may not see; None where nothing is left of it."""
    if line.how or not hidden:
        return line
    seen = tuple(difference for difference in line.differences if difference.field not in hidden)
    return Line(line.kind, line.item, differences=seen) if seen else None

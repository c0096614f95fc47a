"""What decides the day on which features are done: the critical chain through the plan's dates and dependencies. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.models import Organisation, User
from roadmaps.critical_chain import Circle, Link, Network, Task, find_chain
from roadmaps.effort import usual_days
from roadmaps.models import Dependency, Feature
from roadmaps.models.plan import Status
from roadmaps.reports import UNFINISHED

LIVING = {"status__in": UNFINISHED, "deleted_at": None, "merged_into": None}
FAR = date.max.toordinal()


@dataclass(frozen=True)
class Step:
    """A feature with its earliest days and by how many it may slip; `is_guess` where the plan does not say both of its dates.

    `is_outside` marks what is no part of the release or initiative but is waited for.
    """

    feature: Feature
    start: date
    finish: date
    slack: int
    is_guess: bool
    is_outside: bool

    @property
    def days(self) -> int:
        return (self.finish - self.start).days


@dataclass(frozen=True)
class Deciding:
    """The earliest day on which all is done, the features that decide it, and the others, least slack first; or why there is none."""

    end: date | None = None
    promised: date | None = None
    chain: Sequence[Step] = ()
    others: Sequence[Step] = ()
    refusal: str = ""

    @property
    def spare(self) -> int | None:
        """Days between the earliest day and the promised one; less than 0 where it comes too late."""
        return (self.promised - self.end).days if self.promised and self.end else None

    @property
    def late(self) -> int:
        """By how many days the earliest day lies after the promised one."""
        return max(0, -(self.spare or 0))


def deciding(user: User, features: Iterable[Feature], promised: date | None) -> Deciding | None:
    """What decides when the last of these features is done, as far as this person sees it; None where nothing is left to do.

    What they wait for counts too, wherever it belongs. In three statements.
    """
    goals = {feature.pk: feature for feature in features if feature.status in UNFINISHED and feature.merged_into_id is None}
    if not goals:
        return None
    today = Organisation.today()
    links = _links_before(user, goals)
    ids = {pk for link in links for pk in (link.before, link.after)} - goals.keys()
    known = goals | {row.pk: row for row in Feature.objects.visible_to(user).select_related("product").filter(pk__in=ids)}
    tasks = {pk: _task(feature, today) for pk, feature in known.items()}
    try:
        network = find_chain(tasks, [link for link in links if link.before in known and link.after in known], goals)
    except Circle as circle:
        keys = ", ".join(known[pk].key for pk in circle.tasks)
        return Deciding(refusal=f"{keys} wait for each other or for who does. Take one of their dependencies away.")
    steps = {pk: _step(feature, network, pk not in goals) for pk, feature in known.items()}
    others = sorted((step for pk, step in steps.items() if pk not in network.chain), key=lambda step: (step.slack, step.feature.pk))
    return Deciding(_day(network.end), promised, [steps[pk] for pk in network.chain], others)


def _links_before(user: User, goals: Iterable[int]) -> list[Link]:
    """The scheduled dependencies among the goals and all that they wait for, directly or not, where neither end is done."""
    rows = Dependency.objects.visible_to(user).scheduled()
    rows = rows.filter(**{f"{end}__{field}": value for end in ("predecessor", "successor") for field, value in LIVING.items()})
    into = defaultdict(list)
    for before, after, kind in rows.values_list("predecessor_id", "successor_id", "kind"):
        into[after].append(Link(before, after, kind))
    found, waiting, seen = [], list(goals), set(goals)
    while waiting:
        for link in into[waiting.pop()]:
            found.append(link)
            if link.before not in seen:
                seen.add(link.before)
                waiting.append(link.before)
    return found


def _task(feature: Feature, today: date) -> Task:
    """The feature as its dates say; what should have begun begins today, what is in progress ends today at the earliest."""
    begun = feature.status == Status.IN_PROGRESS
    days = usual_days(feature.effort_likely)
    if feature.start_date and feature.target_date:
        days = (feature.target_date - feature.start_date).days
    start = feature.start_date or (feature.target_date and feature.target_date - timedelta(days=days)) or today
    if not begun:
        return Task(max(start, today).toordinal(), days)
    return Task(start.toordinal(), max(days, (today - start).days))


def _step(feature: Feature, network: Network, is_outside: bool) -> Step:
    slot = network.slots[feature.pk]
    is_guess = feature.start_date is None or feature.target_date is None
    return Step(feature, _day(slot.start), _day(slot.finish), slot.slack, is_guess, is_outside)


def _day(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), FAR))

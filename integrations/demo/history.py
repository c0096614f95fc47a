"""Eighteen months of acts: how each feature came to be what it is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from integrations.demo.features import Plan, declined_because
from integrations.demo.records import Act, Change, Effort, Feature, Initiative, Objective, Segment
from integrations.demo.sources import Calendar, email

BLANK = {"declined_because": "", "effort": None, "start": None, "target": None, "date_confidence": "", "release": "", "by_hand": None}
SLIPS = (
    "Two people were ill for a week.",
    "The partner’s test system opened later than agreed.",
    "Interviews changed the second half of the requirements.",
    "An incident took the team for three days.",
    "Security asked for one more round.",
    "The bank confirmed a later date.",
    "We put the seller report first.",
    "Waits for a certificate.",
    "The works council wants to see it before the trial.",
    "Estimate was too low; said so in the review.",
    "Moved behind the freeze on purpose.",
    "Two pilot customers asked to begin after their stock-taking.",
)
MOCKUP_SLIPS = {
    "CON-08": "The maker gave us a later slot for certification.",
    "INS-07": "Cannot begin before the settlement lines of PAY-57.",
}
ESTIMATES = (
    "After a day with the team.",
    "The second carrier showed what we had not seen.",
    "Cut the part nobody asked for.",
    "Prototype done, we know more.",
    "",
)
RANKS = {"OUT-18": ("tobi.okafor", 11), "DSP-41": ("marit.lindqvist", 5)}  # who ranked by hand, days ago; the others Claire, 20 days ago
SETTLEMENT = ("settle", "compliance", "platforms", "disputes")  # initiatives whose payments features that team builds
HOME_TEAMS = {
    "PAY": "checkout", "OUT": "payout-rails", "TRM": "terminal", "TID": "payout-rails",
    "DSP": "shipping", "RET": "returns", "HAR": "shipping", "CON": "connections", "INS": "figures",
}  # fmt: skip


class Chronicler:
    """Tells the acts of one feature in order; each act follows the one before by at least twenty minutes."""

    def __init__(self, plan: Plan, calendar: Calendar, rng: Random) -> None:
        self.plan, self.calendar, self.rng = plan, calendar, rng
        self.acts: list[Act] = []
        self.state: dict[str, object] = {}

    def tell(self, offset: float, actor: str, verb: str, values: dict[str, object], reason: str = "") -> datetime:
        """Record what changes; where nothing changes there is no act."""
        at = self.calendar.moment(offset, self.rng)
        if self.acts:
            at = max(at, self.acts[-1].at + timedelta(minutes=self.rng.randrange(20, 90)))
        for name in {"start", "target"} & values.keys():
            values[name] = self.calendar.day(values[name]) if values[name] is not None else None
        is_new = not self.acts
        changes = tuple(Change(name, self.state.get(name), value) for name, value in values.items() if is_new or self.state[name] != value)
        if changes:
            self.state.update(values)
            self.acts.append(Act(at, actor, verb, self.plan.key, changes, reason))
        return at


def tell_feature(plan: Plan, editors: list[str], calendar: Calendar, rng: Random) -> list[Act]:
    """All acts on a feature: made, estimated, dated, moved through the stages, delayed, ranked, handed over, declined."""
    chronicler = Chronicler(plan, calendar, rng)
    owner = plan.product.owner if plan.mockup or rng.random() < 0.9 else rng.choice(editors)
    first_owner = rng.choice(editors) if rng.random() < 0.09 else owner
    chronicler.tell(plan.created, first_owner, "create_feature", {"owner": first_owner, "stage": plan.path[0][0], **BLANK})
    steps = [*stage_steps(plan, owner), *estimate_steps(plan, owner, rng), *date_steps(plan, owner, rng)]
    if first_owner != owner:
        steps.append((min(-1, plan.created + rng.uniform(10, 60)), first_owner, "reassign_feature", {"owner": owner}, ""))
    if "rank" in plan.mockup:
        login, days = RANKS.get(plan.key, ("claire.dubois", 20))
        steps.append((-days, email(login), "move_feature", {"by_hand": plan.mockup["rank"]}, ""))
    if plan.declined is not None:
        steps.append((plan.declined, owner, "decline_feature", {"declined_because": declined_because(plan)}, ""))
    for offset, actor, verb, values, reason in sorted(steps, key=lambda step: step[0]):
        chronicler.tell(offset, actor, verb, values, reason)
    return chronicler.acts


def stage_steps(plan: Plan, owner: str) -> list[tuple]:
    return [(offset, owner, "enter_stage", {"stage": stage}, "") for stage, offset in plan.path[1:]]


def estimate_steps(plan: Plan, owner: str, rng: Random) -> list[tuple]:
    """A first estimate when the work became clear, and for two in five a better one later."""
    if plan.effort is None or plan.path[0][0] == "iteration":
        return []
    days = dict(plan.path)
    first = days.get("validation", plan.created + rng.uniform(2, 25)) + 0.3
    last = min(-1.0, plan.target if plan.is_shipped and plan.target is not None else -1.0)
    first = min(first, last - 0.5)
    if rng.random() > 0.4 or last - first < 14:
        return [(first, owner, "set_estimate", {"effort": plan.effort}, "")]
    factor = rng.choice((0.6, 0.7, 0.8, 1.25, 1.4))
    rough = Effort(*sorted(max(1, round(value * factor)) for value in (plan.effort.low, plan.effort.likely, plan.effort.high)))
    later = rng.uniform(first + 7, last)
    return [
        (first, owner, "set_estimate", {"effort": rough}, ""),
        (later, owner, "set_estimate", {"effort": plan.effort}, rng.choice(ESTIMATES)),
    ]


def date_steps(plan: Plan, owner: str, rng: Random) -> list[tuple]:
    """Dates are set when a feature is defined (validated, for the rough ones); some slip, each time with a reason."""
    if plan.target is None or plan.start is None:
        return []
    days = dict(plan.path)
    first = days.get("definition", days.get("validation", plan.created + 5)) + 0.6
    last = min(-2.0, plan.target - 3.0) if plan.is_shipped else -2.0
    first = min(first, last - 1)
    slips = slip_lengths(plan, last - first, rng)
    moments = sorted(rng.uniform(first + 3, last) for _ in slips)
    if plan.key in MOCKUP_SLIPS:
        moments = [-9.0 for _ in slips]
    target = plan.target - sum(slips)
    values = {"start": min(plan.start, target - 5), "target": target, "date_confidence": plan.confidence, "release": plan.release}
    steps = [(first, owner, "schedule_feature", values, "")]
    for index, (moment, slip) in enumerate(zip(moments, slips, strict=True)):
        target += slip
        moved = {"target": target, **({"start": plan.start} if index == len(slips) - 1 else {})}
        steps.append((moment, owner, "schedule_feature", moved, MOCKUP_SLIPS.get(plan.key) or rng.choice(SLIPS)))
    return steps


def slip_lengths(plan: Plan, room: float, rng: Random) -> list[int]:
    """Days of each delay, in order; none where there was no time for one."""
    if plan.mockup:
        return [plan.mockup["slip"]] if "slip" in plan.mockup else []
    if room < 30:
        return []
    return [rng.choice((7, 10, 14, 14, 21, 28)) for _ in range(rng.choice((0, 0, 0, 1, 1, 2)))]


class Links:
    """What a feature serves, found through its initiative and product."""

    def __init__(self, initiatives: Iterable[Initiative], objectives: Iterable[Objective], segments: Iterable[Segment]) -> None:
        self._initiatives = {initiative.slug: initiative for initiative in initiatives}
        self._metrics = {objective.slug: [result.metric for result in objective.results if result.metric] for objective in objectives}
        self._segments = tuple(segments)

    def segments(self, plan: Plan, rng: Random) -> tuple[str, ...]:
        wanting = [segment.slug for segment in self._segments if plan.product.key in segment.products]
        return tuple(sorted(rng.sample(wanting, min(len(wanting), rng.choice((1, 1, 2)))))) if wanting and rng.random() < 0.6 else ()

    def objectives(self, plan: Plan, rng: Random) -> tuple[tuple[str, int], ...]:
        """Every feature of the pictures serves its initiative's objectives; of the others two in three do, some weaker."""
        if not plan.mockup and rng.random() > 0.66:
            return ()
        served = self._initiatives[plan.initiative].objectives
        return tuple((slug, strength if plan.mockup else max(1, strength - rng.randrange(2))) for slug, strength in served)

    def metrics(self, plan: Plan, rng: Random) -> tuple[str, ...]:
        measured = [metric for slug, _ in self._initiatives[plan.initiative].objectives for metric in self._metrics[slug]]
        return (rng.choice(measured),) if measured and (plan.mockup or rng.random() < 0.3) else ()


def final_feature(plan: Plan, acts: list[Act], links: Links, rng: Random) -> Feature:
    """The feature as the replay of its acts leaves it, with what never moved."""
    state = {change.field: change.after for act in acts for change in act.changes}
    return Feature(
        key=plan.key,
        product=plan.product.key,
        number=plan.number,
        title=plan.title,
        outside_name=plan.outside_name,
        description=plan.description,
        kind=plan.kind,
        initiative=plan.initiative,
        team="settlement" if plan.product.key == "PAY" and plan.initiative in SETTLEMENT else HOME_TEAMS[plan.product.key],
        segments=links.segments(plan, rng),
        objectives=links.objectives(plan, rng),
        metrics=links.metrics(plan, rng),
        created_at=acts[0].at,
        created_by=acts[0].actor,
        deal_account=plan.deal_account,
        **state,
    )

"""The scoring model and what eight people think of each feature, with real disagreement."""

from collections import defaultdict
from random import Random

from integrations.demo.features import Plan
from integrations.demo.records import Act, Change, Criterion, Membership, ModelVersion, Person, Rating, ScoringModel
from integrations.demo.sources import Calendar, toml

RATED = {"strategic-fit": 20, "customer-value": 15, "confidence": 10}  # and their weight today
RATERS = ("maker", "leader", "ops")
# How likely a feature has been rated at all, by its stage.
SHARE_RATED = {"D": 0.55, "V": 0.95, "F": 1.0, "E": 1.0, "L": 1.0, "I": 0.45, "S": 0.0, "X": 0.4}
MEAN_BY_LETTER = {"D": 0.42, "V": 0.5, "F": 0.58, "E": 0.66, "L": 0.68, "I": 0.6, "X": 0.2}


def scoring_model(calendar: Calendar, rng: Random) -> ScoringModel:
    row = toml("scoring")
    return ScoringModel(
        name=row["name"],
        method=row["method"],
        criteria=tuple(
            Criterion(
                key=criterion["key"],
                name=criterion["name"],
                source=criterion["source"],
                measure=criterion["measure"],
                direction=criterion["direction"],
                low=criterion["low"],
                high=criterion["high"],
                rubric=tuple(criterion["rubric"]),
            )
            for criterion in row["criterion"]
        ),
        versions=tuple(
            ModelVersion(version["number"], calendar.moment(-version["days"], rng), tuple(version["weights"]), version["note"])
            for version in row["version"]
        ),
    )


class Jury:
    """Rates features as the acts of its members, in the weeks after a feature was made."""

    def __init__(
        self, people: tuple[Person, ...], memberships: tuple[Membership, ...], model: ScoringModel, calendar: Calendar, rng: Random
    ) -> None:
        self.calendar, self.rng = calendar, rng
        self.raters = [person.email for person in people if person.role in RATERS]
        self.members = defaultdict(list)
        for membership in memberships:
            self.members[membership.product].append(membership.person)
        self.notes = toml("notes")
        self.scales = {criterion.key: criterion for criterion in model.criteria}
        self.acts: list[Act] = []

    def rate(self, plan: Plan, acts: list[Act]) -> None:
        """Ratings of one feature; its owner nearly always, one to four others, and here and there a blank."""
        if not plan.mockup and self.rng.random() > SHARE_RATED[plan.letter]:
            return
        allowed = [email for email in self.raters if not plan.product.is_private or email in self.members[plan.product.key]]
        others = [email for email in allowed if email != plan.product.owner]
        count = min(len(others), self.rng.choice((4, 5)) if plan.mockup else self.rng.choice((1, 1, 2, 2, 3, 4)))
        raters = [plan.product.owner, *self.rng.sample(others, count)]
        made = (acts[0].at - self.calendar.end).days
        for criterion in RATED:
            if plan.mockup.get("blank") == criterion or (not plan.mockup and self.rng.random() < 0.1):
                continue
            steps = 10 if criterion == "confidence" else 4
            values = disagree(self.share(plan) * steps, len(raters), steps, self.rng)
            for rater, value in zip(raters, values, strict=True):
                if plan.mockup or self.rng.random() > 0.08:
                    self.say(plan, criterion, rater, value, made, acts[0].at)

    def share(self, plan: Plan) -> float:
        """Where the raters' mean lies between the worst and the best of a scale; for the pictures, so that the score comes out."""
        if not plan.mockup:
            return min(0.95, max(0.08, self.rng.gauss(MEAN_BY_LETTER[plan.letter], 0.17)))
        computed = 25 * min(1, plan.mockup["people"] / self.scales["demand"].high)
        computed += 20 * min(1, plan.mockup["revenue"] / self.scales["revenue"].high)
        effort = self.scales["low-effort"]
        likely = plan.effort.likely if plan.effort else (effort.low + effort.high) / 2
        computed += 10 * max(0, (effort.high - likely) / (effort.high - effort.low))
        blank = RATED.get(plan.mockup.get("blank", ""), 0)
        return min(1, max(0, (plan.mockup["score"] - computed - blank / 2) / (sum(RATED.values()) - blank)))

    def say(self, plan: Plan, criterion: str, rater: str, step: int, made: int, created) -> None:
        """One person's rating, and for one in eight an earlier one they changed later."""
        value = step * 10 if criterion == "confidence" else step + 1
        first = min(-3, made + self.rng.randrange(3, 60))
        note = self.rng.choice(self.notes[criterion]) if self.rng.random() < 0.09 else ""
        earlier = step + self.rng.choice((-1, 1))
        limit = 10 if criterion == "confidence" else 4
        before = None
        if self.rng.random() < 0.12 and 0 <= earlier <= limit and first < -30:
            before = earlier * 10 if criterion == "confidence" else earlier + 1
            self.record(plan, criterion, rater, first, None, before, "", created)
            first = self.rng.randrange(first + 20, -1)
        self.record(plan, criterion, rater, first, before, value, note, created)

    def record(self, plan: Plan, criterion: str, rater: str, offset: int, before: int | None, value: int, note: str, created) -> None:
        at = max(self.calendar.moment(offset, self.rng), created.replace(microsecond=0))
        changes = [Change("value", before, value)]
        if note:
            changes.append(Change("note", "", note))
        self.acts.append(Act(at, rater, "rate_feature", f"{plan.key}/{criterion}", tuple(changes), ""))


def disagree(mean: float, count: int, top: int, rng: Random) -> list[int]:
    """So many whole numbers from 0 to `top` with nearly this mean, spread by moving pairs apart."""
    total = round(mean * count)
    values = [total // count + (index < total % count) for index in range(count)]
    for _ in range(count):
        up, down = rng.randrange(count), rng.randrange(count)
        if up != down and values[up] < top and values[down] > 0 and rng.random() < 0.55:
            values[up] += 1
            values[down] -= 1
    rng.shuffle(values)
    return values


def ratings_of(acts: list[Act]) -> tuple[Rating, ...]:
    """The last word of each rater on each feature and criterion."""
    last: dict[tuple[str, str], Rating] = {}
    for act in sorted(acts, key=lambda act: act.at):
        feature, criterion = act.subject.split("/")
        values = {change.field: change.after for change in act.changes}
        last[act.subject, act.actor] = Rating(feature, criterion, act.actor, values["value"], values.get("note", ""), act.at)
    return tuple(last.values())

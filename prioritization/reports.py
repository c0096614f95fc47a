"""What a score is made of, for the page that explains it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Sum

from core import clock
from core.models import CustomValue, User
from prioritization import explanation
from prioritization.formula import Triple
from prioritization.models import Consensus, Criterion, Rating, ScoreChange, ScoringModel
from prioritization.permissions import can_rate_feature
from prioritization.scoring import formula_of
from roadmaps.models import Feature, FeatureObjective


@dataclass(frozen=True)
class CriterionLine:
    """One criterion of a feature: what was said, by whom, and what it contributes to the score."""

    criterion: Criterion
    value: Decimal | None
    contribution: Decimal
    percent: int  # of the longest bar
    mine: Rating | None
    others: list[Rating]


@dataclass(frozen=True)
class ScoreReport:
    """The score of a feature, explained: `base` and the lines' contributions add up to `feature.score` exactly.

    `moved` is by how many points the feature's own inputs, weights apart, moved it within a week; None where they did not.
    """

    model: ScoringModel
    moved: Decimal | None
    base: Decimal
    lines: list[CriterionLine]
    can_rate: bool


def active_model(product_id: int) -> ScoringModel | None:
    """The model that scores this product's features: its own, else the portfolio's."""
    found = ScoringModel._base_manager.filter(is_active=True, deleted_at=None, product_id=product_id).first()
    return found or ScoringModel._base_manager.filter(is_active=True, deleted_at=None, product=None).first()


def scales(criteria: Sequence[Criterion]) -> dict[str, explanation.Scale]:
    """The criteria's scales, by key."""
    return {c.key: explanation.Scale(float(c.scale_min), float(c.scale_max), c.direction == Criterion.Direction.UP) for c in criteria}


def said(criterion: Criterion, agreed: Mapping[int, Decimal], feature: Feature, alignment: Decimal) -> Triple | None:
    """What is known of a feature by a criterion, `agreed` being what `agreed_by_criterion` answers of it; None where it is blank.

    Its twin in SQL is `scoring.say_of`.
    """
    if criterion.kind == Criterion.Kind.RATED or criterion.source == Criterion.Source.FIELD:
        parts = (agreed.get(criterion.pk),) * 3
    elif criterion.source == Criterion.Source.EFFORT:
        likely = feature.effort_likely
        parts = (_or(feature.effort_low, likely), likely, _or(feature.effort_high, likely))
    elif criterion.source == Criterion.Source.ALIGNMENT:
        parts = (alignment,) * 3
    else:
        parts = (feature.demand_people if criterion.source == Criterion.Source.DEMAND else feature.demand_revenue,) * 3
    return None if parts[1] is None else Triple(*(float(part) for part in parts))


def agreed_by_criterion(user: User, ids: Collection[int], criteria: Collection[Criterion]) -> dict[int, dict[int, Decimal]]:
    """{feature: {criterion: the consensus of its raters, or what the custom field it reads holds}}; two statements at most."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = Consensus.objects.visible_to(user).filter(feature__in=ids, criterion__in=criteria)
    for feature, criterion, value in rows.values_list("feature", "criterion", "value"):
        found[feature][criterion] = value
    reading: dict[int, list[int]] = defaultdict(list)
    for one in criteria:
        if one.custom_field_id is not None:
            reading[one.custom_field_id].append(one.pk)
    if reading:
        for held in CustomValue.objects.visible_to(user).filter(subject_id__in=ids, field__in=list(reading)):
            if held.held is not None:
                found[held.subject_id] |= dict.fromkeys(reading[held.field_id], Decimal(held.held))
    return found


def _or(value: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if value is None else value


def alignment_of(feature: Feature) -> Decimal:
    """The strengths of the feature's links to living objectives, each times the objective's weight, added up."""
    links = FeatureObjective._base_manager.filter(feature=feature, deleted_at=None, objective__deleted_at=None)
    return links.aggregate(sum=Sum(F("strength") * F("objective__weight")))["sum"] or Decimal(0)


def explain_score(feature: Feature, user: User) -> ScoreReport | None:
    """The contributions of each criterion; None where no model scores this product, or none this person sees."""
    model = active_model(feature.product_id)
    if model is None:
        return None
    criteria = list(Criterion.objects.visible_to(user).filter(model=model).select_related("custom_field"))
    if not criteria:  # the portfolio's model is no guest's to see
        return None
    agreed = agreed_by_criterion(user, [feature.pk], criteria)[feature.pk]
    ratings = Rating.objects.visible_to(user).filter(feature=feature, criterion__in=criteria).select_related("rater").order_by("pk")
    aligned = alignment_of(feature)
    values = {c.key: said(c, agreed, feature, aligned) for c in criteria}
    base, contributions = explanation.explain(formula_of(model, criteria), scales(criteria), values, feature.score)
    longest = max((abs(c) for c in contributions.values()), default=Decimal(0)) or Decimal(1)
    lines = [
        CriterionLine(
            criterion=criterion,
            value=None if values[criterion.key] is None else Decimal(repr(values[criterion.key].likely)),
            contribution=contributions[criterion.key],
            percent=round(100 * abs(contributions[criterion.key]) / longest),
            mine=next((r for r in ratings if r.criterion_id == criterion.pk and r.rater_id == user.pk), None),
            others=[r for r in ratings if r.criterion_id == criterion.pk and r.rater_id != user.pk],
        )
        for criterion in criteria
    ]
    return ScoreReport(model, moved_within_a_week(feature, user), base, lines, can_rate_feature(user, feature))


def moved_within_a_week(feature: Feature, user: User) -> Decimal | None:
    """The sum of the kept moves of the last seven days, to a tenth of a point; None where that is nothing."""
    changes = ScoreChange.objects.visible_to(user).filter(feature=feature, at__gte=clock.now() - timedelta(days=7))
    total = changes.aggregate(moved=Sum(F("new") - F("old")))["moved"] or Decimal(0)
    return round(total, 1) or None

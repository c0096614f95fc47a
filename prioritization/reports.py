"""What a score is made of, for the page that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.models import User
from prioritization import explanation
from prioritization.models import Consensus, Criterion, Rating, ScoringModel
from prioritization.permissions import can_rate_feature
from roadmaps.models import Feature


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
    """The score of a feature, explained: `base` and the lines' contributions add up to `feature.score` exactly."""

    model: ScoringModel
    base: Decimal
    lines: list[CriterionLine]
    can_rate: bool


def active_model(product_id: int) -> ScoringModel | None:
    """The model that scores this product's features: its own, else the portfolio's."""
    found = ScoringModel._base_manager.filter(is_active=True, deleted_at=None, product_id=product_id).first()
    return found or ScoringModel._base_manager.filter(is_active=True, deleted_at=None, product=None).first()


def explain_score(feature: Feature, user: User) -> ScoreReport | None:
    """The contributions of each criterion; None where no model scores this product."""
    model = active_model(feature.product_id)
    if model is None:
        return None
    criteria = list(Criterion.objects.visible_to(user).filter(model=model))
    agreed = {c.criterion_id: c.value for c in Consensus.objects.visible_to(user).filter(feature=feature, criterion__in=criteria)}
    ratings = Rating.objects.visible_to(user).filter(feature=feature, criterion__in=criteria).select_related("rater").order_by("pk")
    base, contributions = explanation.contributions(model, criteria, feature)
    longest = max((abs(c) for c in contributions.values()), default=Decimal(0)) or Decimal(1)
    lines = [
        CriterionLine(
            criterion=criterion,
            value=agreed.get(criterion.pk, explanation.raw_value(criterion, feature)),
            contribution=contributions[criterion.key],
            percent=round(100 * abs(contributions[criterion.key]) / longest),
            mine=next((r for r in ratings if r.criterion_id == criterion.pk and r.rater_id == user.pk), None),
            others=[r for r in ratings if r.criterion_id == criterion.pk and r.rater_id != user.pk],
        )
        for criterion in criteria
    ]
    return ScoreReport(model, base, lines, can_rate_feature(user, feature))

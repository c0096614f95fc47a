"""Ratings, and what the raters say together."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import must
from core.writes import insert_many, remove, update
from prioritization import consensus, events
from prioritization.models import Consensus, Criterion, Rating
from prioritization.permissions import can_rate_feature
from roadmaps.models import Feature

SETTLED_AT_ONCE = 2_000  # features of one criterion


@dataclass(frozen=True)
class Say:
    """What somebody says of a feature by a criterion; confidence or note None: as said before."""

    feature: Feature
    criterion: Criterion
    value: Decimal
    confidence: Decimal | None = None
    note: str | None = None


@acts
def rate(
    *, actor: User, feature: Feature, criterion: Criterion, value: Decimal, confidence: Decimal | None = None, note: str | None = None,
    seen: int | None = None, merge: bool = True,
) -> Rating:  # fmt: skip
    """The actor's rating of the feature by this criterion; what the raters say together is brought up to date."""
    return rate_many(actor=actor, says=[Say(feature, criterion, value, confidence, note)], seen=seen, merge=merge)[0]


@acts
def rate_many(*, actor: User, says: Sequence[Say], seen: int | None = None, merge: bool = True) -> list[Rating]:
    """The actor's ratings are as said, all or none; consensus follows in few statements, however many they are."""
    for say in says:
        _check_say(actor, say)
    pairs = {(say.feature.pk, say.criterion.pk): say for say in says}
    if len(pairs) < len(says):
        raise RuleBroken("A feature is rated twice by the same criterion here. Say it once.")
    mine = {
        (rating.feature_id, rating.criterion_id): rating
        for rating in Rating.objects.filter(rater=actor, feature__in={feature for feature, _ in pairs}, deleted_at=None)
    }
    fresh = [_rating(actor, say) for pair, say in pairs.items() if pair not in mine]
    insert_many(fresh, events.RATED)
    for pair, say in pairs.items():
        if pair in mine:
            mine[pair].feature = say.feature
            update(mine[pair], _said(say), events.RATED, seen=seen, merge=merge)
    settle(pairs)
    made = mine | {(rating.feature_id, rating.criterion_id): rating for rating in fresh}
    return [made[pair] for pair in pairs]


def _check_say(actor: User, say: Say) -> None:
    criterion, value = say.criterion, say.value
    must(can_rate_feature(actor, say.feature), "Only makers, leaders and product operations who see the product may rate its features.")
    if criterion.kind != Criterion.Kind.RATED:
        raise RuleBroken(f"{criterion.name} is computed; it cannot be rated.", "criterion")
    if criterion.model.product_id not in (None, say.feature.product_id):
        raise RuleBroken("This criterion belongs to another product's scoring model.", "criterion")
    if not criterion.scale_min <= value <= criterion.scale_max:
        low, high = criterion.scale_min.normalize(), criterion.scale_max.normalize()
        raise RuleBroken(f"{criterion.name} is rated from {low:f} to {high:f}; {value.normalize():f} lies outside.", "value")


def _said(say: Say) -> dict[str, Any]:
    """The fields a say sets."""
    return {"value": say.value} | {k: v for k, v in {"confidence": say.confidence, "note": say.note}.items() if v is not None}


def _rating(actor: User, say: Say) -> Rating:
    return Rating(feature=say.feature, criterion=say.criterion, rater=actor, **_said(say))


@acts
def withdraw_rating(*, actor: User, rating: Rating, seen: int | None = None) -> None:
    """The rating no longer counts; it is kept in the record."""
    must(rating.rater_id == actor.pk, "You may withdraw your own ratings only.")
    remove(rating, events.RATING_WITHDRAWN, seen=seen)
    settle([(rating.feature_id, rating.criterion_id)])


def settle(pairs: Collection[tuple[int, int]]) -> None:
    """Write the consensus rows of these (feature, criterion) pairs from everybody's ratings.

    The ratings just written raised their features' counters and so hold those rows: two raters at once come here one after the other.
    """
    features, criteria = {feature for feature, _ in pairs}, {criterion for _, criterion in pairs}
    said: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    rules = dict(Criterion.objects.filter(pk__in=criteria).values_list("pk", "consensus"))
    rows = Rating.objects.filter(feature__in=features, criterion__in=criteria, deleted_at=None).order_by("pk")
    for feature, criterion, value in rows.values_list("feature_id", "criterion_id", "value"):
        said[feature, criterion].append(value)
    if silent := [pair for pair in pairs if pair not in said]:
        for feature, criterion in silent:
            Consensus.objects.filter(feature_id=feature, criterion_id=criterion).delete()
    agreed = [
        Consensus(
            feature_id=feature,
            criterion_id=criterion,
            value=consensus.agree(rules[criterion], values),
            low=min(values),
            high=max(values),
            count=len(values),
        )
        for (feature, criterion), values in said.items()
        if (feature, criterion) in pairs
    ]
    Consensus.objects.bulk_create(
        agreed, update_conflicts=True, unique_fields=["feature", "criterion"], update_fields=["value", "low", "high", "count"]
    )


def settle_again(criterion: Criterion) -> None:
    """Write what the raters say together by this criterion anew, because the rule they agree by is another one."""
    rated = Rating.objects.filter(criterion=criterion, deleted_at=None).order_by("feature_id").values_list("feature_id", flat=True)
    for features in batched(rated.distinct(), SETTLED_AT_ONCE):
        settle([(feature, criterion.pk) for feature in features])

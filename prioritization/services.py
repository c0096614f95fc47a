"""Every write of prioritization."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.acts import acts, current_act
from core.exceptions import RuleBroken
from core.models import Product, User
from core.permissions import can_shape_process, must, must_edit
from core.writes import insert, insert_many, remove, update
from prioritization import consensus, events
from prioritization.formula import RAW, FormulaError, parse
from prioritization.formula.syntax import FUNCTIONS, KEYWORDS
from prioritization.models import Consensus, Criterion, Rating, ScoringModel
from prioritization.permissions import can_change_model, can_rate_feature
from prioritization.scoring import effort_of
from roadmaps.models import Feature

COUNTS = {"method", "formula", "is_active"}  # what of a model itself makes another edition
REFUSAL = "Only product operations, and owners and editors for their product's own model, may change what counts."


@acts
def create_model(
    *, actor: User | None, name: str, formula: str = "", product: Product | None = None, criteria: list[dict[str, Any]]
) -> ScoringModel:
    """A scoring model with its criteria, in use at once. `formula` empty: the weighted sum of the criteria."""
    if actor is None or product is None:
        must(actor is None or can_shape_process(actor), REFUSAL)
    else:
        must_edit(actor, product.pk)
    check_keys([c["key"] for c in criteria])
    check_formula(formula, {c["key"] for c in criteria})
    model = insert(ScoringModel(name=name, method=method_for(formula), formula=formula, product=product), events.MODEL_CREATED)
    for position, values in enumerate(criteria):
        insert(Criterion(model=model, position=position, **values), events.CRITERION_CREATED)
    return model


@acts
def change_model(
    *,
    actor: User,
    model: ScoringModel,
    weights: dict[str, Decimal] | None = None,
    seen: int | None = None,
    merge: bool = True,
    **values: Any,
) -> ScoringModel:
    """Name, method, formula, activity or weights (by criterion key) are as given; a new edition, and every score is due.

    A formula without a method is the method; an empty one is the weighted sum again.
    """
    must(can_change_model(actor, model), REFUSAL)
    criteria = {c.key: c for c in Criterion.objects.filter(model=model, deleted_at=None)}
    if unknown := set(weights or {}) - set(criteria):
        raise RuleBroken(f"This model has no criterion {', '.join(sorted(unknown))}.", "weights")
    if "formula" in values:
        check_formula(values["formula"], set(criteria))
        values.setdefault("method", method_for(values["formula"]))
    check_method(values.get("method", model.method), values.get("formula", model.formula), criteria.values())
    moved = [
        update(criteria[key], {"weight": w}, events.CRITERION_CHANGED) for key, w in (weights or {}).items() if criteria[key].weight != w
    ]
    if not any(criterion.weight for criterion in criteria.values()):
        raise RuleBroken("At least one criterion needs a weight above zero.", "weights")
    if moved or any(values[name] != getattr(model, name) for name in COUNTS & set(values)):
        values["edition"] = model.edition + 1
        if moved:
            current_act().verb = events.MODEL_CHANGED
    return update(model, values, events.MODEL_CHANGED, seen=seen, merge=merge)


def check_keys(keys: Collection[str]) -> None:
    """Refuse keys that mean something else in a formula."""
    for key in keys:
        if key in FUNCTIONS or key in KEYWORDS or key.endswith(RAW):
            raise RuleBroken(f"“{key}” means something else in formulas. Choose another key for this criterion.", "criteria")


def method_for(formula: str) -> str:
    """The method where only a formula is given."""
    return ScoringModel.Method.FORMULA if formula else ScoringModel.Method.WEIGHTED_SUM


def check_method(method: str, formula: str, criteria: Iterable[Criterion]) -> None:
    """Refuse a method that lacks what it computes with."""
    kept = list(criteria)
    if method == ScoringModel.Method.FORMULA and not formula:
        raise RuleBroken("Write the formula this model is to score by.", "formula")
    if method == ScoringModel.Method.VALUE_OVER_EFFORT and not (effort_of(kept) and len(kept) > 1):
        raise RuleBroken("Value over effort needs a criterion that is computed from effort, and one that is not.", "method")


def check_formula(formula: str, keys: set[str]) -> None:
    """Refuse a formula that cannot be read or names what is no criterion."""
    if not formula:
        return
    try:
        parse(formula, known=keys | {key + RAW for key in keys})
    except FormulaError as error:
        raise RuleBroken(f"{error} (Character {error.position + 1}.)", "formula") from error


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

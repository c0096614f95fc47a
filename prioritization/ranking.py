"""The ranked list: what each score is made of, and what another set of weights would make of the order. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.models import Product, Pulse, User
from prioritization import explanation
from prioritization.models import Criterion, Rating, ScoreChange, ScoringModel
from prioritization.reports import agreed_by_criterion, said, scales
from prioritization.scoring import formula_of
from roadmaps.models import Feature, FeatureObjective

SHOWN = 50
DISAGREEMENTS = 12
PREVIEWED = 2_000  # features a preview puts into the new order
GAP = 0.4  # between the parts of a bar, on a scale of 100


@dataclass(frozen=True)
class Bar:
    """A criterion's part of the stacked bar: which colour, where it begins, how long; on a scale of 100."""

    colour: int
    x: float
    width: float
    label: str


@dataclass
class Ranked:
    """A feature with its place, its score and what that is made of. `moved` is how many places it rises by the previewed weights."""

    feature: Feature
    place: int
    score: Decimal | None
    bars: list[Bar] = field(default_factory=list)
    moved: int = 0


@dataclass(frozen=True)
class Preview:
    """What another method or other weights would do, over everything in flight; nothing is saved."""

    method: str
    weights: dict[str, Decimal]
    moves: int
    largest: Ranked | None
    rows: list[Ranked]
    is_whole: bool


def in_flight(user: User, scope: Product | None) -> QuerySet[Feature]:
    """The features the ranking is about: in sight, not merged, not shipped, by score."""
    rows = Feature.objects.visible_to(user).canonical().in_flight().for_list()
    return rows.filter(product=scope) if scope else rows


def waiting_for(user: User, scope: Product | None) -> QuerySet[Feature]:
    """Of the products the person edits: what lacks their rating by a criterion that people rate, of the model in force."""
    rows = in_flight(user, scope).filter(product__in=user.rights.editable)
    given = Rating.objects.visible_to(user).filter(rater=user, criterion=OuterRef("pk"), feature=OuterRef(OuterRef("pk")))
    asked = Criterion.objects.visible_to(user).filter(~Exists(given), kind=Criterion.Kind.RATED)
    own = [product for product in models_for(user) if product is not None]
    of_own = Q(Exists(asked.filter(model__is_active=True, model__product=OuterRef("product"))))
    of_all = Q(Exists(asked.filter(model__is_active=True, model__product=None)))
    return rows.filter(Q(of_own, product__in=own) | (of_all & ~Q(product__in=own)))


def rank(features: Sequence[Feature], models: Mapping[int | None, ScoringModel], user: User, first: int = 1) -> list[Ranked]:
    """The features of a page in their order, each with the bars of its score; a few statements however many they are."""
    criteria, agreed, aligned = _inputs(features, models, user)
    ranked = []
    for place, feature in enumerate(features, start=first):
        model = models.get(feature.product_id) or models.get(None)
        bars = []
        if model is not None and feature.score is not None:
            own = criteria[model.pk]
            values = {c.key: said(c, agreed[feature.pk], feature, aligned[feature.pk]) for c in own}
            _, points = explanation.explain(formula_of(model, own), scales(own), values, feature.score)
            bars = _bars(own, points)
        ranked.append(Ranked(feature, place, feature.score, bars))
    return ranked


def last_brought_up_to_date(user: User) -> datetime | None:
    """When a score the person sees was last computed anew, as far as that is kept."""
    moved = ScoreChange.objects.visible_to(user).values_list("at", flat=True).first()
    told = Pulse.objects.visible_to(user).filter(topic="score").order_by("-pk").values_list("at", flat=True).first()
    return max(filter(None, (moved, told)), default=None)


def preview(model: ScoringModel, method: str, weights: Mapping[str, Decimal], user: User, scope: Product | None) -> Preview:
    """The order by this method and these weights beside the present one."""
    features = [f for f in in_flight(user, scope)[: PREVIEWED + 1] if f.score is not None]
    is_whole = len(features) <= PREVIEWED
    features = features[:PREVIEWED]
    criteria, agreed, aligned = _inputs(features, {None: model}, user)
    own = criteria[model.pk]
    formula = formula_of(model, own, method, weights)
    ranked = []
    for place, feature in enumerate(features, start=1):
        values = {c.key: said(c, agreed[feature.pk], feature, aligned[feature.pk]) for c in own}
        _, score, _ = explanation.score_of(formula, scales(own), values)
        ranked.append((feature, place, score, values))
    ranked.sort(key=lambda entry: (-(entry[2] or 0), entry[0].pk))
    rows = []
    for place, (feature, before, score, values) in enumerate(ranked, start=1):
        row = Ranked(feature, place, score, moved=before - place)
        if place <= SHOWN:
            row.bars = _bars(own, explanation.explain(formula, scales(own), values, score)[1])
        rows.append(row)
    moved = [row for row in rows if row.moved]
    return Preview(method, dict(weights), len(moved), max(moved, key=lambda row: abs(row.moved), default=None), rows[:SHOWN], is_whole)


def models_for(user: User) -> dict[int | None, ScoringModel]:
    """The active models by product; None: the portfolio's."""
    return {model.product_id: model for model in ScoringModel.objects.visible_to(user).filter(is_active=True)}


def disagreements(user: User, scope: Product | None) -> list[Feature]:
    """Features somebody moved by hand whose `position` in their product is not their `place` by score there, the widest apart first."""
    rows = in_flight(user, scope)
    ahead = rows.filter(product=OuterRef("product"), score__gt=Coalesce(OuterRef("score"), Decimal(0))).order_by().values("product")
    by_score = Coalesce(Subquery(ahead.annotate(count=Count("pk")).values("count")), 0) + 1
    moved = list(rows.moved().with_position(rows).annotate(place=by_score)[:SHOWN])
    return sorted((row for row in moved if row.place != row.position), key=lambda row: -abs(row.place - row.position))[:DISAGREEMENTS]


def _inputs(features: Sequence[Feature], models: Mapping[int | None, ScoringModel], user: User):
    """Criteria by model; consensus and alignment by feature."""
    ids = [feature.pk for feature in features]
    criteria: dict[int, list[Criterion]] = defaultdict(list)
    for criterion in Criterion.objects.visible_to(user).filter(model__in=models.values()).select_related("custom_field"):
        criteria[criterion.model_id].append(criterion)
    agreed = agreed_by_criterion(user, ids, [criterion for own in criteria.values() for criterion in own])
    aligned: dict[int, Decimal] = defaultdict(Decimal)
    if any(c.source == Criterion.Source.ALIGNMENT for own in criteria.values() for c in own):
        links = FeatureObjective.objects.visible_to(user).filter(feature__in=ids, objective__deleted_at=None)
        aligned |= dict(links.values_list("feature").annotate(sum=Sum(F("strength") * F("objective__weight"))))
    return criteria, agreed, aligned


def _bars(criteria: Sequence[Criterion], points: Mapping[str, Decimal]) -> list[Bar]:
    bars, x = [], 0.0
    for colour, criterion in enumerate(criteria, start=1):
        width = float(max(points.get(criterion.key, Decimal(0)), Decimal(0)))
        if width > GAP:
            bars.append(Bar((colour - 1) % 6 + 1, round(x, 2), round(width - GAP, 2), f"{criterion.name} {width:.1f}"))
            x += width
    return bars

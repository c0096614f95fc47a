"""Scoring models and their criteria: what counts, and how much."""

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q
from django.utils.text import slugify

from core.acts import RowChange, acts
from core.exceptions import Outdated, OutOfSight, RuleBroken
from core.models import CustomField, Product, User
from core.permissions import must
from core.writes import insert, remove, update
from prioritization import events
from prioritization.formula import RAW, FormulaError, parse
from prioritization.formula.syntax import FUNCTIONS, KEYWORDS
from prioritization.models import Criterion, Rating, ScoringModel
from prioritization.permissions import can_change_model
from prioritization.scoring import effort_of, select_scores
from prioritization.services.ratings import settle_again
from roadmaps.models import Feature

# What makes another edition.
MODEL_COUNTS = {"method", "formula", "is_active", "deleted_at"}
CRITERION_COUNTS = {"direction", "weight", "scale_min", "scale_max", "consensus", "deleted_at"}
REFUSAL = "Only product operations, and owners and editors for their product's own model, may change what counts."
MOST_CRITERIA = 20
SCORED_KINDS = (CustomField.Kind.NUMBER, CustomField.Kind.MONEY, CustomField.Kind.FLAG)


@acts
def create_model(
    *,
    actor: User | None,
    name: str,
    criteria: list[dict[str, Any]],
    method: str = "",
    formula: str = "",
    product: Product | None = None,
    is_active: bool = True,
) -> ScoringModel:
    """A scoring model with its criteria; in use, it takes the place of the one that was.

    Without a method it is the weighted sum, or the formula where one is given.
    """
    model = ScoringModel(name=name, method=method or method_for(formula), formula=formula, product=product, is_active=is_active)
    must(actor is None or can_change_model(actor, model), REFUSAL)
    if is_active:
        _make_room(product)
    insert(model, events.MODEL_CREATED)
    for position, values in enumerate(criteria):
        _insert_criterion(Criterion(model=model, position=position, **values))
    return model


@acts
def copy_model(*, actor: User, model: ScoringModel, name: str, product: Product | None) -> ScoringModel:
    """A model like this one, of the product or of the portfolio, not yet in use."""
    copied = [
        {f.name: getattr(row, f.name) for f in row.recorded_fields() if f.name not in ("model", "position", "deleted_at")}
        for row in criteria_of(model)
    ]
    return create_model(
        actor=actor, name=name, method=model.method, formula=model.formula, product=product, criteria=copied, is_active=False
    )


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
    """Name, method, formula, activity or weights (by criterion key) are as given.

    Where that counts, it is a new edition, and every score is due. A formula without a method is the method; an empty one is the
    weighted sum again. A model put in use takes the place of the one that was. Weights of a version that is no longer the current
    one are refused: each is a share of the others.
    """
    _hold(actor, model)
    if weights and seen not in (None, model.version):
        raise Outdated(model.version)
    criteria = {c.key: c for c in criteria_of(model)}
    if unknown := set(weights or {}) - set(criteria):
        raise RuleBroken(f"This model has no criterion {', '.join(sorted(unknown))}.", "weights")
    if "formula" in values:
        values.setdefault("method", method_for(values["formula"]))
    for key, weight in (weights or {}).items():
        update(criteria[key], {"weight": weight}, events.MODEL_CHANGED)
    if values.get("is_active", model.is_active) != model.is_active:
        if model.is_active and model.product_id is None:
            raise RuleBroken("The portfolio needs a scoring model. Put another one in use instead.", "is_active")
        if not model.is_active:
            _make_room(model.product)
    return update(model, values, events.MODEL_CHANGED, seen=seen, merge=merge)


@acts
def delete_model(*, actor: User, model: ScoringModel, seen: int | None = None) -> ScoringModel:
    """The model has left every list; its product's features are scored by the portfolio's. The portfolio's own in use cannot leave."""
    _hold(actor, model)
    if model.is_active and model.product_id is None:
        raise RuleBroken("The portfolio is scored by this model. Put another one in use first.")
    return remove(model, events.MODEL_DELETED, seen=seen)


@acts
def create_criterion(*, actor: User, model: ScoringModel, name: str, key: str = "", **values: Any) -> Criterion:
    """The model counts one thing more, as its last. Without a key it is made of the name."""
    _hold(actor, model)
    others = criteria_of(model)
    if len(others) >= MOST_CRITERIA:
        raise RuleBroken(f"A model has {MOST_CRITERIA} criteria at most; nobody could follow more.")
    position = max((other.position for other in others), default=-1) + 1
    key = key or free_key(name, {other.key for other in others})
    return _insert_criterion(Criterion(model=model, name=name, key=key, position=position, **values))


@acts
def change_criterion(*, actor: User, criterion: Criterion, seen: int | None = None, merge: bool = True, **values: Any) -> Criterion:
    """The criterion is as given. What it is (key, kind, source) stays: ratings and formulas rest on it."""
    _hold(actor, criterion.model)
    if "rubric" in values:
        scale = {name: values.get(name, getattr(criterion, name)) for name in ("scale_min", "scale_max")}
        values["rubric"] = tidy_rubric(values["rubric"], **scale)
    return update(criterion, values, events.CRITERION_CHANGED, seen=seen, merge=merge)


@acts
def delete_criterion(*, actor: User, criterion: Criterion, seen: int | None = None) -> Criterion:
    """The model no longer counts it; its ratings are kept. The last one stays."""
    _hold(actor, criterion.model)
    if len(criteria_of(criterion.model)) == 1:
        raise RuleBroken("A model needs at least one criterion.")
    return remove(criterion, events.CRITERION_DELETED, seen=seen)


def criteria_of(model: ScoringModel) -> list[Criterion]:
    """The living criteria, in their order, each with this very model."""
    found = list(Criterion._base_manager.filter(model=model, deleted_at=None).select_related("custom_field").order_by("position", "pk"))
    for criterion in found:
        criterion.model = model
    return found


def close_models(changes: dict[tuple[str, int], RowChange], is_alone: bool) -> None:
    """Models an act touched can score, what follows from another rule or scale is settled, and what counts is their next edition."""
    models = {pk: change for (label, pk), change in changes.items() if label == "prioritization.scoringmodel"}
    criteria = {pk: change for (label, pk), change in changes.items() if label == "prioritization.criterion"}
    due = {pk: change.row for pk, change in models.items() if change.before is None or MODEL_COUNTS & set(change.after)}
    for change in criteria.values():
        if change.before is None or CRITERION_COUNTS & set(change.after):
            due.setdefault(change.row.model_id, change.row.model)
    for pk, model in sorted(due.items()):
        model.refresh_from_db(from_queryset=ScoringModel._base_manager.select_for_update())
        if model.deleted_at is not None:
            ScoringModel._base_manager.filter(pk=pk).update(edition=F("edition") + 1)  # what it scored is due; nobody sees its number
            continue
        kept = criteria_of(model)
        if kept:  # one without any scores nothing
            check_whole(model, kept)
        for criterion in kept:
            moved = set(criteria[criterion.pk].after) if criterion.pk in criteria and criteria[criterion.pk].before is not None else set()
            if moved & {"scale_min", "scale_max"}:
                check_scale_holds_ratings(criterion)
            if "consensus" in moved:
                settle_again(criterion)
        if pk not in models or models[pk].before is not None:
            update(model, {"edition": model.edition + 1}, events.MODEL_CHANGED)


def close_fields(changes: dict[tuple[str, int], RowChange], is_alone: bool) -> None:
    """Fields, criteria and models an act touched, or brought back: what is scored by can be, where it is."""
    touched = {
        label: [pk for name, pk in changes if name == label]
        for label in ("core.customfield", "prioritization.criterion", "prioritization.scoringmodel")
    }
    if not any(touched.values()):
        return
    fields, criteria, models = touched.values()
    among = Q(custom_field__in=fields) | Q(pk__in=criteria) | Q(model__in=models)
    living = Criterion._base_manager.filter(among, custom_field__isnull=False, deleted_at=None, model__deleted_at=None)
    for criterion in living.select_related("model", "custom_field"):
        check_field(criterion.custom_field, criterion.model)


def check_field(field: CustomField, model: ScoringModel) -> None:
    """Refuse a field that the model's features do not all have, or whose values scores must not tell."""
    if field.deleted_at is not None:
        raise RuleBroken(f"{model.name} scores by {field.label}. Take the criterion away first.", "custom_field")
    if field.subject != Feature._meta.label_lower or field.kind not in SCORED_KINDS:
        raise RuleBroken("Scores are made of numbers, money, and yes or no.", "custom_field")
    if field.product_id not in (None, model.product_id):
        raise RuleBroken(f"{field.label} is a field of one product, so {model.name} cannot score by it.", "custom_field")
    if field.is_internal:
        raise RuleBroken(f"{field.label} is kept from guests, and a score would tell them of it.", "custom_field")


def _hold(actor: User, model: ScoringModel) -> None:
    """The model as it is now, held until the act ends, by somebody who may change it: nobody else changes its criteria meanwhile."""
    model.refresh_from_db(from_queryset=ScoringModel._base_manager.select_for_update())
    must(can_change_model(actor, model), REFUSAL)
    if model.deleted_at is not None:
        raise OutOfSight("There is no such scoring model any more.")


def _insert_criterion(row: Criterion) -> Criterion:
    if row.key in FUNCTIONS or row.key in KEYWORDS or row.key.endswith(RAW):
        raise RuleBroken(f"“{row.key}” means something else in formulas. Choose another key for this criterion.", "key")
    if row.custom_field is not None:
        check_field(row.custom_field, row.model)
    row.rubric = tidy_rubric(row.rubric, row.scale_min, row.scale_max)
    return insert(row, events.CRITERION_CREATED)


def _make_room(product: Product | None) -> None:
    """The model in use for this product, or for the portfolio, is so no longer."""
    for model in ScoringModel.objects.filter(product=product, is_active=True, deleted_at=None):
        update(model, {"is_active": False}, events.MODEL_CHANGED)


def free_key(name: str, taken: Collection[str]) -> str:
    """A name in formulas that none of the taken ones is: in small letters, digits and underscores."""
    base = slugify(name).replace("-", "_").lstrip("_0123456789")[:26] or "criterion"
    return next(key for key in (base, *(f"{base}_{number}" for number in range(2, MOST_CRITERIA + 2))) if key not in taken)


def method_for(formula: str) -> str:
    """The method where only a formula is given."""
    return ScoringModel.Method.FORMULA if formula else ScoringModel.Method.WEIGHTED_SUM


def check_whole(model: ScoringModel, criteria: list[Criterion]) -> None:
    """Refuse a model that could not score by these criteria."""
    if model.method == ScoringModel.Method.FORMULA and not model.formula:
        raise RuleBroken("Write the formula this model is to score by.", "formula")
    if not any(criterion.weight for criterion in criteria):
        raise RuleBroken("At least one criterion needs a weight above zero.", "weights")
    if model.method == ScoringModel.Method.VALUE_OVER_EFFORT:
        effort = effort_of(criteria)
        if not effort or len(criteria) == 1:
            raise RuleBroken("Value over effort needs a criterion that is computed from effort, and one that is not.", "method")
        if not any(criterion.weight for criterion in criteria if criterion.key != effort):
            raise RuleBroken("Value over effort needs a weight above zero on a criterion other than effort.", "weights")
    try:
        if model.formula:  # read even while it is not what scores are made by, so that it can be
            keys = {criterion.key for criterion in criteria}
            parse(model.formula, known=keys | {key + RAW for key in keys})
        select_scores(model, criteria, "1 = 1")
    except FormulaError as error:
        raise RuleBroken(f"{error} (Character {error.position + 1}.)", "formula") from error


def tidy_rubric(rubric: Mapping[str, Any], scale_min: Decimal, scale_max: Decimal) -> dict[str, str]:
    """A sentence by step, each step spelled as plainly as it can be; refuses what explains no step of the scale."""
    low, high = Decimal(scale_min), Decimal(scale_max)
    tidy = {}
    for step, sentence in rubric.items():
        try:
            number = Decimal(step)
            is_on_scale = low <= number <= high
        except (InvalidOperation, TypeError):
            is_on_scale = False
        if not is_on_scale or not isinstance(sentence, str) or not sentence.strip():
            span = f"from {low.normalize():f} to {high.normalize():f}"
            raise RuleBroken(f"A rubric says what a step {span} means: the number, then a sentence.", "rubric")
        tidy[f"{number.normalize():f}"] = sentence.strip()
    return tidy


def check_scale_holds_ratings(criterion: Criterion) -> None:
    """Refuse a scale that leaves a rating out."""
    given = Rating.objects.filter(criterion=criterion, deleted_at=None)
    if given.filter(value__lt=criterion.scale_min).exists() or given.filter(value__gt=criterion.scale_max).exists():
        raise RuleBroken("Ratings outside this scale are given already. Keep the scale, or add another criterion.", "scale_max")

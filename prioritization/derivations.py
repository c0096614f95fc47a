"""The step `score`: what it follows from, and how it is computed for a batch of features."""

from collections.abc import Collection, Iterable

from django.db.models import F, Q, QuerySet

from core.derivation import AlsoDue, Input, Step, register_step
from core.models import CustomValue
from core.prepared import prepared
from core.sql import in_ids
from portfolio.models import Objective
from prioritization.models import Criterion, Rating, ScoringModel
from prioritization.scoring import bring_up_to_date, select_scores
from roadmaps.models import Feature, FeatureObjective

# Those of the models that score now, and of models that ceased to while scores of theirs may stand.
criteria_at_work = prepared(
    lambda _: (
        Criterion._base_manager.filter(
            Q(deleted_at=None, model__is_active=True, model__deleted_at=None) | ~Q(model__settled_edition=F("model__edition"))
        )
        .select_related("model", "custom_field")
        .order_by("model_id", "position", "pk")
    )
)
OUTPUTS = ("score_low", "score", "score_high", "score_completeness")


def models_at_work() -> tuple[list[tuple[ScoringModel, list[Criterion], Q]], list[ScoringModel]]:
    """Each model in use with its criteria and the features it scores, and the models whose old scores must go; in one statement."""
    used: dict[int, tuple[ScoringModel, list[Criterion]]] = {}
    gone: dict[int, ScoringModel] = {}
    for criterion in criteria_at_work():
        model = criterion.model
        if model.is_active and model.deleted_at is None and criterion.deleted_at is None:
            used.setdefault(model.pk, (model, []))[1].append(criterion)
        else:
            gone[model.pk] = model
    own = [model.product_id for model, _ in used.values() if model.product_id is not None]
    in_use = [
        (model, criteria, Q(product_id=model.product_id) if model.product_id else ~Q(product_id__in=own))
        for model, criteria in used.values()
    ]
    return in_use, [model for pk, model in gone.items() if pk not in used]


def compute_scores(ids: list[int]) -> Collection[int]:
    """Bring the scores of these features up to date; what moved because of a feature's own inputs is kept as a ScoreChange."""
    changed: list[int] = []
    used, _ = models_at_work()
    own = [int(model.product_id) for model, _, _ in used if model.product_id]
    for model, criteria, _ in used:
        which, params = in_ids("f.id", ids)
        if model.product_id:
            which += f" AND f.product_id = {int(model.product_id)}"
        elif own:
            which += f" AND f.product_id NOT IN ({', '.join(map(str, own))})"
        changed += bring_up_to_date(model, select_scores(model, criteria, which, (min(ids), max(ids))), params)
    if len(own) == len(used):  # the portfolio has no model
        changed += leave_unscored(ids, own)
    return changed


def leave_unscored(ids: list[int], own: list[int]) -> list[int]:
    """Features of products that have no model of their own have no score; answers the ids of those that had one."""
    rows = Feature._base_manager.filter(pk__in=ids).exclude(product__in=own).exclude(score_version=0)
    found = list(rows.values_list("pk", flat=True))
    rows.update(score_low=None, score=None, score_high=None, score_completeness=0, score_version=0, score_rev=F("score_in"))
    return found


def other_edition() -> AlsoDue | None:
    """Features scored by an older edition of their model, or by a model no longer in use, while there may be any."""
    used, gone = models_at_work()
    waiting = [(model, which) for model, _, which in used if model.settled_edition != model.edition]
    if not waiting and not gone:
        return None
    rows = Q(pk__in=[])
    for model, which in waiting:
        rows |= which & (Q(score_version__lt=model.stamp) | Q(score_version__gt=model.stamp))
    for model in gone:
        rows |= Q(score_version__range=model.stamps)

    def settle() -> None:
        for model in (*(model for model, _ in waiting), *gone):
            ScoringModel._base_manager.filter(pk=model.pk).update(settled_edition=model.edition)

    return AlsoDue(rows, settle)


def features_scored_by(values: QuerySet) -> Iterable[int]:
    """The features of those values that a criterion reads."""
    fields = Criterion._base_manager.filter(custom_field__isnull=False).values("custom_field")
    return values.filter(field__in=fields).values_list("subject_id", flat=True)


register_step(
    Step(
        name="score",
        model=Feature,
        outputs=OUTPUTS,
        inputs=(
            Input(
                Feature,
                ("effort_low", "effort_likely", "effort_high", "demand_people", "demand_revenue", "product"),
                "pk",
            ),
            Input(Rating, ("value", "deleted_at"), "feature_id"),
            Input(FeatureObjective, ("strength", "objective", "deleted_at"), "feature_id"),
            Input(
                Objective,
                ("weight", "deleted_at"),
                lambda rows: FeatureObjective._base_manager.filter(objective__in=rows).values_list("feature_id", flat=True),
                is_backward=True,
            ),
            Input(CustomValue, ("number", "flag", "deleted_at"), features_scored_by),
        ),
        compute=compute_scores,
        also_due=other_edition,
    )
)

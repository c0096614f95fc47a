"""The step `score`: what it follows from, and how it is computed for a batch of features."""

from collections.abc import Collection

from django.db.models import Q

from core.derivation import AlsoDue, Input, Step, register_step
from core.prepared import prepared
from core.sql import in_ids
from portfolio.models import Objective
from prioritization.models import Criterion, Rating, ScoringModel
from prioritization.scoring import bring_up_to_date, select_scores
from roadmaps.models import Feature, FeatureObjective

criteria_in_use = prepared(
    lambda _: (
        Criterion._base_manager.filter(deleted_at=None, model__is_active=True, model__deleted_at=None)
        .select_related("model")
        .order_by("model_id", "position", "pk")
    )
)
OUTPUTS = ("score_low", "score", "score_high", "score_completeness")


def models_in_use() -> list[tuple[ScoringModel, list[Criterion], Q]]:
    """Each active model with its criteria and the features it scores, in one statement."""
    used: dict[int, tuple[ScoringModel, list[Criterion]]] = {}
    for criterion in criteria_in_use():
        used.setdefault(criterion.model_id, (criterion.model, []))[1].append(criterion)
    own = [model.product_id for model, _ in used.values() if model.product_id is not None]
    return [
        (model, criteria, Q(product_id=model.product_id) if model.product_id else ~Q(product_id__in=own))
        for model, criteria in used.values()
    ]


def compute_scores(ids: list[int]) -> Collection[int]:
    """Bring the scores of these features up to date; what moved because of a feature's own inputs is kept as a ScoreChange."""
    changed: list[int] = []
    used = models_in_use()
    own = ", ".join(str(int(model.product_id)) for model, _, _ in used if model.product_id)
    for model, criteria, _ in used:
        which, params = in_ids("f.id", ids)
        if model.product_id:
            which += f" AND f.product_id = {int(model.product_id)}"
        elif own:
            which += f" AND f.product_id NOT IN ({own})"
        changed += bring_up_to_date(model, select_scores(model, criteria, which, (min(ids), max(ids))), params)
    return changed


def other_edition() -> AlsoDue | None:
    """Features scored by an older edition of their model, while there are any."""
    waiting = [(m, which) for m, _, which in models_in_use() if m.settled_edition != m.edition]
    if not waiting:
        return None
    rows = Q(pk__in=[])
    for model, which in waiting:
        rows |= which & (Q(score_version__lt=model.stamp) | Q(score_version__gt=model.stamp))

    def settle() -> None:
        for model, _ in waiting:
            ScoringModel._base_manager.filter(pk=model.pk).update(settled_edition=model.edition)

    return AlsoDue(rows, settle)


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
        ),
        compute=compute_scores,
        also_due=other_edition,
    )
)

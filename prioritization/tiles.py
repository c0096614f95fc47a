"""What the dashboard shows of scores."""

from collections.abc import Collection

from django.db.models import Count, Q, Sum

from core.derivation import Input
from portfolio.dashboard import Tile, register_tile
from roadmaps.models import Feature
from roadmaps.models.plan import Status

IN_FLIGHT = [Status.OPEN, Status.PLANNED, Status.IN_PROGRESS]


def value_figures(products: Collection[int]) -> dict[int, dict]:
    """Of the features in flight: how many, how many scored, fully rated, the sum of scores and of person-weeks."""
    rows = Feature._base_manager.filter(product_id__in=products, deleted_at=None, merged_into=None, status__in=IN_FLIGHT)
    sums = rows.values("product_id").annotate(
        features=Count("pk"),
        scored=Count("score"),
        complete=Count("pk", filter=Q(score_completeness=1)),
        score=Sum("score"),
        effort=Sum("effort_likely"),
    )
    return {
        line["product_id"]: {
            "features": line["features"],
            "scored": line["scored"],
            "complete": line["complete"],
            "score": str(line["score"] or 0),
            "effort": str(line["effort"] or 0),
        }
        for line in sums.order_by("product_id")
    }


def merge_value(parts: list[dict]) -> dict:
    """Sums over products and the mean score of what is scored."""
    merged = {name: sum(part.get(name, 0) for part in parts) for name in ("features", "scored", "complete")}
    score, effort = (sum(float(part.get(name, 0)) for part in parts) for name in ("score", "effort"))
    return merged | {"effort": effort, "mean": score / merged["scored"] if merged["scored"] else None}


register_tile(
    Tile(
        kind="value",
        title="Value against effort, in flight",
        order=40,
        width=5,
        template="prioritization/tiles/value.html",
        inputs=(
            Input(
                Feature,
                ("score", "score_completeness", "effort_likely", "status", "product", "deleted_at", "merged_into"),
                "product_id",
            ),
        ),
        figures=value_figures,
        merge=merge_value,
        after=("score",),
    )
)

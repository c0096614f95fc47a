"""What the dashboard shows of the plan."""

from collections import Counter, defaultdict
from collections.abc import Collection

from django.db.models import Count, Sum

from core.derivation import Input
from portfolio.dashboard import Tile, register_tile
from roadmaps.models import Feature
from roadmaps.models.plan import Status


def status_figures(products: Collection[int]) -> dict[int, dict]:
    """Features and person-weeks per status: {product: {status: {"features": n, "effort": pw}}}."""
    rows = Feature._base_manager.filter(product_id__in=products, deleted_at=None, merged_into=None)
    found: dict[int, dict] = defaultdict(dict)
    for row in rows.values("product_id", "status").annotate(n=Count("pk"), effort=Sum("effort_likely")).order_by("product_id", "status"):
        found[row["product_id"]][row["status"]] = {"features": row["n"], "effort": float(row["effort"] or 0)}
    return found


def merge_status(parts: list[dict]) -> dict:
    """The statuses in the order of work, with counts, person-weeks and shares."""
    features, effort = Counter(), Counter()
    for part in parts:
        for status, line in part.items():
            features[status] += line["features"]
            effort[status] += line["effort"]
    total = sum(features.values())
    lines = [
        {"status": s, "label": s.label, "features": features[s], "effort": effort[s], "share": round(100 * features[s] / total) if total else 0}
        for s in Status
    ]
    return {"lines": lines, "total": total}


register_tile(
    Tile(
        kind="status",
        title="Where the work stands",
        order=30,
        width=4,
        template="roadmaps/tiles/status.html",
        inputs=(Input(Feature, ("status", "effort_likely", "product", "deleted_at", "merged_into"), "product_id"),),
        figures=status_figures,
        merge=merge_status,
    )
)

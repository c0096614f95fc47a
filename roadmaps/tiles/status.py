"""Whether dates hold, and where the work stands."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Sum

from core.derivation import Input
from core.models import Organisation, Product
from portfolio.dashboard import Figures, Look, Rows, Tile, register_tile
from roadmaps.health import BLOCKED, HEALTH, MEANING, ON_TIME, SLIPPING, UNDATED, days_late, with_health
from roadmaps.models import Dependency, Feature, Release
from roadmaps.models.plan import Status
from roadmaps.tiles.rows import FACTS, SHOWN, TEMPLATE, in_sight, living

BAR = 180  # user units of the bar's viewBox
CSS = {ON_TIME: "h-ok", SLIPPING: "h-slip", BLOCKED: "h-block", UNDATED: "h-none"}


def status_figures(products: Collection[int]) -> dict[int, Figures]:
    """{product: {"status": {status: [features, person-weeks]}, "health": {health: features}, "late": days late in all}}."""
    found: dict[int, Figures] = {pk: {"status": {}, "health": {}, "late": 0} for pk in products}
    rows = living(products).values("product_id", "status").annotate(n=Count("pk"), effort=Sum("effort_likely"))
    for row in rows:
        found[row["product_id"]]["status"][row["status"]] = [row["n"], float(row["effort"] or 0)]
    today = Organisation.today()
    committed = with_health(living(products), today)
    for row in committed.values("product_id", "health").annotate(n=Count("pk")):
        found[row["product_id"]]["health"][row["health"]] = row["n"]
    for product, target, release in committed.filter(health=SLIPPING).values_list("product_id", "target_date", "release__day"):
        found[product]["late"] += days_late(target, release, today)
    return found


def merge_status(parts: list[Figures]) -> Figures:
    """Sums over products."""
    features, effort, health = Counter(), Counter(), Counter()
    for part in parts:
        health.update(part.get("health", {}))
        for status, (count, weeks) in part.get("status", {}).items():
            features[status] += count
            effort[status] += weeks
    return {
        "status": {status: [features[status], effort[status]] for status in features},
        "health": dict(health),
        "late": sum(part.get("late", 0) for part in parts),
    }


def show_status(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """Shares of what is committed, a bar of them, and the statuses in the order of work."""
    health, earlier = now["health"], (before or {}).get("health", {})
    total, was_total = sum(health.values()), sum(earlier.values())
    lines, x = [], 0.0
    for key, label in HEALTH.items():
        count = health.get(key, 0)
        width = BAR * count / total if total else 0
        bar = {"css": CSS[key], "x": round(x, 1), "width": round(max(0, width - 1), 1)}
        lines.append({"key": key, "label": label, "count": count, "was": earlier.get(key, 0), "bar": bar})
        x += width
    share = round(100 * health.get(ON_TIME, 0) / total) if total else None
    was = round(100 * earlier.get(ON_TIME, 0) / was_total) if was_total else None
    slipping = health.get(SLIPPING, 0)
    work = now["status"]
    statuses = [{"key": s.value, "label": s.label, "features": work[s][0], "effort": work[s][1]} for s in Status if s in work]
    return {
        "lines": lines,
        "total": total,
        "share": share,
        "moved": None if share is None or was is None else share - was,
        "mean_late": round(now["late"] / slipping) if slipping else 0,
        "statuses": statuses,
        "compared": before is not None,
    }


def rows_of_status(look: Look, part: str) -> Rows | None:
    """The features behind a line of the tile: a health or a status."""
    if part in HEALTH:
        rows = with_health(in_sight(look), look.today).filter(health=part).order_by("target_date", "pk")
        return Rows(HEALTH[part], MEANING[part], TEMPLATE, list(rows[:SHOWN]))
    if part in Status.values:
        rows = in_sight(look).filter(status=part).order_by(*Feature._meta.ordering)
        return Rows(Status(part).label, f"Features that are {Status(part).label.lower()}.", TEMPLATE, list(rows[:SHOWN]))
    return None


def products_waiting(path: str):
    """From rows of another model to the products whose features wait for theirs."""
    return lambda rows: Dependency._base_manager.filter(**{f"{path}__in": rows}).values_list("successor__product_id", flat=True).distinct()


register_tile(
    Tile(
        kind="status",
        title="Roadmap health",
        order=30,
        width="w3",
        template="roadmaps/tiles/status.html",
        inputs=(
            Input(Feature, (*FACTS, "effort_likely", "start_date", "target_date", "release"), "product_id"),
            Input(Feature, ("status", "start_date", "target_date", "deleted_at", "product"), products_waiting("predecessor"), True),
            Input(Release, ("day", "state"), "product_id"),
            Input(Dependency, ("predecessor", "successor", "kind", "agreement", "needed_by", "deleted_at"), "successor__product_id"),
            Input(Product, ("visibility",), products_waiting("predecessor__product"), True),
        ),
        figures=status_figures,
        merge=merge_status,
        shown=show_status,
        rows=rows_of_status,
    )
)

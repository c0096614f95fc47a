"""What the dashboard shows of scores."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from core.derivation import Input
from core.models.ordering import DescNullsLast
from portfolio import charts
from portfolio.dashboard import Figures, Look, Rows, Tile, register_tile
from roadmaps.models import Feature
from roadmaps.models.plan import Status
from roadmaps.tiles.rows import SHOWN, TEMPLATE, in_sight, living

IN_FLIGHT = (Status.OPEN, Status.PLANNED, Status.IN_PROGRESS)
DRAWN = 40


def value_figures(products: Collection[int]) -> dict[int, Figures]:
    """Of the features in flight: how many, how many scored, fully rated, the sums of scores and of person-weeks, and the most
    valuable with an effort as [[id, score, person-weeks, revenue behind]]."""
    found: dict[int, Figures] = {pk: {"features": 0, "scored": 0, "complete": 0, "score": "0", "effort": "0", "top": []} for pk in products}
    rows = living(products).filter(status__in=IN_FLIGHT)
    sums = rows.values("product_id").annotate(
        features=Count("pk"),
        scored=Count("score"),
        complete=Count("pk", filter=Q(score_completeness=1)),
        total=Sum("score"),
        effort=Sum("effort_likely"),
    )
    for line in sums:
        found[line["product_id"]] |= {
            "features": line["features"],
            "scored": line["scored"],
            "complete": line["complete"],
            # The engines give sums different numbers of zeros.
            "score": str(Decimal(line["total"] or 0).normalize()),
            "effort": str(Decimal(line["effort"] or 0).normalize()),
        }
    place = Window(RowNumber(), partition_by=F("product_id"), order_by=[F("score").desc(), F("id").asc()])
    best = rows.exclude(score=None).exclude(effort_likely=None).annotate(place=place).filter(place__lte=DRAWN)
    best = best.order_by("product_id", "place")
    for product, pk, score, effort, revenue in best.values_list("product_id", "pk", "score", "effort_likely", "demand_revenue"):
        found[product]["top"].append([pk, str(score), str(effort), str(revenue)])
    return found


def merge_value(parts: list[Figures]) -> Figures:
    """Sums over products, the mean score of what is scored, and the most valuable of all."""
    merged: Figures = {name: sum(part.get(name, 0) for part in parts) for name in ("features", "scored", "complete")}
    score, effort = (sum(float(part.get(name, 0)) for part in parts) for name in ("score", "effort"))
    top = sorted((line for part in parts for line in part.get("top", [])), key=lambda line: (-float(line[1]), line[0]))
    return merged | {"effort": effort, "mean": score / merged["scored"] if merged["scored"] else None, "top": top[:DRAWN]}


def show_value(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """The chart of value against effort; who may not see money gets bubbles of one size."""
    rows = {row.pk: row for row in in_sight(look).filter(pk__in=[line[0] for line in now["top"]])}
    sees_revenue = look.user.rights.sees("revenue")
    dots = [
        charts.Dot(pk, rows[pk].key, float(effort), float(score), float(revenue) if sees_revenue else 0.0)
        for pk, score, effort, revenue in now["top"]
        if pk in rows
    ]
    chart = charts.scatter(dots)
    bubbles = [(bubble, rows[bubble.id]) for bubble in chart.bubbles] if chart else []
    moved = now["mean"] - before["mean"] if before and now["mean"] is not None and before["mean"] is not None else None
    return now | {
        "incomplete": now["features"] - now["complete"],
        "chart": chart,
        "bubbles": bubbles,
        "sees_revenue": sees_revenue,
        "moved": moved,
    }


def rows_of_value(look: Look, part: str) -> Rows | None:
    """The features in flight by score; or those that lack a rating."""
    rows = in_sight(look).filter(status__in=IN_FLIGHT).order_by(DescNullsLast("score"), "pk")
    if part == "in_flight":
        sentence = "Open, planned or being built, the highest score first."
        return Rows("Features in flight", sentence, TEMPLATE, list(rows[:SHOWN]))
    if part == "incomplete":
        sentence = "Some input of their score is blank, so it is a range."
        return Rows("Not fully rated", sentence, TEMPLATE, list(rows.filter(score_completeness__lt=1)[:SHOWN]))
    return None


register_tile(
    Tile(
        kind="value",
        title="Value against effort, in flight",
        order=40,
        width="w5c",
        template="prioritization/tiles/value.html",
        inputs=(
            Input(
                Feature,
                ("score", "score_completeness", "effort_likely", "demand_revenue", "status", "product", "deleted_at", "merged_into"),
                "product_id",
            ),
        ),
        figures=value_figures,
        merge=merge_value,
        shown=show_value,
        rows=rows_of_value,
        after=("score",),
    )
)

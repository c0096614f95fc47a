"""What people ask for most."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from core.derivation import Input
from portfolio.dashboard import Figures, Look, Rows, Tile, register_tile
from roadmaps.models import Feature
from roadmaps.models.plan import COMMITTED, Status
from roadmaps.tiles.rows import FACTS, SHOWN, TEMPLATE, in_sight, living

ASKED = 5


def asked_for(rows: QuerySet) -> QuerySet:
    """What somebody asks for and nobody has planned."""
    return rows.filter(status=Status.OPEN, demand_people__gt=0)


def demand_figures(products: Collection[int]) -> dict[int, Figures]:
    """{product: {"open": features asked for and not planned, "planned": those planned or being built, "top": [[id, people, revenue]]}}."""
    found: dict[int, Figures] = {pk: {"open": 0, "planned": 0, "top": []} for pk in products}
    asked = living(products).filter(demand_people__gt=0)
    counts = asked.values("product_id").annotate(
        open=Count("pk", filter=Q(status=Status.OPEN)), planned=Count("pk", filter=Q(status__in=COMMITTED))
    )
    for row in counts:
        found[row["product_id"]] |= {"open": row["open"], "planned": row["planned"]}
    order = [F("demand_people").desc(), F("demand_revenue").desc(), F("id").asc()]
    most = Window(RowNumber(), partition_by=F("product_id"), order_by=order)
    top = asked_for(living(products)).annotate(place=most).filter(place__lte=ASKED).order_by("product_id", "place")
    for product, pk, people, revenue in top.values_list("product_id", "pk", "demand_people", "demand_revenue"):
        found[product]["top"].append([pk, people, str(revenue)])
    return found


def merge_demand(parts: list[Figures]) -> Figures:
    """Sums, and the first of all the firsts."""
    top = [line for part in parts for line in part.get("top", [])]
    top.sort(key=lambda line: (-line[1], -float(line[2]), line[0]))
    return {name: sum(part.get(name, 0) for part in parts) for name in ("open", "planned")} | {"top": top[:ASKED]}


def show_demand(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """The most asked for with its people and, for who may see money, the revenue behind it."""
    rows = {row.pk: row for row in in_sight(look).filter(pk__in=[pk for pk, _, _ in now["top"]])}
    lines = [{"feature": rows[pk], "people": people, "revenue": revenue} for pk, people, revenue in now["top"] if pk in rows]
    moved = now["open"] - before["open"] if before else None
    sees_revenue = look.user.rights.sees("revenue")
    return {"lines": lines, "open": now["open"], "planned": now["planned"], "moved": moved, "sees_revenue": sees_revenue}


def rows_of_demand(look: Look, part: str) -> Rows | None:
    """The features asked for: not planned, or planned."""
    if part == "open":
        rows = asked_for(in_sight(look))
        title, sentence = "Asked for, not planned", "Somebody asks for these, and nobody has planned them."
    elif part == "planned":
        rows = in_sight(look).filter(status__in=COMMITTED, demand_people__gt=0)
        title, sentence = "Asked for and planned", "Somebody asks for these, and they are planned or being built."
    else:
        return None
    return Rows(title, sentence, TEMPLATE, list(rows.order_by("-demand_people", "-demand_revenue", "pk")[:SHOWN]))


register_tile(
    Tile(
        kind="demand",
        title="Demand",
        order=50,
        width="w4",
        template="roadmaps/tiles/demand.html",
        inputs=(Input(Feature, (*FACTS, "demand_people", "demand_revenue"), "product_id"),),
        figures=demand_figures,
        merge=merge_demand,
        shown=show_demand,
        rows=rows_of_demand,
        after=("demand",),
    )
)

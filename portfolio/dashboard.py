"""The frame of the dashboard: tiles are registered by the app whose data they show, kept per product by the worker."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from core import clock, derivation
from core.derivation import Input, RollUp
from core.models import Organisation, Product, User
from portfolio.models import TileDay


@dataclass(frozen=True)
class Tile:
    """A figure of the dashboard.

    `figures(products)` answers, per product id, plain values that merge over products (sums, counts, histograms); `merge(figures)` makes
    of many products' values what the template shows. `after` names the derivation steps whose results it reads.
    """

    kind: str
    title: str
    order: int
    width: int
    template: str
    inputs: tuple[Input, ...]
    figures: Callable[[Collection[int]], dict[int, dict[str, Any]]]
    merge: Callable[[list[dict[str, Any]]], dict[str, Any]]
    after: tuple[str, ...] = ()

    @property
    def rollup_kind(self) -> str:
        return f"tile:{self.kind}"


@dataclass(frozen=True)
class TileView:
    """A tile as one person sees it: figures over the products in their sight, when they were right, whether they are being updated."""

    tile: Tile
    figures: dict[str, Any]
    as_of: datetime | None
    updating: bool

    @property
    def live(self) -> str:
        """The topics after which the page asks for this tile again: its own figures, and the changes that make them stale."""
        names = {self.tile.rollup_kind, *self.tile.after} | {source.model._meta.label_lower for source in self.tile.inputs}
        return " ".join(sorted(names))


tiles: dict[str, Tile] = {}


def register_tile(tile: Tile) -> None:
    """Put a tile on the dashboard and have the worker keep its figures."""
    tiles[tile.kind] = tile
    derivation.register_rollup(
        RollUp(
            kind=tile.rollup_kind,
            inputs=tile.inputs,
            compute=lambda refs: keep_figures(tile, refs),
            stored=lambda refs: {pk: row.figures for pk, row in latest_rows(tile, refs).items()},
            all_refs=lambda: Product._base_manager.values_list("pk", flat=True),
        )
    )


def keep_figures(tile: Tile, products: Iterable[int]) -> None:
    """Write today's row of the tile for these products; the organisation's calendar says which day it is."""
    known = set(Product._base_manager.filter(pk__in=products).values_list("pk", flat=True))
    day = clock.today(Organisation._base_manager.values_list("timezone", flat=True).get(pk=1))
    figures = tile.figures(known)
    TileDay._base_manager.bulk_create(
        [TileDay(kind=tile.kind, product_id=pk, day=day, figures=figures.get(pk, {}), as_of=clock.now()) for pk in sorted(known)],
        update_conflicts=True,
        unique_fields=["kind", "product", "day"],
        update_fields=["figures", "as_of"],
    )


def latest_rows(tile: Tile, products: Iterable[int]) -> dict[int, TileDay]:
    """The newest row of the tile for each of these products."""
    newest = TileDay._base_manager.filter(kind=tile.kind, product=OuterRef("product")).values("product").annotate(d=Max("day")).values("d")[:1]
    rows = TileDay._base_manager.filter(kind=tile.kind, product_id__in=list(products), day=Subquery(newest))
    return {row.product_id: row for row in rows}


def view_tile(tile: Tile, user: User, scope: Product | None = None) -> TileView:
    """The tile over the products this person sees, or over the one they narrowed to."""
    products = [scope.pk] if scope is not None else sorted(user.rights.visible)
    rows = latest_rows(tile, products)
    return TileView(
        tile=tile,
        figures=tile.merge([row.figures for row in rows.values()]),
        as_of=min((row.as_of for row in rows.values()), default=None),
        updating=derivation.is_due(tile.rollup_kind, products, tile.after),
    )

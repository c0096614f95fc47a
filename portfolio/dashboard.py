"""The frame of the dashboard: tiles are registered by the app whose data they show, kept per product by the worker."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from core import clock, derivation
from core.acts import write_lock
from core.daily import register_daily
from core.derivation import Input, RollUp
from core.models import Organisation, Product, Stale, User
from portfolio.models import ProductLine, TileDay
from portfolio.periods import Period, quarter_of

Figures = dict[str, Any]
ORGANISATION = 0  # the ref under which the figures of no product are due


@dataclass(frozen=True)
class Look:
    """Whose eyes the dashboard is drawn for, over which products, today, and against which earlier day."""

    user: User
    products: frozenset[int]
    today: date
    against: date | None = None
    against_name: str = ""
    scope: Product | None = None
    line: ProductLine | None = None

    @property
    def has_organisation(self) -> bool:
        """Whether what belongs to no product is looked at too: not while narrowed to one product, never by a guest."""
        return self.scope is None and self.user.rights.is_member

    @property
    def quarter(self) -> Period:
        return quarter_of(self.today)

    @property
    def query(self) -> str:
        """What an address needs to look at the same: `?line=3`, empty where everything in sight is looked at in the usual way."""
        parts = {"product": self.scope and self.scope.key, "line": self.line and self.line.pk, "against": self.against_name}
        return "?" + urlencode({name: value for name, value in parts.items() if value}) if any(parts.values()) else ""


@dataclass(frozen=True)
class Rows:
    """What stands behind one figure: a title, a sentence, the rows (a page of them) and the template that shows them."""

    title: str
    sentence: str
    template: str
    items: Collection[Any]


@dataclass(frozen=True)
class Tile:
    """A figure of the dashboard.

    `figures(products)` answers, per product id, plain values that merge over products (sums, counts, histograms, the first of a
    ranking); `organisation()` the same of what belongs to no product. `merge(parts)` makes one of many. `shown(now, before, look)`
    makes of the merged figures what the template shows; `before` is None where there is nothing to compare with. `rows(look, part)`
    answers the rows behind a figure, None where there is no such part. `after` names the derivation steps whose results it reads.
    """

    kind: str
    title: str
    order: int
    width: str
    template: str
    inputs: tuple[Input, ...]
    figures: Callable[[Collection[int]], dict[int, Figures]]
    merge: Callable[[list[Figures]], Figures]
    shown: Callable[[Figures, Figures | None, Look], dict[str, Any]] = lambda now, before, look: now
    rows: Callable[[Look, str], Rows | None] = lambda look, part: None
    organisation: Callable[[], Figures] | None = None
    organisation_inputs: tuple[Input, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def rollup_kind(self) -> str:
        return f"tile:{self.kind}"

    @property
    def organisation_kind(self) -> str:
        return f"tile:{self.kind}:all"


@dataclass(frozen=True)
class TileView:
    """A tile as one person sees it: what it shows, when that was right, whether it is being updated."""

    tile: Tile
    shown: dict[str, Any]
    as_of: datetime | None
    updating: bool

    @property
    def live(self) -> str:
        """The topics after which the page asks for this tile again: its own figures, and the changes that make them stale."""
        # A step derives what one person changed within that act, so the change itself is the news.
        fed = (source for step in derivation.steps if step.name in self.tile.after for source in step.inputs)
        inputs = (*self.tile.inputs, *self.tile.organisation_inputs, *fed)
        names = {self.tile.rollup_kind, *self.tile.after} | {source.model._meta.label_lower for source in inputs}
        if self.tile.organisation:
            names.add(self.tile.organisation_kind)
        return " ".join(sorted(names))


tiles: dict[str, Tile] = {}


def register_tile(tile: Tile) -> None:
    """Put a tile on the dashboard and have the worker keep its figures."""
    tiles[tile.kind] = tile
    derivation.register_rollup(
        RollUp(
            kind=tile.rollup_kind,
            inputs=(*tile.inputs, Input(Product, ("key", "deleted_at"), "pk")),
            compute=lambda refs: keep_figures(tile, refs),
            stored=lambda refs: {row.product_id: row.figures for row in newest_rows([tile.kind], TileDay._base_manager.all(), refs)},
            all_refs=lambda: Product._base_manager.values_list("pk", flat=True),
            also_due=lambda: of_earlier_days(tile.kind),
        )
    )
    if tile.organisation is not None:
        derivation.register_rollup(
            RollUp(
                kind=tile.organisation_kind,
                inputs=tile.organisation_inputs,
                compute=lambda refs: keep_organisation(tile),
                stored=lambda refs: {
                    row.product_id or ORGANISATION: row.figures for row in organisation_rows([tile.kind], TileDay._base_manager.all())
                },
                all_refs=lambda: [ORGANISATION],
                also_due=lambda: of_earlier_days(tile.kind),
                of_products=False,
            )
        )


def of_earlier_days(kind: str) -> set[int]:
    """The products (and ORGANISATION) whose figures were kept, but not for the present day yet."""
    rows = TileDay._base_manager.filter(kind=kind).values_list("product").annotate(last=Max("day")).filter(last__lt=Organisation.today())
    return {product or ORGANISATION for product, _ in rows}


# --- keeping: the worker's part -------------------------------------------------------------------------------------


def keep_figures(tile: Tile, products: Iterable[int]) -> None:
    """Write today's row of the tile for these products."""
    known = set(Product._base_manager.filter(pk__in=products).values_list("pk", flat=True))
    day, now, figures = Organisation.today(), clock.now(), tile.figures(known)
    TileDay._base_manager.bulk_create(
        [TileDay(kind=tile.kind, product_id=pk, day=day, figures=figures.get(pk, {}), as_of=now) for pk in sorted(known)],
        update_conflicts=True,
        unique_fields=["kind", "product", "day"],
        update_fields=["figures", "as_of"],
    )


def keep_organisation(tile: Tile) -> None:
    """Write today's row of what belongs to no product; one worker a kind at a time, so nobody inserts beside it."""
    figures = tile.organisation() if tile.organisation else {}
    values = {"figures": figures, "as_of": clock.now()}
    TileDay._base_manager.update_or_create(kind=tile.kind, product=None, day=Organisation.today(), defaults=values)


def new_day() -> int:
    """Make every tile due that has no row of the organisation's present day yet; answers how many marks were set.

    What depends on the day (dates passed, shares of a quarter) is right again after the worker's next round.
    """
    day = Organisation.today()
    products = set(Product._base_manager.filter(deleted_at=None).values_list("pk", flat=True))
    there = defaultdict(set)
    for kind, product in TileDay._base_manager.filter(day=day).values_list("kind", "product_id"):
        there[kind].add(product)
    marks = {(tile.rollup_kind, pk) for tile in tiles.values() for pk in products - there[tile.kind]}
    marks |= {(tile.organisation_kind, ORGANISATION) for tile in tiles.values() if tile.organisation and None not in there[tile.kind]}
    marks -= set(Stale.objects.of_kinds({kind for kind, _ in marks}).values_list("kind", "ref_id"))
    if marks:
        with write_lock(), transaction.atomic():
            derivation.insert_marks(marks)
    return len(marks)


register_daily("tiles", new_day)


# --- reading --------------------------------------------------------------------------------------------------------


def newest_rows(kinds: Collection[str], rows: QuerySet, products: Collection[int], until: date | None = None) -> list[TileDay]:
    """The newest row up to a day, of each kind for each product; one statement of as many index look-ups as there are answers."""
    newest = {f"pk_{kind}": Subquery(_newest(kind, until, product=OuterRef("pk"))) for kind in kinds}
    found = Product._base_manager.filter(pk__in=products).order_by().values_list(*newest.values())
    return list(rows.filter(pk__in=[pk for line in found for pk in line if pk is not None]))


def organisation_rows(kinds: Collection[str], rows: QuerySet, until: date | None = None) -> list[TileDay]:
    """The same of what belongs to no product."""
    found = [pk for kind in kinds for pk in _newest(kind, until, product=None)]
    return list(rows.filter(pk__in=found))


def stored_of_organisation(tile: Tile) -> Figures | None:
    """The newest figures of what belongs to no product; None where there are none yet."""
    rows = organisation_rows([tile.kind], TileDay._base_manager.all())
    return rows[0].figures if rows else None


def _newest(kind: str, until: date | None, **product: Any) -> QuerySet:
    rows = TileDay._base_manager.filter(kind=kind, **product)
    if until is not None:
        rows = rows.filter(day__lte=until)
    return rows.order_by("-day").values_list("pk", flat=True)[:1]


@dataclass
class Kept:
    """The stored rows of one tile that concern a look."""

    now: list[TileDay] = field(default_factory=list)
    before: list[TileDay] = field(default_factory=list)


def view_tiles(wanted: Iterable[Tile], look: Look) -> list[TileView]:
    """The tiles as this person sees them; a fixed number of statements however many products there are."""
    chosen = list(wanted)
    kept, due = _kept(chosen, look), _due(chosen, look)
    return [_view(tile, kept[tile.kind], tile.kind in due, look) for tile in chosen]


def _view(tile: Tile, kept: Kept, updating: bool, look: Look) -> TileView:
    now = tile.merge([row.figures for row in kept.now])
    before = tile.merge([row.figures for row in kept.before]) if kept.before else None
    return TileView(tile, tile.shown(now, before, look), min((row.as_of for row in kept.now), default=None), updating)


def _kept(chosen: list[Tile], look: Look) -> dict[str, Kept]:
    """Rows of the tiles by kind, through the person's rights."""
    rows = TileDay.objects.visible_to(look.user)
    kinds = [tile.kind for tile in chosen]
    whole = [tile.kind for tile in chosen if tile.organisation] if look.has_organisation else []
    kept: dict[str, Kept] = defaultdict(Kept)
    for row in [*newest_rows(kinds, rows, look.products), *(organisation_rows(whole, rows) if whole else [])]:
        kept[row.kind].now.append(row)
    if look.against is not None:
        earlier = [*newest_rows(kinds, rows, look.products, look.against)]
        for row in [*earlier, *(organisation_rows(whole, rows, look.against) if whole else [])]:
            kept[row.kind].before.append(row)
    return kept


def _due(chosen: list[Tile], look: Look) -> set[str]:
    """The kinds of the tiles that are stale for this look: marked, or reading a step that is."""
    by_rollup = {tile.rollup_kind: tile.kind for tile in chosen}
    marked = Stale.objects.of_kinds(by_rollup).filter(ref_id__in=look.products).values_list("kind", flat=True)
    found = {by_rollup[kind] for kind in marked.distinct()}
    if look.has_organisation and (whole := {tile.organisation_kind: tile.kind for tile in chosen if tile.organisation}):
        found |= {whole[kind] for kind in Stale.objects.of_kinds(whole).values_list("kind", flat=True).distinct()}
    for step in {step for tile in chosen for step in tile.after}:
        if derivation.is_due(step, look.products, (step,)):
            found |= {tile.kind for tile in chosen if step in tile.after}
    return found

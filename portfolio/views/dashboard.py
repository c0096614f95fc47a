"""The dashboard, its tiles, and the rows behind their figures."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core.context import scope_of
from core.models import Organisation, Product
from core.pages import answer
from portfolio.dashboard import Look, Tile, tiles, view_tiles
from portfolio.models import ProductLine
from portfolio.reports import products_of_line

AGAINST = {"week": ("a week ago", 7), "month": ("a month ago", 30), "quarter": ("a quarter ago", 91), "year": ("a year ago", 365)}
USUAL = "quarter"


def look_of(request: HttpRequest) -> Look:
    """What the request looks at: the product of the address or else of the top bar, the line, and the day compared with."""
    today, scope, line = Organisation.today(), scope_of(request), None
    if key := request.GET.get("product"):
        scope = get_object_or_404(Product.objects.visible_to(request.user), key=key)
    if request.GET.get("line", "").isdigit():
        line = ProductLine.objects.visible_to(request.user).filter(pk=request.GET["line"]).first()
    products = request.user.rights.visible
    if line is not None:
        products = products_of_line(request.user, line)
    if scope is not None:
        products = frozenset({scope.pk}) & products
    name = request.GET.get("against", "")
    days = AGAINST.get(name, AGAINST[USUAL])[1]
    return Look(request.user, products, today, today - timedelta(days=days), name if name in AGAINST else "", scope, line)


def tile_of(kind: str) -> Tile:
    """The tile of this kind; raises `Http404`."""
    if kind not in tiles:
        raise Http404
    return tiles[kind]


@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """The dashboard over the products in sight."""
    look = look_of(request)
    shown = view_tiles(sorted(tiles.values(), key=lambda tile: tile.order), look)
    lines = ProductLine.objects.visible_to(request.user).order_by("name", "pk")
    context = {"tiles": shown, "look": look, "lines": lines, "against": look.against_name or USUAL, "periods": AGAINST}
    return answer(request, "portfolio/portfolio.html", context)


@require_GET
def tile(request: HttpRequest, kind: str) -> HttpResponse:
    """One tile, fetched again when its figures changed."""
    look = look_of(request)
    return render(request, "portfolio/portfolio.html#tile", {"view": view_tiles([tile_of(kind)], look)[0], "look": look})


@require_GET
def rows(request: HttpRequest, kind: str, part: str) -> HttpResponse:
    """The rows behind one figure of a tile."""
    chosen = tile_of(kind)
    look = look_of(request)
    found = chosen.rows(look, part)
    if found is None:
        raise Http404
    return answer(request, "portfolio/rows.html", {"tile": chosen, "rows": found, "look": look})

"""Pages of portfolio."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.context import scope_of
from core.pages import answer
from portfolio.dashboard import tiles, view_tile


@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """The dashboard over the products in sight."""
    shown = sorted(tiles.values(), key=lambda tile: tile.order)
    scope = scope_of(request)
    return answer(request, "portfolio/portfolio.html", {"tiles": [view_tile(tile, request.user, scope) for tile in shown]})


@require_GET
def tile(request: HttpRequest, kind: str) -> HttpResponse:
    """One tile, fetched again when its figures changed."""
    if kind not in tiles:
        raise Http404
    view = view_tile(tiles[kind], request.user, scope_of(request))
    return render(request, "portfolio/portfolio.html#tile", {"view": view})

"""The plan as files: the grid as it is filtered, sorted and laid out, and a roadmap as it looks."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core.context import scope_of
from core.downloads import SHEETS, download_table
from roadmaps.columns import Columns
from roadmaps.exports import download_look
from roadmaps.filters import FeatureFilter
from roadmaps.grid import grouping_called, in_order
from roadmaps.looks import Look
from roadmaps.masks import look_at
from roadmaps.models import Feature, Roadmap
from roadmaps.sheets import table_of_grid


@require_GET
def features(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All rows of the grid that the address asks for, with its columns, in its order."""
    if kind not in SHEETS:
        raise Http404("There is no such format.")
    rows, scope = Feature.objects.visible_to(request.user).canonical(), scope_of(request)
    rows = FeatureFilter(request.GET, user=request.user).narrow(rows.filter(product=scope) if scope else rows)
    columns = Columns(request.user)
    if grouping := grouping_called(request.GET.get("group", ""), columns):
        rows = grouping.add(request.user, rows)
    rows = in_order(rows, columns.read_sort(request.GET.get("sort", "")), grouping)
    return download_table(table_of_grid(request.user, rows, columns.chosen(request.GET.getlist("columns"))), kind)


@require_GET
def timeline(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The plan as the address lays it out."""
    return download_look(Look(request.user, request.GET, scope=scope_of(request)), kind)


@require_GET
def roadmap(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    """The roadmap as it is kept, with what the address says instead, or as an audience sees it."""
    row = get_object_or_404(Roadmap.objects.visible_to(request.user).select_related("owner", "product"), pk=number)
    return download_look(look_at(request.user, request.GET, row), kind)

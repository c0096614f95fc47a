"""Metrics and their points."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import history
from core.context import scope_of
from core.models import Organisation
from core.pages import answer
from core.permissions import must
from core.registry import panels_for
from portfolio import charts, services
from portfolio.forms import MetricForm, PointForm
from portfolio.models import Metric, MetricPoint
from portfolio.permissions import can_change_of, can_shape_portfolio, must_change_of
from portfolio.tiles import metric_line, metric_lines
from portfolio.views.editing import FormPage, edit, posted, sent

SHOWN = 104  # points on a metric's page: two years of weeks


def metric_of(request: HttpRequest, pk: int) -> Metric:
    """A metric in sight; raises `Http404`."""
    return get_object_or_404(Metric.objects.visible_to(request.user).select_related("product", "owner"), pk=pk)


def can_create(request: HttpRequest) -> bool:
    """Whether this person may make a metric of anything."""
    return can_shape_portfolio(request.user) or bool(request.user.rights.editable)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Every metric in sight with its last points."""
    rows = Metric.objects.visible_to(request.user).select_related("product", "owner")
    if scope := scope_of(request):
        rows = rows.filter(product=scope)
    context = {"lines": metric_lines(rows, request.user), "can_create": can_create(request)}
    return answer(request, "portfolio/metrics.html", context, part="rows")


@require_GET
def metric(request: HttpRequest, pk: int) -> HttpResponse:
    """A metric's definition and its points, drawn and listed."""
    row = metric_of(request, pk)
    newest = list(MetricPoint.objects.visible_to(request.user).filter(metric=row).order_by("-day")[:SHOWN])
    points = [[point.day.isoformat(), point.value, point.note] for point in reversed(newest)]
    sees_notes = request.user.rights.sees("internal")
    context = {
        "metric": row,
        "line": metric_line(row, points, sees_notes, charts.LARGE) if points else None,
        "points": newest,
        "outside": {point.pk for point in newest if row.is_outside(point.value)},
        "sees_notes": sees_notes,
        "can_edit": can_change_of(request.user, row),
        "panels": panels_for(request, row),
        "history": history.of_row(row, request.user),
    }
    return answer(request, "portfolio/metric.html", context)


@require_http_methods(["GET", "POST"])
def new_metric(request: HttpRequest) -> HttpResponse:
    """A form for a metric."""
    must(can_create(request), "Only editors of a product and who shapes the portfolio may add metrics.")
    form = MetricForm(sent(request), user=request.user, initial={"product": request.user.scope_id, "owner": request.user})

    def save(**values):
        return reverse("metric", args=[services.create_metric(actor=request.user, **values).pk])

    return edit(request, form, save, FormPage("New metric", "Add metric", reverse("metrics")))


@require_http_methods(["GET", "POST"])
def metric_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """A metric's definition, to be changed."""
    row = metric_of(request, pk)
    must_change_of(request.user, row.product_id)
    form = MetricForm(posted(request, MetricForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_metric(actor=request.user, metric=row, **values)

    page = FormPage(row.name, "Save", reverse("metric", args=[pk]), reverse("removal", args=["metric", pk]))
    return edit(request, form, save, page, row)


@require_http_methods(["GET", "POST"])
def new_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a metric's value on a day."""
    row = metric_of(request, pk)
    must_change_of(request.user, row.product_id)
    form = PointForm(sent(request), user=request.user, initial={"day": Organisation.today()})

    def save(**values):
        services.record_points(actor=request.user, metric=row, points=[services.Point(**values)])

    return edit(request, form, save, FormPage(f"New point of {row.name}", "Record", reverse("metric", args=[pk])))

"""Objectives, their key results, and what is said of them."""

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
from portfolio import services
from portfolio.forms import CheckInForm, KeyResultForm, ObjectiveForm, StatusForm
from portfolio.models import KeyResult, Objective
from portfolio.periods import quarter_of
from portfolio.permissions import can_change_of, can_check_in, can_shape_portfolio, must_change_of
from portfolio.reports import check_ins_of, objective_lines
from portfolio.views.editing import FormPage, edit, posted, sent

WHEN = {"now": "Under way", "next": "To come", "past": "Over"}


def objective_of(request: HttpRequest, pk: int) -> Objective:
    """An objective in sight; raises `Http404`."""
    return get_object_or_404(Objective.objects.visible_to(request.user).select_related("product", "line", "owner", "parent"), pk=pk)


def result_of(request: HttpRequest, pk: int) -> KeyResult:
    """A key result in sight; raises `Http404`."""
    return get_object_or_404(KeyResult.objects.visible_to(request.user).select_related("objective__product", "metric"), pk=pk)


def can_create(request: HttpRequest) -> bool:
    """Whether this person may make an objective of anything."""
    return can_shape_portfolio(request.user) or bool(request.user.rights.editable)


@require_GET
def objectives(request: HttpRequest) -> HttpResponse:
    """The objectives in sight with their key results, by when they run."""
    today = Organisation.today()
    when = request.GET.get("when") if request.GET.get("when") in WHEN else "now"
    periods = {"now": {"starts_on__lte": today, "ends_on__gte": today}, "next": {"starts_on__gt": today}, "past": {"ends_on__lt": today}}
    rows = Objective.objects.visible_to(request.user).filter(**periods[when])
    if scope := scope_of(request):
        rows = rows.filter(product=scope)
    lines = objective_lines(rows.order_by("-weight", "title", "pk")[:200], request.user, today)
    return answer(
        request,
        "portfolio/objectives.html",
        {"lines": lines, "when": when, "periods": WHEN, "can_create": can_create(request)},
        part="rows",
    )


@require_GET
def objective(request: HttpRequest, pk: int) -> HttpResponse:
    """An objective with its key results, what was said of them, and its history."""
    row = objective_of(request, pk)
    today = Organisation.today()
    only = Objective.objects.visible_to(request.user).filter(pk=row.pk)
    line = objective_lines(only, request.user, today)[0]
    children = Objective.objects.visible_to(request.user).filter(parent=row)
    checkable = {result.row.pk for result in line.results if can_check_in(request.user, _with(result.row, row))}
    context = {
        "objective": row,
        "line": line,
        "children": children,
        "check_ins": check_ins_of(request.user, row),
        "sees_notes": request.user.rights.sees("internal"),
        "can_edit": can_change_of(request.user, row),
        "can_say": can_change_of(request.user, row) or row.owner_id == request.user.pk,
        "checkable": checkable,
        "panels": panels_for(request, row),
        "history": history.of_row(row, request.user),
    }
    return answer(request, "portfolio/objective.html", context)


def _with(result: KeyResult, objective: Objective) -> KeyResult:
    result.objective = objective
    return result


@require_http_methods(["GET", "POST"])
def new_objective(request: HttpRequest) -> HttpResponse:
    """A form for an objective of the present quarter."""
    must(can_create(request), "Only editors of a product and who shapes the portfolio may add objectives.")
    quarter = quarter_of(Organisation.today())
    initial = {"product": request.user.scope_id, "owner": request.user, "starts_on": quarter.starts_on, "ends_on": quarter.ends_on}
    form = ObjectiveForm(sent(request), user=request.user, initial=initial)

    def save(**values):
        return reverse("objective", args=[services.create_objective(actor=request.user, **values).pk])

    return edit(request, form, save, FormPage("New objective", "Add objective", reverse("objectives")))


@require_http_methods(["GET", "POST"])
def objective_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """An objective's facts, to be changed."""
    row = objective_of(request, pk)
    must_change_of(request.user, row.product_id)
    form = ObjectiveForm(posted(request, ObjectiveForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_objective(actor=request.user, objective=row, **values)

    page = FormPage(row.title, "Save", reverse("objective", args=[pk]), reverse("removal", args=["objective", pk]))
    return edit(request, form, save, page, row)


@require_http_methods(["GET", "POST"])
def new_result(request: HttpRequest, pk: int) -> HttpResponse:
    """A form for a key result."""
    row = objective_of(request, pk)
    must_change_of(request.user, row.product_id)

    def save(**values):
        services.create_key_result(actor=request.user, objective=row, **values)

    page = FormPage(f"New key result of “{row.title}”", "Add key result", reverse("objective", args=[pk]))
    return edit(request, KeyResultForm(sent(request), user=request.user), save, page)


@require_http_methods(["GET", "POST"])
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """A key result's facts, to be changed."""
    row = result_of(request, pk)
    must_change_of(request.user, row.objective.product_id)
    form = KeyResultForm(posted(request, KeyResultForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_key_result(actor=request.user, key_result=row, **values)

    back = reverse("objective", args=[row.objective_id])
    return edit(request, form, save, FormPage(row.title, "Save", back, reverse("removal", args=["result", pk])), row)


@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where a key result stands."""
    row = result_of(request, pk)
    must(can_check_in(request.user, row), "Only the objective's owner and who may change it may check in.")
    form = CheckInForm(sent(request), user=request.user, initial={"value": row.current})

    def save(**values):
        services.check_in(actor=request.user, key_result=row, **values)

    return edit(request, form, save, FormPage(f"Check in on “{row.title}”", "Check in", reverse("objective", args=[row.objective_id])))


@require_http_methods(["GET", "POST"])
def objective_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how an objective goes."""
    row = objective_of(request, pk)
    if row.owner_id != request.user.pk:
        must_change_of(request.user, row.product_id)

    def save(**values):
        services.post_status(actor=request.user, subject=row, **values)

    page = FormPage(f"How “{row.title}” goes", "Say so", reverse("objective", args=[pk]))
    return edit(request, StatusForm(sent(request), user=request.user), save, page)

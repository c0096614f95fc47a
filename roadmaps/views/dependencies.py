"""The register of what products agreed to give each other, and one agreement of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from core import history
from core.context import scope_of
from core.exceptions import RuleBroken
from core.forms import blame
from core.pages import answer
from core.paging import page_of
from core.registry import panels_for
from roadmaps import services
from roadmaps.agreements import LATEST_FIRST, SHOWN, Register, agreed, agreements
from roadmaps.forms import AnswerForm, NeedForm
from roadmaps.models import Dependency


@require_GET
def dependencies(request: HttpRequest) -> HttpResponse:
    """The agreements in sight, the latest first and page by page, as the URL narrows them: by state, product or owner."""
    given = request.GET
    show = given.get("show") if given.get("show") in SHOWN else "open"
    register = Register(request.user, scope_of(request), show, given.get("product", ""), given.get("owner", ""))
    page = page_of(request, register.rows, LATEST_FIRST)
    context = {
        "register": register, "page": page, "lines": [agreed(request.user, row) for row in page.rows],
        "counts": [{"name": name, "label": label, "count": register.counts[name]} for name, label in SHOWN.items()],
    }  # fmt: skip
    return answer(request, "roadmaps/dependencies.html", context, part="rows")


@require_http_methods(["GET", "POST"])
def dependency(request: HttpRequest, number: int) -> HttpResponse:
    """One dependency with its history; POST answers it, changes the day it is needed by, or with `remove` withdraws it."""
    row = get_object_or_404(agreements(request.user), pk=number)
    if "remove" in request.POST:
        services.delete_dependency(actor=request.user, dependency=row)
        return redirect("dependencies")
    needs = NeedForm(request.POST if "needed_by" in request.POST else None, user=request.user, initial={"needed_by": row.needed_by})
    answers = AnswerForm(request.POST if "agreement" in request.POST else None, user=request.user)
    for form, service in ((needs, services.change_dependency), (answers, services.answer_dependency)):
        try:
            if form.is_valid():
                service(actor=request.user, dependency=row, **form.cleaned_data)
                return _answered(request, row)
        except RuleBroken as error:
            blame(form, error)
    context = {
        "line": agreed(request.user, row), "dependency": row, "form": answers, "needs": needs,
        "sees_reasons": request.user.rights.sees("internal"), "panels": panels_for(request, row),
        "history": history.of_row(row, request.user),
    }  # fmt: skip
    return answer(request, "roadmaps/dependency.html", context, status=422 if request.method == "POST" else 200)


def _answered(request: HttpRequest, row: Dependency) -> HttpResponse:
    """The row of the register anew; its page where no part was asked for."""
    if not request.htmx:
        return redirect("dependency", row.pk)
    line = agreed(request.user, agreements(request.user).get(pk=row.pk))
    return answer(request, "roadmaps/dependencies.html", {"line": line}, part="line")

"""The register of what products agreed to give each other, and one agreement of it."""

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from core import history
from core.context import scope_of
from core.exceptions import RuleBroken
from core.forms import blame
from core.models import Organisation
from core.pages import answer
from core.registry import panels_for
from roadmaps import services
from roadmaps.forms import AnswerForm, NeedForm
from roadmaps.models import Dependency
from roadmaps.schedule import Agreed, agreed, with_features

MOST = 2_000  # rows a register shows
SHOWN: dict[str, tuple[str, Callable[[Agreed], bool]]] = {
    "open": ("Open", lambda line: line.is_open),
    "late": ("Late", lambda line: line.late > 0),
    "refused": ("Refused", lambda line: line.dependency.agreement == Dependency.Agreement.REFUSED),
    "all": ("All", lambda line: True),
}


@require_GET
def dependencies(request: HttpRequest) -> HttpResponse:
    """The agreements in sight, the latest first, as the URL narrows them: by state, product or owner."""
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "open"
    rows = Dependency.objects.visible_to(request.user).agreements()
    if scope := scope_of(request):
        rows = rows.of_product(scope)
    today = Organisation.today()
    everything = [agreed(request.user, row, today) for row in _whole(rows)[:MOST]]
    product, owner = request.GET.get("product", ""), request.GET.get("owner", "")
    lines = [line for line in everything if _is_of(line, product, owner)]
    counts = [{"name": name, "label": label, "count": sum(map(fits, lines))} for name, (label, fits) in SHOWN.items()]
    both = [end for line in everything for end in (line.dependency.predecessor, line.dependency.successor)]
    shown = sorted(filter(SHOWN[show][1], lines), key=lambda line: (-line.late, line.dependency.needed_by or date.max, line.dependency.pk))
    context = {
        "lines": shown,
        "show": show, "counts": counts, "any": bool(everything), "product": product, "owner": owner,
        "ends": sorted({end.product.key: end.product.name for end in both}.items()),
        "owners": sorted({(str(end.owner_id), end.owner.name) for end in both if end.owner}, key=lambda pair: pair[1]),
    }  # fmt: skip
    return answer(request, "roadmaps/dependencies.html", context, part="rows")


@require_http_methods(["GET", "POST"])
def dependency(request: HttpRequest, number: int) -> HttpResponse:
    """One dependency with its history; POST answers it, changes the day it is needed by, or with `remove` withdraws it."""
    row = get_object_or_404(_whole(Dependency.objects.visible_to(request.user)), pk=number)
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
        "line": agreed(request.user, row, Organisation.today()), "dependency": row, "form": answers, "needs": needs,
        "sees_reasons": request.user.rights.sees("internal"), "panels": panels_for(request, row),
        "history": history.of_row(row, request.user),
    }  # fmt: skip
    return answer(request, "roadmaps/dependency.html", context, status=422 if request.method == "POST" else 200)


def _answered(request: HttpRequest, row: Dependency) -> HttpResponse:
    """The row of the register anew; its page where no part was asked for."""
    if not request.htmx:
        return redirect("dependency", row.pk)
    return answer(request, "roadmaps/dependencies.html", {"line": agreed(request.user, row, Organisation.today())}, part="line")


def _whole(rows):
    return with_features(rows).select_related("predecessor__owner", "successor__owner")


def _is_of(line: Agreed, product: str, owner: str) -> bool:
    """Whether one end is of this product and one of this owner; blank ones fit."""
    ends = (line.dependency.predecessor, line.dependency.successor)
    return product in ("", *(end.product.key for end in ends)) and owner in ("", *(str(end.owner_id) for end in ends))

"""The decision log."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock, history
from core.context import scope_of
from core.editing import edit
from core.pages import answer, say
from core.saved_views import opens_with_view, tabs_for
from governance import services
from governance.forms import DecisionForm
from governance.models import Decision
from governance.permissions import DECIDERS, can_decide, must_decide
from governance.reports import followed, links_of
from roadmaps.models import Feature, Stage


@require_GET
@opens_with_view("decisions")
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision in sight, the newest first; `?due=on` shows those to look at again."""
    user, words = request.user, request.GET.get("q", "").strip()
    rows = Decision.objects.visible_to(user).select_related("product", "decided_by")
    if scope := scope_of(request):
        rows = rows.filter(product=scope)
    if words:
        rows = rows.filter(question__icontains=words)
    is_due = request.GET.get("due") == "on"
    if is_due:
        rows = rows.filter(look_again_on__lte=clock.today(user.timezone)).order_by("look_again_on", "id")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {"page": page, "q": words, "is_due": is_due, "today": clock.today(user.timezone), "views": tabs_for(request, "decisions")}
    context["can_decide"] = user.rights.is_any(*DECIDERS) or bool(user.rights.editable)
    return answer(request, "governance/decisions.html", context, part="rows")


@require_http_methods(["GET", "POST"])
def new_decision(request: HttpRequest) -> HttpResponse:
    """A form for a decision; logged, its page opens."""
    today = clock.today(request.user.timezone)
    known = {
        "product": request.user.scope_id,
        "decided_by": request.user.pk,
        "decided_on": today,
        "features": request.GET.get("features", ""),
    }
    form = DecisionForm(request.POST or None, user=request.user, initial=known)

    def save(**values) -> HttpResponse:
        return redirect("decision", services.log_decision(actor=request.user, **values).pk)

    return edit(request, "governance/decision_change.html", form, save)


@require_GET
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision: why, what it is about, and what followed."""
    row = _get(request, pk)
    links = links_of(row, request.user)
    context = {
        "decision": row, "links": links, "followed": followed(row, links, request.user),
        "can_change": can_decide(request.user, row.product_id),
        "stages": Stage.objects.visible_to(request.user), "editable": request.user.rights.editable,
        "sees_reasons": request.user.rights.sees("internal"), "history": history.of_row(row, request.user),
        "is_due": row.look_again_on is not None and row.look_again_on <= clock.today(request.user.timezone),
    }  # fmt: skip
    return answer(request, "governance/decision.html", context)


@require_http_methods(["GET", "POST"])
def change_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a decision; POST saves it."""
    row = _get(request, pk)
    must_decide(request.user, row.product_id)
    links = links_of(row, request.user)
    known = {"features": [link.feature for link in links if link.feature], "initiatives": [link.initiative_id for link in links]}
    form = DecisionForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version, **known})

    def save(**values) -> HttpResponse:
        services.change_decision(actor=request.user, decision=row, **values)
        return say(request, redirect("decision", row.pk), "The decision is saved.")

    return edit(request, "governance/decision_change.html", form, save, lambda: {"decision": row}, row)


@require_POST
def delete_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision leaves the log."""
    row = _get(request, pk)
    services.delete_decision(actor=request.user, decision=row)
    return say(request, redirect("decisions"), "The decision left the log. The history keeps it.")


@require_POST
def carry_out(request: HttpRequest, pk: int) -> HttpResponse:
    """A feature of the decision enters a stage, with the decision as the reason."""
    row = _get(request, pk)
    feature = get_object_or_404(
        Feature.objects.visible_to(request.user).select_related("stage", "product"), key=request.POST.get("feature", "")
    )
    stage = get_object_or_404(Stage.objects.visible_to(request.user), slug=request.POST.get("stage", ""))
    services.carry_out(actor=request.user, decision=row, feature=feature, stage=stage, reason=request.POST.get("reason", "")[:500])
    return say(request, redirect("decision", row.pk), f"{feature.key} is in {stage} now, because of this decision.")


def _get(request: HttpRequest, pk: int) -> Decision:
    return get_object_or_404(Decision.objects.visible_to(request.user).select_related("product", "decided_by"), pk=pk)

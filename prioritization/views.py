"""Pages of prioritization."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from core.context import scope_of
from core.derivation import is_stale
from core.exceptions import RuleBroken
from core.pages import answer
from prioritization import services
from prioritization.forms import RatingForm
from prioritization.reports import explain_score
from roadmaps.models import Feature


@require_GET
def priorities(request: HttpRequest) -> HttpResponse:
    """What matters most: the features in flight by score."""
    rows = Feature.objects.visible_to(request.user).canonical().in_flight().for_list().annotate(is_score_stale=is_stale("score"))
    if scope := scope_of(request):
        rows = rows.filter(product=scope)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return answer(request, "prioritization/priorities.html", {"page": page}, part="ranking")


@require_GET
def score(request: HttpRequest, key: str) -> HttpResponse:
    """The explanation of one score."""
    feature = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    return answer(request, "prioritization/score.html", {"feature": feature, "report": explain_score(feature, request.user)}, part="score")


@require_POST
def ratings(request: HttpRequest, key: str) -> HttpResponse:
    """Rate the feature by one criterion; the answer is the fresh explanation."""
    feature = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    form = RatingForm(request.POST, user=request.user)
    refusal = "" if form.is_valid() else "Enter a number on the criterion's scale."
    if not refusal:
        try:
            services.rate(actor=request.user, feature=feature, **form.cleaned_data)
        except RuleBroken as error:
            refusal = str(error)
    if not request.htmx and not refusal:
        return redirect("feature", key)
    feature.refresh_from_db()
    context = {"feature": feature, "report": explain_score(feature, request.user), "refusal": refusal}
    return answer(request, "prioritization/score.html", context, part="score", status=422 if refusal else 200)

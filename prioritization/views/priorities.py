"""The ranked list, its preview, and scores with their ratings."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from core.context import scope_of
from core.derivation import is_stale
from core.exceptions import RuleBroken
from core.pages import answer, say
from core.saved_views import opens_with_view, tabs_for
from prioritization import ranking, services
from prioritization.forms import RatingForm, WeightsForm
from prioritization.models import ScoringModel
from prioritization.permissions import can_change_model
from prioritization.reports import explain_score
from roadmaps.models import Feature


@require_GET
@opens_with_view("priorities")
def priorities(request: HttpRequest) -> HttpResponse:
    """What matters most: the features in flight by score; with weights in the query, how these would order them."""
    user, scope, models = request.user, scope_of(request), ranking.models_for(request.user)
    model = models.get(scope.pk if scope else None) or models.get(None)
    context = {"model": model, "disagreements": ranking.disagreements(user, scope), "may_change": model and can_change_model(user, model)}
    context["views"] = tabs_for(request, "priorities")
    if model is not None:
        form = WeightsForm(request.GET if any(key.startswith("w_") for key in request.GET) else None, model=model, user=user)
        context |= {"form": form, "weights": form.lines()}
        if form.is_bound and form.is_valid() and form.is_changed():
            context["preview"] = ranking.preview(model, form.cleaned_data["method"], form.weights(), user, scope)
            return answer(request, "prioritization/priorities.html", context | {"rows": context["preview"].rows}, part="ranking")
    waiting = request.GET.get("waiting") == "on"
    rows = ranking.waiting_for(user, scope) if waiting else ranking.in_flight(user, scope)
    rows = rows.annotate(is_score_stale=is_stale("score")).with_position(ranking.in_flight(user, scope))
    page = Paginator(rows, ranking.SHOWN).get_page(request.GET.get("page"))
    context |= {"page": page, "waiting": waiting, "rows": ranking.rank(list(page), models, user, page.start_index() or 1)}
    context["updating"] = any(feature.is_score_stale for feature in page)
    context["as_of"] = ranking.last_brought_up_to_date(user) if context["updating"] else None
    return answer(request, "prioritization/priorities.html", context, part="ranking")


@require_POST
def weights(request: HttpRequest) -> HttpResponse:
    """The previewed weights are the model's from now on, as its next edition."""
    model = get_object_or_404(ScoringModel.objects.visible_to(request.user), pk=request.POST.get("model") or 0)
    form = WeightsForm(request.POST, model=model, user=request.user)
    if not form.is_valid():
        return say(request, redirect("priorities"), "Nothing was saved: weights are numbers from 0 to 100, and one of them is above zero.")
    given = form.cleaned_data
    changed = services.change_model(actor=request.user, model=model, method=given["method"], weights=form.weights(), seen=given["version"])
    return say(request, redirect("priorities"), f"{changed.name} is saved as edition {changed.edition}. Scores follow in a moment.")


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

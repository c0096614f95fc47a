"""Linking passages to features, and the quotes behind a feature."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.acts import act
from core.context import scope_of
from core.exceptions import RuleBroken
from core.models import Product
from core.pages import answer, offer_undo
from core.permissions import must_see
from feedback import services
from feedback.forms import LinkForm, products
from feedback.models import Evidence, Feedback, Importance
from feedback.passages import sentences
from feedback.permissions import must_triage
from feedback.reports import asked_before, find_features, importance_counts, quotes_of
from feedback.views.inbox import list_query, row_of, show
from feedback.views.sorting import stayed
from roadmaps.models import Feature
from roadmaps.services import create_feature

NEW = "new"


@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """A page to link by sentences without a script; POST links the passage to the feature, or to a new one."""
    row = row_of(request, pk)
    must_triage(request.user, row)
    said = sentences(row.text)
    if request.method == "GET":
        passages = [(number, row.text[span.start : span.end]) for number, span in enumerate(said)]
        context = option_context(request, row) | {"message": row, "passages": passages, "importances": Importance.choices}
        return answer(request, "feedback/link.html", context | {"query": list_query(request)})
    form = LinkForm(request.POST, user=request.user, sentences=len(said))
    if not form.is_valid():
        raise RuleBroken("Choose a feature, and how important it is to them.")
    values = form.cleaned_data
    start, end = values["start"], values["end"]
    if values["sentence"]:
        start, end = said[min(values["sentence"])].start, said[max(values["sentence"])].end
    return stayed(request, pk, "Linked", lambda row: _link(request, row, values, start, end))


@require_GET
def candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """Features to link to, as one types; before that, those the passage seems to ask for."""
    row = row_of(request, pk)
    must_triage(request.user, row)
    return answer(request, "feedback/link_options.html", option_context(request, row))


@require_POST
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how important a link is, or with `remove` end it."""
    link = get_object_or_404(Evidence.objects.visible_to(request.user).select_related("feedback__product", "feature"), pk=pk)
    with act(request.user) as done:
        if "remove" in request.POST:
            services.unlink_evidence(actor=request.user, evidence=link)
        else:
            services.change_importance(actor=request.user, evidence=link, importance=request.POST.get("importance", ""))
    if not request.htmx:
        return redirect(reverse("message", args=[link.feedback_id]) + list_query(request))
    said = "Unlinked from" if "remove" in request.POST else "Importance changed for"
    response = show(request, row_of(request, link.feedback_id))
    return offer_undo(response, f"{said} {link.feature.key}", done.event and done.event.number)


@require_GET
def feature_evidence(request: HttpRequest, key: str) -> HttpResponse:
    """Everyone who asked for a feature, in their words."""
    feature = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    importance = request.GET.get("importance", "")
    quotes = [one for one in quotes_of(request.user, feature) if importance in ("", one.evidence.importance)]
    counts = importance_counts(request.user, feature)
    context = {"feature": feature, "quotes": quotes, "importance": importance, "sees_revenue": request.user.rights.sees("revenue")}
    tabs = [(value, label, counts.get(value, 0)) for value, label in Importance.choices]
    return answer(request, "feedback/feature_evidence.html", context | {"tabs": tabs}, part="quotes")


def option_context(request: HttpRequest, row: Feedback) -> dict:
    """The features offered, and the products in which a new one may be made."""
    words = request.GET.get("q", "").replace("\x00", "")[:200]
    start, end = (int(v) if v.isdecimal() and len(v) < 9 else None for v in (request.GET.get("start", ""), request.GET.get("end", "")))
    wanted = row.product or scope_of(request)
    found = find_features(request.user, words, product=wanted) if words.strip() else _suggested(request, row, start, end, wanted)
    homes = list(products(request.user).filter(pk__in=request.user.rights.editable))
    return {"features": found, "words": words.strip(), "homes": homes, "home": wanted, "sees_revenue": request.user.rights.sees("revenue")}


def _suggested(request: HttpRequest, row: Feedback, start: int | None, end: int | None, product: Product | None) -> list[Feature]:
    """What a visitor said it to, before what the passage, or the whole message, seems to ask for; else what most ask for."""
    passage = row.text[start:end] if start is not None and end is not None else f"{row.title}\n{row.text}"
    alike = [asked.feature for asked in asked_before(request.user, passage, limit=4, product=product)]
    said_to = list(Feature.objects.visible_to(request.user).for_list().filter(pk=row.about_id)) if row.about_id else []
    alike = [*said_to, *(feature for feature in alike if feature not in said_to)]
    return alike or find_features(request.user, "", limit=4, product=product)


def _link(request: HttpRequest, row: Feedback, values: dict, start: int | None, end: int | None) -> None:
    """Link to the feature named, or to one made now of what was typed."""
    user, key = request.user, values["feature"]
    if key == NEW:
        if values["product"] is None or not values["q"].strip():
            raise RuleBroken("A new feature needs a title and a product. Type the title, and choose the product.", "q")
        feature = create_feature(actor=user, product=values["product"], title=values["q"])
    else:
        feature = Feature.objects.visible_to(user).select_related("product", "merged_into__product").filter(key=key).first()
        if feature is None:
            raise RuleBroken("Choose a feature from the list, or make a new one.", "feature")
        must_see(user, feature.product)
    services.link_evidence(actor=user, feedback=row, feature=feature, importance=values["importance"], start=start, end=end)

"""Pages of roadmaps."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from core import history
from core.context import scope_of
from core.exceptions import Conflict, Refused
from core.forms import blame
from core.pages import answer
from core.permissions import can_edit_product
from core.registry import panels_for
from roadmaps import services
from roadmaps.forms import FeatureForm, NewFeatureForm
from roadmaps.models import Feature


@require_GET
def features(request: HttpRequest) -> HttpResponse:
    """All features in sight, by score."""
    rows = Feature.objects.visible_to(request.user).canonical().for_list()
    if scope := scope_of(request):
        rows = rows.filter(product=scope)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return answer(request, "roadmaps/features.html", {"page": page}, part="rows")


@require_http_methods(["GET", "POST"])
def new_feature(request: HttpRequest) -> HttpResponse:
    """A form for a feature; saved, its page opens."""
    form = NewFeatureForm(request.POST or None, user=request.user, initial={"product": request.user.scope_id})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("feature", services.create_feature(actor=request.user, **form.values()).key)
        except Refused as error:
            blame(form, error)
    return answer(request, "roadmaps/feature_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def feature(request: HttpRequest, key: str) -> HttpResponse:
    """A feature with all that is known of it; POST saves its facts."""
    row = get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)
    form = FeatureForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})
    context = {"feature": row, "form": form, "can_edit": can_edit_product(request.user, row.product_id)}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_feature(actor=request.user, feature=row, seen=form.cleaned_data["version"], **form.values())
            return redirect("feature", row.key)
        except Conflict as conflict:
            context["conflict"], status = history.explain_conflict(row, conflict), conflict.status
        except Refused as error:
            blame(form, error)
    context |= {"panels": panels_for(request, row), "history": history.of_row(row, request.user)}
    return answer(request, "roadmaps/feature.html", context, status=422 if form.errors else status)

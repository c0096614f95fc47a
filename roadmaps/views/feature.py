"""A feature: its page and side panel, its facts edited in place, what becomes of it, what it waits for and serves."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import history
from core.acts import act
from core.custom_fields import cells_of, fields_of
from core.editing import edit
from core.exceptions import Conflict, OutOfSight, Refused, RuleBroken
from core.forms import blame
from core.pages import answer, offer_undo
from core.permissions import can_edit_product, must_edit
from core.registry import panels_for
from roadmaps import services
from roadmaps.cells import Draw
from roadmaps.columns import Columns
from roadmaps.forms import DependencyForm, FeatureForm, ServesForm, WhyForm
from roadmaps.grid import rows_in_order
from roadmaps.models import Dependency, Feature, FeatureObjective, FeatureSegment
from roadmaps.reports import outlook_of
from roadmaps.schedule import around, with_features

WHERE = {"row": "#feature-{pk}", "facts": "#facts-{pk}"}  # what a saved cell is drawn again in
EFFORT = ("effort_low", "effort_likely", "effort_high")  # as what was chosen of two efforts comes
TEXTS = ("title", "description", "summary")  # parts of how a feature is called and described
AFTER = 50  # sections of other apps from this order on stand behind the schedule


@require_GET
def feature(request: HttpRequest, key: str) -> HttpResponse:
    """A feature with all that is known of it; for a list beside it, the same as a panel."""
    row = _row(request, key)
    panels = panels_for(request, row)
    context = _timing(request, row) | {
        "objectives": FeatureObjective.objects.visible_to(request.user).filter(feature=row).select_related("objective"),
        "segments": FeatureSegment.objects.visible_to(request.user).filter(feature=row).select_related("segment"),
        "panels": [one for one in panels if one[0].order < AFTER], "more_panels": [one for one in panels if one[0].order >= AFTER],
        "sees_revenue": request.user.rights.sees("revenue"),
        "serves_form": ServesForm(user=request.user), "why_form": WhyForm(),
    }  # fmt: skip
    if "X-Panel" in request.headers:
        return answer(request, "roadmaps/feature_panel.html", context)
    context["history"] = history.of_row(row, request.user)
    return answer(request, "roadmaps/feature.html", context)


@require_GET
def facts(request: HttpRequest, key: str) -> HttpResponse:
    """The facts of a feature alone, or of its text one `part`, for parts of pages that stay fresh."""
    row, part = _row(request, key), request.GET.get("part")
    template = f"roadmaps/feature_text.html#{part}" if part in TEXTS else "roadmaps/feature_facts.html"
    return answer(request, template, _facts_of(request, row))


@require_http_methods(["GET", "POST"])
def change_feature(request: HttpRequest, key: str) -> HttpResponse:
    """All facts of a feature in one form."""
    row = _row(request, key)
    must_edit(request.user, row.product_id)
    form = FeatureForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(seen: int | None, **values) -> HttpResponse:
        services.change_feature(actor=request.user, feature=row, seen=seen, **_facts(form))
        return redirect("feature", row.key)

    return edit(request, "roadmaps/feature_change.html", form, save, lambda: {"feature": row}, row)


@require_http_methods(["GET", "POST"])
def cell(request: HttpRequest, key: str) -> HttpResponse:
    """One fact of a feature: GET answers its editor, POST saves what was typed and draws anew what showed it (`in`: row, facts)."""
    row = _row(request, key)
    must_edit(request.user, row.product_id)
    given = request.POST if request.method == "POST" else request.GET
    field = given.get("field", "")
    names = _named(request, row, field)
    if not names:
        raise OutOfSight("There is no such fact of a feature.")
    field = field or names[0]  # what was chosen of mine and theirs comes by its name alone
    form = FeatureForm(request.POST or None, instance=row, user=request.user, only=names, initial={"version": row.version})
    if request.method == "GET":
        return _editor(request, row, form, field)
    if form.is_valid():
        try:
            with act(request.user) as done:
                services.change_feature(actor=request.user, feature=row, seen=form.cleaned_data["version"], **_facts(form))
            return _saved(request, row, field, done.event)
        except Refused as error:
            if isinstance(error, Conflict):
                return _settle(request, row, error)
            _ask_reason(form, error, request.user)
    return _editor(request, row, form, field, 422)


@require_POST
def refusal(request: HttpRequest, key: str) -> HttpResponse:
    """Decline the feature, or with `undo` take it up again."""
    row = _row(request, key)
    if "undo" in request.POST:
        services.take_up_feature(actor=request.user, feature=row)
    else:
        services.decline_feature(actor=request.user, feature=row, why=request.POST.get("why", "")[:500])
    return redirect("feature", row.key)


@require_POST
def deletion(request: HttpRequest, key: str) -> HttpResponse:
    """Delete the feature; the list opens and offers to undo."""
    row = _row(request, key)
    with act(request.user) as done:
        services.delete_feature(actor=request.user, feature=row)
    if not request.htmx:
        return redirect("features")
    return offer_undo(HttpResponse(headers={"HX-Location": reverse("features")}), f"{row.key} deleted", done.event and done.event.number)


@require_POST
def dependencies(request: HttpRequest, key: str) -> HttpResponse:
    """Make a dependency of the feature and another one."""
    row = _row(request, key)
    form = DependencyForm(request.POST, user=request.user)
    if form.is_valid():
        values = form.cleaned_data
        ends = (values["key"], row) if values["way"] == "needs" else (row, values["key"])
        try:
            services.create_dependency(
                actor=request.user, predecessor=ends[0], successor=ends[1], kind=values["kind"], needed_by=values["needed_by"]
            )
        except RuleBroken as error:
            blame(form, error)
    return _schedule(request, row, form)


@require_POST
def dependency(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Answer an agreement, or with `remove` end the dependency."""
    row = _row(request, key)
    own = Dependency.objects.visible_to(request.user).filter(Q(predecessor=row) | Q(successor=row))
    found = get_object_or_404(with_features(own), pk=number)
    form = DependencyForm(user=request.user)
    if "remove" in request.POST:
        services.delete_dependency(actor=request.user, dependency=found)
    else:
        services.answer_dependency(actor=request.user, dependency=found, agreement=request.POST.get("agreement", ""))
    return _schedule(request, row, form)


@require_POST
def objectives(request: HttpRequest, key: str) -> HttpResponse:
    """The feature serves an objective from now on, or with `remove` no longer."""
    row = _row(request, key)
    links = FeatureObjective.objects.visible_to(request.user).filter(feature=row).select_related("objective__product")
    wanted = {link.objective_id: (link.objective, link.strength) for link in links}
    form = ServesForm(request.POST if "remove" not in request.POST else None, user=request.user)
    if "remove" in request.POST:
        wanted = {pk: pair for pk, pair in wanted.items() if str(pk) != request.POST["remove"]}
    elif form.is_valid():
        wanted[form.cleaned_data["objective"].pk] = (form.cleaned_data["objective"], form.cleaned_data["strength"])
    if not form.errors:
        services.change_feature(actor=request.user, feature=row, objectives=list(wanted.values()))
    return redirect("feature", row.key)


def _row(request: HttpRequest, key: str) -> Feature:
    return get_object_or_404(Feature.objects.visible_to(request.user).for_list(), key=key)


def _facts(form: FeatureForm) -> dict:
    return form.values() | {"reason": form.cleaned_data.get("reason", "")}


def _action(request: HttpRequest, row: Feature) -> str:
    query = {name: request.GET[name] for name in ("in", "columns") if name in request.GET}
    return f"{reverse('feature-cell', args=[row.key])}?{urlencode(query)}"


def _editor(request: HttpRequest, row: Feature, form: FeatureForm, field: str, status: int = 200) -> HttpResponse:
    """The editor of one fact, put into the cell it was opened from."""
    context = {"form": form, "field": field, "bound": form[field], "feature": row, "action": _action(request, row)}
    response = answer(request, "roadmaps/cell.html", context, part="editor", status=status)
    if request.method == "POST":
        where = WHERE.get(request.GET.get("in", ""), WHERE["row"]).format(pk=row.pk)
        return _aimed(response, f'{where} [data-field="{field}"]', "innerHTML")
    return response


def _ask_reason(form: FeatureForm, error: Refused, user) -> None:
    """Put the refusal where the person looks; one that asks for a reason brings the input for it."""
    if getattr(error, "field", None) == "reason" and "reason" not in form.fields:
        form.fields["reason"] = FeatureForm(user=user, only=("reason",)).fields["reason"]
    blame(form, error)


def _saved(request: HttpRequest, row: Feature, field: str, event) -> HttpResponse:
    """What showed the fact, drawn anew, with an offer to undo."""
    if not request.htmx:
        return redirect("feature", row.key)
    where = request.GET.get("in", "row")
    if where == "row":
        columns = Columns(request.user).chosen(request.GET.getlist("columns"))
        rows = rows_in_order(Feature.objects.visible_to(request.user), [row.pk], columns)
        response = answer(request, "roadmaps/feature_rows.html", {"rows": Draw(request.user).rows(rows, columns)})
    else:
        response = answer(request, "roadmaps/feature_facts.html", _facts_of(request, _row(request, row.key)))
    _aimed(response, WHERE.get(where, WHERE["row"]).format(pk=row.pk), "outerHTML")
    return offer_undo(response, f"{row.key}: {field.replace('_', ' ')} saved", event and event.number, "waymark:close")


def _settle(request: HttpRequest, row: Feature, conflict: Conflict) -> HttpResponse:
    """Mine and theirs side by side in the dialog."""
    context = history.explain_conflict(row, conflict) | {"action": _action(request, row), "target": "#dialog-body"}
    response = answer(request, "components/conflict.html", context, status=conflict.status)
    return _aimed(response, "#dialog-body", "innerHTML")


def _aimed(response: HttpResponse, target: str, swap: str) -> HttpResponse:
    """Put the answer there instead of where the request came from."""
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = target, swap
    return response


def _schedule(request: HttpRequest, row: Feature, form: DependencyForm) -> HttpResponse:
    """The feature's dependencies; a whole page where no part was asked for."""
    if not request.htmx and not form.errors:
        return redirect("feature", row.key)
    context = _timing(request, row) | ({"dependency_form": form} if form.errors else {})
    return answer(request, "roadmaps/feature_schedule.html", context, part="schedule", status=422 if form.errors else 200)


def _timing(request: HttpRequest, row: Feature) -> dict:
    """The feature with its forecast and what it waits for."""
    needs, blocks = around(request.user, row)
    return _facts_of(request, row) | {
        "outlook": outlook_of(request.user, row), "needs": needs, "blocks": blocks,
        "dependency_form": DependencyForm(user=request.user),
    }  # fmt: skip


def _facts_of(request: HttpRequest, row: Feature) -> dict:
    """The feature with its custom fields."""
    custom = cells_of(request.user, Feature._meta.label_lower, row.pk, row.product_id)
    return {"feature": row, "custom": custom, "can_edit": can_edit_product(request.user, row.product_id)}


def _named(request: HttpRequest, row: Feature, field: str) -> list[str]:
    """The facts of a feature that a form names, `field` among them; custom fields are read where it names what is none of ours."""
    own = [name for name in (*FeatureForm.PAGE, *EFFORT) if name == field or name in request.POST]
    if not {field, *request.POST} - {*own, "", "csrfmiddlewaretoken", "field", "only", "version"}:
        return own
    custom = fields_of(request.user, Feature._meta.label_lower, row.product_id)
    return [*own, *(key for key in custom if key == field or key in request.POST)]

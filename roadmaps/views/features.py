"""The features grid: the page, its windows of rows, its filter, new features, and changes of many."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from core.context import scope_of
from core.downloads import SHEETS
from core.exceptions import Refused, RuleBroken
from core.filtering.building import Builder
from core.forms import blame
from core.pages import answer, offer_undo
from core.saved_views import opens_with_view, tabs_for
from roadmaps import services
from roadmaps.cells import Draw
from roadmaps.columns import ALWAYS, MOST_TERMS, Column, Columns, Term
from roadmaps.filters import FeatureFilter
from roadmaps.forms import BulkForm, CellsForm, NewFeatureForm, Unread
from roadmaps.grid import WINDOW, Grouping, build_grid, grouping_called, groupings_of, rows_in_order
from roadmaps.models import Feature


@require_GET
@opens_with_view("features")
def features(request: HttpRequest) -> HttpResponse:
    """The maker's workbench: features in sight, filtered, sorted and grouped as the URL says."""
    filters = FeatureFilter(request.GET, user=request.user)
    known = Columns(request.user)
    sort, columns = known.read_sort(request.GET.get("sort", "")), known.chosen(request.GET.getlist("columns"))
    grouping = grouping_called(request.GET.get("group", ""), known)
    at = request.GET.get("at", "")
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else 0
    grid = build_grid(request.user, filters.narrow(_rows(request)), columns, sort, grouping, place)
    product = _ordered(filters.narrow(_rows(request)), sort, grouping)
    draw = Draw(request.user)
    for window in (window for group in grid.groups for window in group.windows if window.rows is not None):
        window.rows = draw.rows(window.rows, columns)
    context = {
        "grid": grid, "columns": columns, "grouping": grouping, "groupings": groupings_of(known).values(), "filters": filters,
        "head": _head(columns, sort), "sort": sort, "all_columns": _columns(columns, known),
        "query": urlencode({"columns": ",".join(column.name for column in columns)}), "sees_revenue": draw.sees_revenue,
        "can_edit": bool(request.user.rights.editable), "kept": _kept(request, "columns"),
        "views": tabs_for(request, "features", filter=filters.lasting),
        "formats": SHEETS, "is_by_hand": sort[0].column.name == "order", "is_movable": product in request.user.rights.editable,
    }  # fmt: skip
    return answer(request, "roadmaps/features.html", context)


@require_GET
def feature_rows(request: HttpRequest) -> HttpResponse:
    """A window of rows by id, in the order of the ids; what is out of sight is left out."""
    ids = [int(part) for part in request.GET.get("ids", "").split(",")[:WINDOW] if part.isascii() and part.isdigit() and len(part) < 19]
    columns = Columns(request.user).chosen(request.GET.getlist("columns"))
    rows = Draw(request.user).rows(rows_in_order(_rows(request), ids, columns), columns)
    return answer(request, "roadmaps/feature_rows.html", {"rows": rows})


@require_GET
def feature_filter(request: HttpRequest) -> HttpResponse:
    """The filter as text and as conditions, changed step by step; finished, it leads back to the list it was opened from."""
    back = request.GET.get("back", "")
    page = _page_of(back)
    builder = Builder(request.GET, FeatureFilter(request.GET, user=request.user))
    kept = [(name, value) for name, value in _kept(request, "filter", "was", "do", "back") if "." not in name]
    is_finished = request.GET.get("do") == "show"
    text = builder.finished() if is_finished else None
    if text is not None:
        address = f"{page}?{urlencode([*kept, *([('filter', text)] if text else [])])}"
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    context = {"builder": builder, "kept": kept, "back": back, "all": f"{page}?{urlencode(kept)}"}
    return answer(request, "roadmaps/feature_filter.html", context, part="form", status=422 if is_finished else 200)


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
def change_features(request: HttpRequest) -> HttpResponse:
    """Several features edited together: rows come as `row=<id>:<version>`; those that somebody changed meanwhile are listed."""
    form = BulkForm(request.POST if request.method == "POST" else None, user=request.user)
    seen = form.read_rows(request.POST.getlist("row") or request.GET.getlist("row"))
    context = {"form": form, "seen": seen.items()}
    if request.method == "POST" and form.is_valid():
        try:
            result = services.change_features(actor=request.user, seen=seen, **form.chosen_values())
        except Refused as error:
            blame(form, error)
        else:
            if not request.htmx:
                messages.success(request, f"{len(result.done)} features changed, {len(result.left)} left as they were.")
                return redirect("features")
            response = answer(request, "roadmaps/features_changed.html", {"result": result})
            return offer_undo(response, f"{len(result.done)} features changed", result.event and result.event.number)
    return answer(request, "roadmaps/features_change.html", context, part="form", status=422 if form.errors else 200)


@require_POST
def change_cells(request: HttpRequest) -> HttpResponse:
    """Cells changed together, as pasted or filled: their rows drawn anew, and those left with what was meant for them and why."""
    form = CellsForm(request.POST, user=request.user)
    if not form.is_valid():
        raise RuleBroken(" ".join(form.errors["cells"]))
    given = form.cleaned_data["cells"]
    products = dict(_rows(request).filter(pk__in={pk for pk, *_ in given}).values_list("pk", "product_id"))
    wanted, left = form.read(products)
    result = services.change_cells(actor=request.user, seen={pk: version for pk, version, *_ in given}, cells=wanted)
    texts = {(pk, column): text for pk, _, column, text in given}
    left += [Unread(one.feature.pk, one.cell, texts[one.feature.pk, one.cell], one.why) for one in result.left]
    columns = Columns(request.user).chosen(request.GET.getlist("columns"))
    rows = Draw(request.user).rows(rows_in_order(_rows(request), sorted(products), columns), columns)
    done = len(given) - len(left)
    response = answer(request, "roadmaps/feature_cells.html", {"rows": rows, "left": left, "done": done})
    return offer_undo(response, f"{done} cell{'' if done == 1 else 's'} changed", result.event and result.event.number)


def _rows(request: HttpRequest):
    rows = Feature.objects.visible_to(request.user).canonical()
    scope = scope_of(request)
    return rows.filter(product=scope) if scope else rows


def _page_of(back: str) -> str:
    """The page a filter was opened from: a kept roadmap by its number, the plan, or the grid."""
    if back.isascii() and back.isdigit() and len(back) < 19:
        return reverse("roadmap", args=[int(back)])
    return reverse("timeline" if back == "timeline" else "features")


def _ordered(rows, sort: list[Term], grouping: Grouping | None) -> int | None:
    """The one product whose features are listed by hand, so that they can be moved there; None for any other list."""
    if grouping or [str(term) for term in sort] != ["order"]:
        return None
    products = list(rows.order_by().values_list("product_id", flat=True).distinct()[:2])
    return products[0] if len(products) == 1 else None


def _kept(request: HttpRequest, *but: str) -> list[tuple[str, str]]:
    """The URL's parameters that a form must carry along: all but those it sets itself, and the place in the list."""
    return [(name, value) for name, values in request.GET.lists() if name not in (*but, "at") for value in values]


def _columns(columns: list[Column], known: Columns) -> list[tuple[Column, bool]]:
    """All columns to choose from, and whether each is shown: those shown first, in their order."""
    shown = [column for column in columns if column.name not in ALWAYS]
    names = {column.name for column in shown}
    return [(column, True) for column in shown] + [(column, False) for column in known.shown() if column.name not in names]


def _head(columns, sort) -> list[dict]:
    """For each column its way to sort: what the head shows, and the `sort` a click leads to, alone or besides what sorts already."""
    terms = {term.column.name: term.is_descending for term in sort}
    main = sort[0]
    head = []
    for column in columns:
        is_main = column.name == main.column.name
        descends = not main.is_descending if is_main else column.is_number
        way = ("descending" if main.is_descending else "ascending") if is_main else ""
        alone = f"{'-' if descends else ''}{column.name}" if column.sort else ""
        also = terms | {column.name: not terms[column.name] if column.name in terms else column.is_number}
        besides = ",".join(f"{'-' if falls else ''}{name}" for name, falls in also.items()) if alone and len(also) <= MOST_TERMS else alone
        rank = [*terms].index(column.name) + 1 if column.name in terms and len(terms) > 1 else 0
        head.append({"column": column, "aria": way, "sort": alone, "also": besides, "rank": rank, "falls": terms.get(column.name)})
    return head

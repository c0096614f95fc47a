"""Accounts and the markets they belong to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import history
from core.api.pagination import Order
from core.masking import masked_revenue, sees_revenue_of
from core.pages import answer
from core.paging import page_of
from core.permissions import must
from core.registry import panels_for
from core.saved_views import tabs_for
from portfolio import services
from portfolio.forms import AccountForm, SegmentForm
from portfolio.models import Account, Segment
from portfolio.permissions import can_change_account, can_create_account, can_shape_portfolio, must_shape_portfolio
from portfolio.reports import segment_lines
from portfolio.views.editing import FormPage, edit, posted, sent

ORDERS = {"name": ("name", False), "revenue": ("annual_revenue", True), "renewal": ("renewal_date", False)}


def account_of(request: HttpRequest, pk: int) -> Account:
    """An account in sight; raises `Http404`."""
    return get_object_or_404(Account.objects.visible_to(request.user).select_related("segment", "owner"), pk=pk)


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts, found by name, state and segment, page by page."""
    user, query = request.user, request.GET
    segments = list(Segment.objects.visible_to(user))
    rows = Account.objects.visible_to(user).select_related("segment", "owner")
    if words := query.get("q", "").strip()[:200]:
        rows = rows.filter(name__icontains=words)
    if query.get("state") in Account.State.values:
        rows = rows.filter(state=query["state"])
    if query.get("segment", "").isdigit() and any(segment.pk == int(query["segment"]) for segment in segments):
        rows = rows.filter(segment=query["segment"])
    if query.get("mine"):
        rows = rows.filter(owner=user)
    # An order by what one does not see would tell it.
    known = {name: order for name, order in ORDERS.items() if name != "revenue" or user.rights.sees("revenue")}
    sort = query.get("sort") if query.get("sort") in known else "name"
    column, descending = known[sort]
    page = page_of(request, rows, Order(column, Account._meta.get_field(column), descending))
    lines = [(row, masked_revenue(user, row), sees_revenue_of(user, row)) for row in page.rows]
    context = {"page": page, "lines": lines, "segments": segments, "states": Account.State.choices, "sort": sort, "words": words}
    context |= {"can_create": can_create_account(user), "views": tabs_for(request, "accounts")}
    return answer(request, "portfolio/accounts.html", context, part="rows")


@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """An account with all that is known of it."""
    row = account_of(request, pk)
    context = {
        "account": row,
        "revenue": masked_revenue(request.user, row),
        "sees_revenue": sees_revenue_of(request.user, row),
        "can_edit": can_change_account(request.user, row),
        "panels": panels_for(request, row),
        "history": history.of_row(row, request.user),
    }
    return answer(request, "portfolio/account.html", context)


@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """A form for a company."""
    must(can_create_account(request.user), "Guests cannot add accounts.")
    form = AccountForm(sent(request), user=request.user)

    def save(**values):
        return reverse("account", args=[services.create_account(actor=request.user, **values).pk])

    return edit(request, form, save, FormPage("New account", "Add account", reverse("accounts")))


@require_http_methods(["GET", "POST"])
def account_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """An account's facts, to be changed."""
    row = account_of(request, pk)
    must(can_change_account(request.user, row), "Only the account’s owner, administrators, product operations and leaders may change it.")
    form = AccountForm(posted(request, AccountForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_account(actor=request.user, account=row, **values)

    removal = reverse("removal", args=["account", pk]) if can_shape_portfolio(request.user) else ""
    return edit(request, form, save, FormPage(row.name, "Save", reverse("account", args=[pk]), removal), row)


@require_GET
def segments(request: HttpRequest) -> HttpResponse:
    """The markets with what they are worth."""
    context = {"lines": segment_lines(request.user), "can_shape": can_shape_portfolio(request.user)}
    return answer(request, "portfolio/segments.html", context | {"sees_revenue": request.user.rights.sees("revenue")})


@require_http_methods(["GET", "POST"])
def new_segment(request: HttpRequest) -> HttpResponse:
    """A form for a market."""
    must_shape_portfolio(request.user)

    def save(**values):
        services.create_segment(actor=request.user, **values)

    page = FormPage("New segment", "Add segment", reverse("segments"))
    return edit(request, SegmentForm(sent(request), user=request.user), save, page)


@require_http_methods(["GET", "POST"])
def segment(request: HttpRequest, pk: int) -> HttpResponse:
    """A market's facts, to be changed."""
    row = get_object_or_404(Segment.objects.visible_to(request.user), pk=pk)
    must_shape_portfolio(request.user)
    form = SegmentForm(posted(request, SegmentForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_segment(actor=request.user, segment=row, **values)

    return edit(request, form, save, FormPage(row.name, "Save", reverse("segments"), reverse("removal", args=["segment", pk])), row)

"""The form for sales and support, and what became of what they sent."""

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from core.api.pagination import Order
from core.context import scope_of
from core.exceptions import NotAllowed, Refused
from core.forms import blame
from core.masking import masked_revenue, sees_revenue_of
from core.pages import answer
from core.paging import page_of
from core.permissions import must
from feedback import services
from feedback.forms import RequestForm, products
from feedback.models import Evidence, Feedback
from feedback.permissions import can_read_inbox, can_submit_feedback
from feedback.reports import TELL, Asked, asked_before, outcomes_of, wanted_by
from feedback.similarity import CLOSE
from portfolio.models import Account
from roadmaps.models import Feature
from roadmaps.models.plan import Status

REFUSAL = "Only members of the organisation may submit feedback."
NEWEST = Order("received_at", Feedback._meta.get_field("received_at"), True)
OPTIONS = 6


@require_http_methods(["GET", "POST"])
def new_request(request: HttpRequest) -> HttpResponse:
    """A form for what a customer needs; sent, a page says where it went. `add` names the feature it is added to."""
    user = request.user
    must(can_submit_feedback(user), REFUSAL)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "add" in data:
        data["feature"] = data["add"]
    form = RequestForm(data, user=user, initial={"product": scope_of(request), "account": request.GET.get("account")})
    if data is not None and form.is_valid():
        try:
            row = services.submit_feedback(actor=user, submitter=user, **form.values())
            return redirect("outcome", row.pk)
        except Refused as error:
            blame(form, error)
    account = _account(request, form)
    context = {"form": form, "account": account, "revenue": masked_revenue(user, account)}
    context |= _asked(request, form["text"].value() or "", account, form["product"].value()) | {
        "sees_account": account is not None and sees_revenue_of(user, account)
    }
    return answer(request, "feedback/request.html", context, status=422 if form.errors else 200)


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts whose name holds what is typed, one's own first; a new one where none is called so."""
    must(can_submit_feedback(request.user), REFUSAL)
    words = " ".join(request.GET.get("account_name", "").replace("\x00", "").split())[:200]
    rows = Account.objects.visible_to(request.user).select_related("owner")
    found = list(rows.filter(name__icontains=words).order_by("name", "pk")[: OPTIONS * 5]) if words else []
    found.sort(key=lambda row: (row.owner_id != request.user.pk, not row.name.lower().startswith(words.lower()), row.name.lower()))
    options = [(row, masked_revenue(request.user, row)) for row in found[:OPTIONS]]
    is_known = any(row.name.lower() == words.lower() for row in found)
    return answer(request, "feedback/account_options.html", {"options": options, "words": words, "is_known": is_known})


@require_GET
def already_asked(request: HttpRequest) -> HttpResponse:
    """What the text typed so far seems to ask for, with how many asked before."""
    must(can_submit_feedback(request.user), REFUSAL)
    query = request.GET
    return answer(
        request, "feedback/already_asked.html", _asked(request, query.get("text", ""), _account(request, None), query.get("product"))
    )


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What the person submitted and what their accounts ask for, with what became of it."""
    if not request.user.rights.is_member:
        raise NotAllowed(REFUSAL)
    which = request.GET.get("from") if request.GET.get("from") in ("me", "accounts") else ""
    page = page_of(request, wanted_by(request.user, which).for_list(), NEWEST)
    context = {"page": page, "outcomes": outcomes_of(request.user, page.rows), "which": which}
    return answer(request, "feedback/mine.html", context, part="rows")


@require_GET
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a message went and what became of it."""
    row = get_object_or_404(Feedback.objects.visible_to(request.user).for_list(), pk=pk)
    found = outcomes_of(request.user, [row])[0]
    tells = [(evidence, TELL[Status(evidence.feature.status)]) for evidence in found.evidence]
    context = {"outcome": found, "message": row, "tells": tells, "revenue": masked_revenue(request.user, row.account)}
    return answer(request, "feedback/outcome.html", context | {"reads_inbox": can_read_inbox(request.user)}, part="said")


def _account(request: HttpRequest, form: RequestForm | None) -> Account | None:
    """The account chosen so far."""
    given = (form["account"].value() if form is not None else request.GET.get("account")) or ""
    return _row_of(Account.objects.visible_to(request.user), given)


def _row_of[M: Model](rows: QuerySet[M], given: object) -> M | None:
    """The row a form names by its id, where it is one of these."""
    pk = str(getattr(given, "pk", given))
    return rows.filter(pk=int(pk)).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None


def _asked(request: HttpRequest, text: str, account: Account | None, product: object) -> dict:
    """The likeliest feature with what this request would add to it, and others that are close."""
    home = _row_of(products(request.user), product)
    close = asked_before(request.user, text[: Feedback.LONGEST], product=home)
    best: Asked | None = close[0] if close and close[0].score >= CLOSE * 0.6 else None
    context = {"best": best, "others": [one.feature for one in close if one is not best], "typed": text.strip()}
    if best is None:
        return context
    feature: Feature = best.feature
    sees = request.user.rights.sees("revenue")
    theirs = Evidence.objects.visible_to(request.user).filter(feature=feature, feedback__requester__account=account)
    mine = masked_revenue(request.user, account)
    with_mine = feature.demand_revenue + mine if sees and mine is not None else None
    return context | {
        "feature": feature, "tell": TELL[Status(feature.status)], "sees_revenue": sees, "revenue_with_mine": with_mine,
        "account": account, "is_counted": account is not None and theirs.exists(),
        "people_with_mine": feature.demand_people + 1, "accounts_with_mine": feature.demand_accounts + 1,
    }  # fmt: skip

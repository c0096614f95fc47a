"""The inbox: a list of messages beside the one being read, and what is known of who wrote it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.api.pagination import Order
from core.context import scope_of
from core.exceptions import NotAllowed
from core.masking import masked_revenue, sees_revenue_of
from core.pages import answer
from core.paging import page_of
from core.saved_views import opens_with_view, tabs_for
from feedback.filters import TABS, InboxFilter
from feedback.forms import FactsForm
from feedback.models import Evidence, Feedback, Importance
from feedback.passages import Span, paragraphs
from feedback.permissions import can_read_inbox, can_triage, sees_deal_of
from feedback.reports import count_up_to, demand_of_account, say_count, similar_to
from roadmaps.models import Feature

NEWEST = Order("received_at", Feedback._meta.get_field("received_at"), True)


@require_GET
@opens_with_view("feedback")
def inbox(request: HttpRequest) -> HttpResponse:
    """The messages of a tab, with the first of them opened beside the list."""
    if not can_read_inbox(request.user):
        if request.user.rights.is_member:
            return redirect("feedback-mine")
        raise NotAllowed("Feedback is read by members of the organisation.")
    return show(request, None)


@require_GET
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """A message in the inbox; who only submits is led to what became of it."""
    row = row_of(request, pk)
    return show(request, row) if can_read_inbox(request.user) else redirect("outcome", pk)


@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """The list alone, fetched again when there is news."""
    if not can_read_inbox(request.user):
        raise NotAllowed("Feedback is read by makers, leaders and product operations.")
    opened = request.GET.get("open", "")
    row = Feedback.objects.visible_to(request.user).filter(pk=int(opened)).first() if opened.isdecimal() and len(opened) < 19 else None
    return answer(request, "feedback/inbox_lines.html", list_context(request, row))


def row_of(request: HttpRequest, pk: int) -> Feedback:
    """A message in sight; raises `Http404`."""
    return get_object_or_404(Feedback.objects.visible_to(request.user).for_list().select_related("merged_into"), pk=pk)


def show(request: HttpRequest, row: Feedback | None, status: int = 200) -> HttpResponse:
    """The inbox with this message opened, or with the first one."""
    context = list_context(request, row)
    context |= {"is_chosen": row is not None, "views": tabs_for(request, "feedback")}
    if row is None and context["lines"]:
        row = row_of(request, context["lines"][0]["row"].pk)
        context["opened"] = row
    if row is not None:
        context |= message_context(request, row) | neighbours(request, context["filter"], row)
    return answer(request, "feedback/inbox.html", context, part="inbox", status=status)


def list_context(request: HttpRequest, row: Feedback | None) -> dict[str, Any]:
    """The tabs with their counts, the lines, the filters, and how addresses carry them on."""
    chosen = InboxFilter.of(request, scope_of(request))
    page = page_of(request, chosen.rows().for_list(), NEWEST)
    query = request.GET.copy()
    for name in ("open", "start", "end"):
        query.pop(name, None)
    tabs = [(key, label, "" if key == "all" else say_count(count_up_to(chosen.of_tab(key)))) for key, label in TABS.items()]
    user = request.user
    if row is not None and row not in page.rows and not page.first_url:
        # What was just linked or snoozed has left the tab; while it is open it keeps its place.
        page.rows.append(row)
        page.rows.sort(key=lambda line: (line.received_at, line.pk), reverse=True)
    shown = [
        {"row": line, "revenue": masked_revenue(user, line.account), "sees_deal": line.deal_size is not None and sees_deal_of(user, line)}
        for line in page.rows
    ]
    return {
        "filter": chosen, "tabs": tabs, "page": page, "lines": shown, "opened": row, "kinds": Feedback.Kind.choices,
        "query": f"?{query.urlencode()}" if query else "", "states": Feedback.State.choices,
    }  # fmt: skip


def message_context(request: HttpRequest, row: Feedback) -> dict[str, Any]:
    """All that is shown of the message opened."""
    user = request.user
    evidence = list(Evidence.objects.visible_to(user).filter(feedback=row).for_list())
    quoted = [(line.pk, Span(line.start, line.end)) for line in evidence if line.start is not None and line.end is not None]
    account = row.account
    return {
        "message": row, "said_to": _said_to(request, row, evidence), "paragraphs": paragraphs(row.text, quoted),
        "evidence": evidence, "importances": Importance.choices,
        "can_triage": can_triage(user, row), "similar": similar_to(user, row),
        "form": FactsForm(instance=row, user=user, initial={"version": row.version}),
        "sees_deal": sees_deal_of(user, row), "account": account, "revenue": masked_revenue(user, account),
        "sees_revenue": account is not None and sees_revenue_of(user, account),
        "asked": demand_of_account(user, account) if account is not None else None,
        "merged": Feedback.objects.visible_to(user).filter(merged_into=row).select_related("requester__account"),
    }  # fmt: skip


def _said_to(request: HttpRequest, row: Feedback, evidence: list[Evidence]) -> Feature | None:
    """The feature that a visitor said this to, in sight, until the message is linked to it."""
    if row.about_id is None or row.about_id in (line.feature_id for line in evidence):
        return None
    return Feature.objects.visible_to(request.user).filter(pk=row.about_id).select_related("stage").first()


def neighbours(request: HttpRequest, chosen: InboxFilter, row: Feedback) -> dict[str, Any]:
    """The messages before and after this one in the list, as addresses, and its place there."""
    rows = chosen.rows()
    place = (row.received_at, row.pk)
    older = [rows.filter(part).order_by(*NEWEST.by()).values_list("pk", flat=True).first() for part in NEWEST.ranges(place)]
    after = next((pk for pk in older if pk is not None), None)
    newer = rows.filter(received_at__gte=row.received_at).exclude(received_at=row.received_at, pk__lte=row.pk)
    before = newer.order_by("received_at", "pk").values_list("pk", flat=True).first()
    query, number, total = list_query(request), count_up_to(newer) + 1, count_up_to(rows)
    return {
        "previous_url": reverse("message", args=[before]) + query if before else "",
        "next_url": reverse("message", args=[after]) + query if after else "",
        "next_pk": after or before,
        "number": say_count(number) if number <= total else "",  # what is opened from elsewhere may have no place in the tab
        "total": say_count(total),
    }


def list_query(request: HttpRequest) -> str:
    """The tab and filters of the page the request came from, to be carried on."""
    query = request.GET.copy()
    query.pop("open", None)
    return f"?{query.urlencode()}" if query else ""

"""Share links: their page on the roadmap, and what opens under their addresses to people outside."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Max, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.exceptions import Refused
from core.forms import Form, blame
from core.models import Organisation
from core.pages import answer, say
from core.permissions import must
from roadmaps import services
from roadmaps.drawn import drawn
from roadmaps.exports import FORMATS, download_look
from roadmaps.forms import LinkPasswordForm, ShareLinkForm
from roadmaps.masks import MaskedLook
from roadmaps.models import Roadmap, ShareLink
from roadmaps.permissions import can_change_roadmap
from roadmaps.reception import Reception, Said, reception_of
from roadmaps.services.sharing import REFUSAL
from roadmaps.shares import calendar_of, link_of, look_of
from roadmaps.sheets import table_of_look

NONCE = re.compile(r"[0-9a-f]{32}")
LET_IN = 12 * 60 * 60  # seconds for which a password holds


@require_http_methods(["GET", "POST"])
def share_links(request: HttpRequest, number: int) -> HttpResponse:
    """The links of a roadmap, and how often each was opened; the address of a new one is shown in this one answer and never again."""
    row = get_object_or_404(Roadmap.objects.visible_to(request.user).select_related("owner", "product"), pk=number)
    must(can_change_roadmap(request.user, row), REFUSAL)
    form, context = ShareLinkForm(request.POST or None, user=request.user, initial={"title": row.name}), {"roadmap": row}
    if request.method == "POST" and form.is_valid():
        try:
            link, secret = services.create_link(actor=request.user, roadmap=row, **form.values())
            context["fresh"] = settings.PUBLIC_BASE_URL + reverse("shared", args=[link.key, secret])
            context["embed"] = settings.PUBLIC_BASE_URL + reverse("shared-embed", args=[link.key, secret]) if link.embeds else ""
            form = ShareLinkForm(user=request.user, initial={"title": row.name})
        except Refused as error:
            blame(form, error)
    links = ShareLink.objects.visible_to(request.user).filter(roadmap=row).select_related("audience")
    context |= {"form": form, "links": links.annotate(opened=Sum("visit__count"), last=Max("visit__last_at"))}
    return answer(request, "roadmaps/share_links.html", context, status=422 if form.errors else 200)


@require_POST
def share_link_removal(request: HttpRequest, number: int, link: int) -> HttpResponse:
    """The address leads nowhere any more."""
    row = get_object_or_404(ShareLink.objects.visible_to(request.user), pk=link, roadmap_id=number)
    services.revoke_link(actor=request.user, link=row)
    return say(request, redirect("share-links", number), f"“{row.title}” leads nowhere any more.")


@require_POST
def share_link_answers(request: HttpRequest, number: int, link: int) -> HttpResponse:
    """Visitors may leave feedback with `take`, else no longer."""
    row = get_object_or_404(ShareLink.objects.visible_to(request.user), pk=link, roadmap_id=number)
    services.change_link(actor=request.user, link=row, takes_answers=bool(request.POST.get("take")))
    said = "takes feedback" if row.takes_answers else "takes no more feedback"
    return say(request, redirect("share-links", number), f"“{row.title}” {said}.")


def behind_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view of what a link leads to, once its password was given. Whatever it answers is kept by nobody and told to nobody."""

    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, key: str, secret: str, **asked) -> HttpResponseBase:
        link = link_of(key, secret)
        request.source = services.source_of(get_adapter().get_client_ip(request))
        if link is None:
            response = render(request, "404.html", status=HTTPStatus.NOT_FOUND)
        elif link.password and not _is_let_in(request, link):
            response = _ask_password(request, link)
        else:
            try:
                response = view(request, link, **asked, address=reverse("shared", args=[key, secret]))
            except Http404:
                response = render(request, "404.html", status=HTTPStatus.NOT_FOUND)
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Cache-Control"] = "no-store"
        # A form's own page must name its origin, or its post cannot be told from a forged one: to this site alone.
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    return opened


@behind_link
@require_http_methods(["GET", "POST"])  # a password is posted here; what is posted after it was given is shown the page
def shared(request: HttpRequest, link: ShareLink, *, address: str) -> HttpResponse:
    """The roadmap as its audience sees it."""
    if request.method == "POST":
        return redirect(address)
    services.note_visit(link, request.source)
    return _show(request, link, address)


@behind_link
@require_GET
def shared_embed(request: HttpRequest, link: ShareLink, *, address: str) -> HttpResponse:
    """The same for the pages it may stand in, and for no others; without what stands around it."""
    if not link.embeds:
        raise Http404("This link stands in no page.")
    services.note_visit(link, request.source)
    framed = csp_override({**settings.SECURE_CSP, "frame-ancestors": link.embeds})(_show)
    response = framed(request, link, address, is_embedded=True)
    response.xframe_options_exempt = True  # it knows no list; browsers that know the other rule pass over it
    return response


@behind_link
@require_http_methods(["GET", "POST"])
def shared_item(request: HttpRequest, link: ShareLink, item: str, *, address: str) -> HttpResponse:
    """One of the items shown, and the form by which visitors say something to it."""
    look, reception = look_of(link, QueryDict()), reception_of(link)
    if reception is None or (shown := look.item_of(item)) is None:
        raise Http404("Nothing can be said to this.")
    form = reception.form(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_received(request, reception, form, link, look, shown):
        return redirect(f"{request.path}?said=1")
    services.note_visit(link, request.source)
    context = {"look": look, "item": shown, "address": address, "form": form, "promise": reception.promise}
    context["is_said"] = request.method == "GET" and "said" in request.GET
    response = render(request, "roadmaps/shared_item.html", context, status=422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@behind_link
@require_GET
def shared_export(request: HttpRequest, link: ShareLink, kind: str, *, address: str) -> HttpResponseBase:
    """What is shown, as a file."""
    services.note_visit(link, request.source)
    return download_look(look_of(link, request.GET), kind)


@behind_link
@require_GET
def shared_data(request: HttpRequest, link: ShareLink, *, address: str) -> HttpResponse:
    """What is shown, for programs: the rows of its sheet by their headings."""
    look = look_of(link, request.GET)
    services.note_visit(link, request.source)
    table = table_of_look(look, look.title)
    names = [heading.name for heading in table.headings]
    rows = [] if look.is_hidden else [dict(zip(names, row, strict=True)) for batch in table.batches for row in batch]
    return JsonResponse({"title": look.title, "as_of": Organisation.today(), "rows": rows})


@behind_link
@require_GET
def shared_calendar(request: HttpRequest, link: ShareLink, *, address: str) -> HttpResponse:
    """The days of what is shown, for calendars; there is none for who is told no days."""
    look = look_of(link, QueryDict())
    if not look.tells_days or look.is_hidden:
        raise Http404("There are no days to tell.")
    services.note_visit(link, request.source)
    text = calendar_of(look, settings.PUBLIC_BASE_URL + address)
    headers = {"Content-Disposition": 'inline; filename="roadmap.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _show(request: HttpRequest, link: ShareLink, address: str, *, is_embedded: bool = False) -> HttpResponse:
    look = look_of(link, request.GET)
    request.GET = look.params  # what the page's links build on
    look.items_at = f"{address}items/" if reception_of(link) else ""
    context = {"look": look, "address": address, "formats": FORMATS, "is_embedded": is_embedded, **drawn(look)}
    return render(request, "roadmaps/shared.html", context)


def _is_received(request: HttpRequest, reception: Reception, form: Form, link: ShareLink, look: MaskedLook, item: Any) -> bool:
    """What the visitor said was taken in; else the form tells why not."""
    try:
        services.take_answer_turn(link, request.source)
        nonce = request.POST.get("once", "")
        reception.receive(Said(link, item.title, look.features_behind(item), form.cleaned_data, nonce if NONCE.fullmatch(nonce) else ""))
    except Refused as error:
        blame(form, error)
    return not form.errors


def _cookie_of(link: ShareLink) -> tuple[str, str]:
    """(the name of the cookie that lets in, what it is signed with): another password is another key."""
    return f"waymark_link_{link.key}", f"share link {link.pk} {link.password}"


def _is_let_in(request: HttpRequest, link: ShareLink) -> bool:
    name, salt = _cookie_of(link)
    return request.get_signed_cookie(name, default="", salt=salt, max_age=LET_IN) == link.key


def _ask_password(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """The form that asks for it, and nothing of what it hides; where it was given, the way in."""
    form = LinkPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if services.try_password(link, form.cleaned_data["password"], request.source):
                name, salt = _cookie_of(link)
                response = redirect(request.path)
                response.set_signed_cookie(
                    name, link.key, salt=salt, max_age=LET_IN, path="/shared/", httponly=True, samesite="Lax",
                    secure=settings.SESSION_COOKIE_SECURE,
                )  # fmt: skip
                return response
            form.add_error("password", "This is not the password.")
        except Refused as error:
            blame(form, error)
    response = render(request, "roadmaps/shared_password.html", {"form": form}, status=422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "same-origin"
    return response

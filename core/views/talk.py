"""Comments and notifications."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import services
from core.exceptions import RuleBroken
from core.models import Comment, Notification, User, Way
from core.pages import answer, say
from core.registry import subject_of
from core.reports import find_row, news_choices, news_of, rows_of, talk_about, things_of


@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest) -> HttpResponse:
    """The threads on a subject; POST adds a comment."""
    row = find_row((request.POST or request.GET).get("subject", ""), request.user)
    if row is None or subject_of(row).url is None:
        raise Http404
    if request.method == "GET":
        return _panel(request, row)
    text, thread = request.POST.get("text", ""), None
    if number := request.POST.get("thread"):
        thread = get_object_or_404(Comment.objects.visible_to(request.user).about(row), pk=number if number.isdecimal() else 0)
    try:
        services.add_comment(actor=request.user, subject=row, text=text, thread=thread)
    except RuleBroken as error:
        return _panel(request, row, refusal=str(error), typed=text, thread=thread)
    said = "Your comment is there."
    if deaf := services.unreached(text, row):
        said = f"Your comment is there, but {', '.join(deaf)} cannot see this and will not be told."
    return _after(request, row, said)


@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """GET leads to the comment where it stands; POST changes its text."""
    found, row = _comment(request, pk)
    if request.method == "GET":
        return redirect(f"{subject_of(row).url(row)}#comment-{found.pk}")
    try:
        services.change_comment(actor=request.user, comment=found, text=request.POST.get("text", ""))
    except RuleBroken as error:
        return _panel(request, row, refusal=str(error))
    return _after(request, row, "Your comment is changed.")


@require_POST
def comment_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The comment is gone."""
    found, row = _comment(request, pk)
    services.delete_comment(actor=request.user, comment=found)
    return _after(request, row, "Your comment is removed.")


@require_POST
def comment_resolution(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread is settled, or with `open=1` open again."""
    found, row = _comment(request, pk)
    is_open = request.POST.get("open") == "1"
    services.resolve_thread(actor=request.user, comment=found, is_resolved=not is_open)
    return _after(request, row, "The thread is open again." if is_open else "The thread is settled.")


@require_POST
def following(request: HttpRequest) -> HttpResponse:
    """Hear of a subject's changes, or no longer."""
    row = find_row(request.POST.get("subject", ""), request.user)
    if row is None or subject_of(row).url is None:
        raise Http404
    wanted = request.POST.get("follow") == "1"
    services.set_following(actor=request.user, subject=row, is_following=wanted)
    return _after(request, row, "You will hear of changes here." if wanted else "You will not hear of changes here any more.")


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """What colleagues want me to know, by what it is about, newest first; `?part=bell` is the bell alone."""
    if request.htmx and request.GET.get("part") == "bell":
        return answer(request, "shell/bell.html")
    rows = Notification.objects.visible_to(request.user).shown().select_related("actor", "comment")
    if only_unread := request.GET.get("show") != "all":
        rows = rows.unread()
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {"page": page, "things": things_of(news_of(request.user, page)), "only_unread": only_unread}
    return answer(request, "core/notifications.html", context, part="news")


@require_POST
def notification_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """The line is read, and what it is about opens."""
    line = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    services.read_notifications(actor=request.user, only=line)
    news = news_of(request.user, [line])
    return redirect(news[0].url if news else "notifications")


@require_POST
def notifications_reading(request: HttpRequest) -> HttpResponse:
    """All lines are read; of a `subject` those about it, or with `unread=1` they are new again."""
    named, is_read = request.POST.get("subject"), request.POST.get("unread") != "1"
    row = find_row(named, request.user) if named else None
    if named and row is None:
        raise Http404
    services.read_notifications(actor=request.user, about=row, is_read=is_read or row is None)
    return say(request, redirect("notifications"), "It is read." if row and is_read else "It is new again." if row else "All is read.")


@require_http_methods(["GET", "POST"])
def news_settings(request: HttpRequest) -> HttpResponse:
    """By which ways I hear of what, and when the daily mail comes."""
    me = User.objects.visible_to(request.user).get(pk=request.user.pk)
    choices = news_choices(me)
    if request.method == "GET":
        hours = [(hour, f"{hour}:00") for hour in range(24)]
        return answer(request, "settings/notifications.html", {"choices": choices, "ways": Way.choices, "hours": hours})
    chosen = {kind.name: (f"app-{kind.name}" in request.POST, request.POST.get(f"mail-{kind.name}", mail)) for kind, _, mail in choices}
    hour = request.POST.get("digest_hour", "")
    services.choose_news(actor=me, chosen=chosen)
    if hour.isdecimal() and len(hour) < 3:
        services.change_user(actor=me, user=me, digest_hour=int(hour))
    return say(request, redirect("news-settings"), "Saved. It holds for what happens from now on.")


def _comment(request: HttpRequest, pk: int):
    """A comment in sight, with the row it is about; 404 where either is not."""
    found = get_object_or_404(Comment.objects.visible_to(request.user), pk=pk)
    about = (found.subject_type, found.subject_id)
    row = rows_of(request.user, [about]).get(about)
    if row is None:
        raise Http404
    return found, row


def _panel(request: HttpRequest, row, **context) -> HttpResponse:
    """The threads as they stand, as a part or on a page of their own."""
    talk = talk_about(row, request.user)
    if talk is None:
        raise Http404
    subject = subject_of(row)
    context["thread_pk"] = getattr(context.pop("thread", None), "pk", None)
    context |= {"talk": talk, "label": subject.label(row), "url": subject.url(row)}
    part = "threads" if request.GET.get("part") == "threads" else "talk"
    return answer(request, "core/comments.html", context, part=part, status=422 if context.get("refusal") else 200)


def _after(request: HttpRequest, row, said: str) -> HttpResponse:
    """After a write: the part for htmx, the subject's page for a plain form."""
    if request.htmx:
        return say(request, _panel(request, row), said)
    return say(request, redirect(f"{subject_of(row).url(row)}#comments"), said)

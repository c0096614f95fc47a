"""What needs a person, as far as core knows."""

from django.urls import reverse

from core.models import Invitation, Job, Notification, User
from core.permissions import can_administer
from core.registry import Task, Todo, register_todo
from core.reports import news_of

FIRST = 5


def _unread(user: User, scope) -> list[Task]:
    lines = Notification.objects.visible_to(user).unread().select_related("actor", "comment")[:FIRST]
    return [
        Task(news.label, news.url, f"{news.line.actor or 'Waymark'} {news.says} this", "bell", news.line.at)
        for news in news_of(user, lines)
    ]


def _failed(user: User, scope) -> list[Task]:
    rows = Job.objects.visible_to(user).filter(owner=user).order_by("-id")[:FIRST]
    return [
        Task(job.label, reverse("job", args=[job.pk]), job.message, "alert-triangle", job.ended_at)
        for job in rows
        if job.state == Job.State.FAILED
    ]


def _invited(user: User, scope) -> list[Task]:
    if not can_administer(user):
        return []
    rows = Invitation.objects.visible_to(user).waiting().order_by("expires_at")[:FIRST]
    return [
        Task(row.email, reverse("people"), "Invited" if row.is_open else "The invitation expired", "user-plus", row.created_at)
        for row in rows
    ]


register_todo(Todo("New for you", 0, _unread, lambda user: reverse("notifications")))
register_todo(Todo("Jobs that failed", 90, _failed, lambda user: reverse("jobs")))
register_todo(Todo("Invited, not here yet", 91, _invited, lambda user: reverse("people")))

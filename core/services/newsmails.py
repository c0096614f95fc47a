"""News by mail: what is due goes as one mail per person and thing, or as one a day; each line in one mail, once."""

from itertools import groupby

from django.db import transaction

from core import clock
from core.acts import write_lock
from core.deliveries import post
from core.models import Notification, Way

LETTER = "news"
BATCH = 1_000  # due lines looked at in one round


def collect_news() -> int:
    """The lines that are due are put into mails; answers how many. A line belongs to the mail from the transaction that queues it on."""
    due = Notification.objects.filter(mail_due_at__lte=clock.now()).select_related("user").order_by("id")
    lines = sorted(due[:BATCH], key=_mail_of)
    return sum(_queue([*some]) for _, some in groupby(lines, key=_mail_of))


def _mail_of(line: Notification) -> tuple:
    """Lines of equal answers go in one mail: of a person and thing, or of a person's day."""
    return (line.user_id, line.mail, *((line.subject_type, line.subject_id) if line.mail == Way.NOW else ()))


def _queue(lines: list[Notification]) -> bool:
    """One mail of these lines and of what else is to go to the same person about the same thing; False where another worker was faster."""
    first = min(lines, key=lambda line: line.pk)
    rows = Notification.objects.filter(user=first.user_id, mail=first.mail, mail_due_at__isnull=False)
    if first.mail == Way.NOW:
        rows = rows.filter(subject_type=first.subject_type, subject_id=first.subject_id)
    else:
        rows = rows.filter(mail_due_at__lte=clock.now())
    with write_lock(), transaction.atomic():
        taken = Notification.objects.filter(pk=first.pk, mail_due_at__isnull=False).update(mail_due_at=None, mailed=first.pk)
        if taken:
            rows.update(mail_due_at=None, mailed=first.pk)
            post(LETTER, first.pk, receiver=first.user.email)
    return bool(taken)

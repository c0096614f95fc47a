"""What feedback tells people of."""

from collections.abc import Iterator

from core.models import Change, Event
from core.registry import NewsKind, register_news
from feedback.models import Feedback

ANSWERS = (Feedback.State.LINKED, Feedback.State.DECLINED, Feedback.State.CLOSED)


def _answered(event: Event, change: Change) -> Iterator[tuple[int, Feedback]]:
    """Who sent a request that was taken up, declined or closed."""
    if change.subject_type != Feedback._meta.label_lower or change.before is None or (change.after or {}).get("state") not in ANSWERS:
        return
    row = Feedback.objects.alive().filter(pk=change.subject_id).first()
    if row is not None and row.submitter_id is not None:
        yield row.submitter_id, row


register_news(NewsKind("answer", "A request I sent in is answered", "dealt with", 50, mail="now", concerns=_answered))

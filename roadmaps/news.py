"""What the plan tells people of."""

from collections.abc import Iterator

from core.models import Change, Event, Follower
from core.registry import NewsKind, register_news
from roadmaps.models import Dependency


def _agreed(event: Event, change: Change) -> Iterator[tuple[int, Dependency]]:
    """Who owns what two products agree on: one of its features or, where nobody owns that, its product."""
    if change.subject_type != Dependency._meta.label_lower or "agreement" not in (change.after or {}):
        return
    rows = Dependency.objects.agreements().filter(pk=change.subject_id, deleted_at=None)
    row = rows.select_related("predecessor__product", "successor__product").first()
    if row is None:
        return
    followers = Follower.objects.filter(subject_type=change.subject_type, subject_id=row.pk)
    said = dict(followers.values_list("user_id", "is_following"))
    for pk in {end.owner_id or end.product.owner_id for end in (row.predecessor, row.successor)} - {None}:
        if said.get(pk, True):
            yield pk, row


register_news(
    NewsKind(
        "agreement", "An agreement on what is mine is asked for or answered", "moved the agreement on", 45, mail="now", concerns=_agreed
    )
)

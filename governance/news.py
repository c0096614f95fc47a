"""What governance tells people of."""

from collections.abc import Iterator

from core.models import Change, Event, Follower
from core.registry import NewsKind, register_news
from governance.models import Decision, DecisionLink


def _decided(event: Event, change: Change) -> Iterator[tuple[int, Decision]]:
    """Who owns or follows what a decision is about."""
    if change.subject_type != DecisionLink._meta.label_lower or change.before is not None:
        return
    link = DecisionLink.objects.alive().select_related("decision", "feature", "initiative").filter(pk=change.subject_id).first()
    if link is None or link.decision.deleted_at is not None:
        return
    about = link.about
    followers = Follower.objects.filter(subject_type=about._meta.label_lower, subject_id=about.pk)
    said = dict(followers.values_list("user_id", "is_following"))
    for pk in {about.owner_id, *said} - {None}:
        if said.get(pk, True):
            yield pk, link.decision


register_news(NewsKind("decision", "A decision about what is mine or what I follow", "wrote down", 40, mail="digest", concerns=_decided))

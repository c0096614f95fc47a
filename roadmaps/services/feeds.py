"""Every write of a calendar feed."""

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Product, User
from core.permissions import can_write_everywhere, must, must_see
from core.writes import insert, remove
from roadmaps import events
from roadmaps.models import CalendarFeed

MOST = 20


@acts
def create_feed(*, actor: User, name: str, product: Product | None = None, has_features: bool = False) -> tuple[CalendarFeed, str]:
    """A feed of the actor's own and, this one time, the secret of its address."""
    must(can_write_everywhere(actor), "A token made for one product, or for reading, cannot open calendars.")
    must_see(actor, product)
    if not name.strip():
        raise RuleBroken("Give the calendar a name.", "name")
    if CalendarFeed.objects.filter(user=actor, deleted_at=None).count() >= MOST:
        raise RuleBroken(f"You have {MOST} calendars already. Close one that is not read any more.")
    key, secret = CalendarFeed.fresh_secret()
    feed = CalendarFeed(user=actor, name=name.strip(), key=key, digest=CalendarFeed.digest_of(secret), product=product)
    feed.has_features = has_features
    return insert(feed, events.FEED_CREATED), secret


@acts
def delete_feed(*, actor: User, feed: CalendarFeed, seen: int | None = None) -> CalendarFeed:
    """Its address leads nowhere, from the next request on."""
    must(actor.pk == feed.user_id and can_write_everywhere(actor), "You may close your own calendars only.")
    return remove(feed, events.FEED_DELETED, seen=seen)

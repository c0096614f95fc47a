"""Views that people have sent to them: asked for, ended, and looked into when it is their hour."""

from django.db import transaction

from core import clock
from core.acts import acts, write_lock
from core.deliveries import post
from core.digests import digest_of, rows_of_view
from core.exceptions import RuleBroken
from core.models import ChainHead, SavedView, User, ViewDigest, ViewSubscription, Way
from core.permissions import can_write, can_write_everywhere, must
from core.registry import endings, register_ending
from core.reports import news_choices
from core.services.notifications import choose_news

LETTER = "view digest"
BATCH = 100  # subscriptions looked into in one round


@acts
def subscribe_to_view(*, actor: User, view: SavedView, cadence: str) -> ViewSubscription:
    """What changes in the view from now on is sent to the person, each day or week. Everybody's own affair, so no event tells of it."""
    must(can_write_everywhere(actor), "This token may not ask for mails: it reads only, or is for one product.")
    rows = rows_of_view(view, actor)
    if rows is None:
        raise RuleBroken("This list cannot be sent by mail.")
    if cadence not in ViewSubscription.Cadence.values:
        raise RuleBroken("Choose daily or weekly.", "cadence")
    asked = ViewSubscription(user=actor, view=view, cadence=cadence, rows=rows, seen=_head())
    asked.due_at = asked.next_due()
    unique, changed = ["user", "view"], ["cadence", "due_at"]  # asked for again, what was seen before counts on
    ViewSubscription.objects.bulk_create([asked], update_conflicts=True, unique_fields=unique, update_fields=changed)
    return ViewSubscription.objects.get(user=actor, view=view)


@acts
def unsubscribe_from_view(*, actor: User, view_id: int) -> None:
    """Nothing of the view is sent to the person any more."""
    must(can_write(actor), "This token may not end mails: it reads only.")
    ViewSubscription.objects.filter(user=actor, view_id=view_id).delete()


@acts
def end_mails(*, actor: User, about: str) -> None:
    """What the link in a mail asks for: no more mails of this view (`view:12`), of these kinds of news (`news:own,comment`), and so on."""
    what, _, ref = about.partition(":")
    if what in endings:
        endings[what](actor, ref)


def _end_view(actor: User, ref: str) -> None:
    unsubscribe_from_view(actor=actor, view_id=int(ref))


def _end_news(actor: User, ref: str) -> None:
    kinds = [(kind.name, in_app) for kind, in_app, _ in news_choices(actor) if kind.name in ref.split(",")]
    choose_news(actor=actor, chosen={name: (in_app, Way.NONE) for name, in_app in kinds})


register_ending("view", _end_view)
register_ending("news", _end_news)


@acts
def reschedule_digests(*, actor: User) -> None:
    """After a change of the person's zone or hour: what is sent to them is due at the new hour."""
    for subscription in ViewSubscription.objects.filter(user=actor).order_by("pk"):
        subscription.user, subscription.due_at = actor, clock.now()
        ViewSubscription.objects.filter(pk=subscription.pk).update(due_at=subscription.next_due())


def collect_digests() -> int:
    """Every due subscription is looked into once; where something changed its letter is queued. Answers how many letters."""
    due = ViewSubscription.objects.filter(due_at__lte=clock.now()).select_related("user", "view__product")
    return sum(_look_into(subscription) for subscription in due.order_by("due_at", "pk")[:BATCH])


def _look_into(subscription: ViewSubscription) -> bool:
    """Make this period's digest; whoever moves `due_at` first makes it, and a kill before the commit leaves all as it was."""
    user, view = subscription.user, subscription.view
    with write_lock(), transaction.atomic():
        mine = ViewSubscription.objects.filter(pk=subscription.pk, due_at=subscription.due_at)
        if not mine.update(due_at=subscription.next_due()):
            return False
        day, until = clock.today(user.timezone), _head()
        made = ViewDigest.objects.filter(subscription=subscription, day=day)
        rows = rows_of_view(view, user) if user.is_active and user.deleted_at is None and not made.exists() else None
        if rows is None:
            return False
        ViewSubscription.objects.filter(pk=subscription.pk).update(rows=rows, seen=until)
        span = {"before": subscription.rows, "after": rows, "since": subscription.seen, "until": until}
        if digest_of(view, user, **span):
            digest = ViewDigest.objects.create(subscription=subscription, day=day, **span)
            post(LETTER, digest.pk, receiver=user.email)
            return True
        return False


def _head() -> int:
    return ChainHead.objects.values_list("number", flat=True).get(pk=1)

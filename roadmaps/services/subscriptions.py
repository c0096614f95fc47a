"""Who is sent what moved on a roadmap: asked for, ended, and told when a period begins."""

from datetime import date

from core import clock
from core.acts import acts
from core.deliveries import post
from core.exceptions import OutOfSight, RuleBroken
from core.models import Organisation, User
from core.permissions import can_write, can_write_everywhere, must
from roadmaps.cadence import began, called, moment_of
from roadmaps.models import Roadmap, RoadmapSubscription
from roadmaps.services.snapshots import LETTER

Cadence = RoadmapSubscription.Cadence


@acts
def subscribe_to_roadmap(*, actor: User, roadmap: Roadmap, cadence: str) -> RoadmapSubscription:
    """What moves on the roadmap from now on is sent to the person, at this cadence. Everybody's own affair, so no event tells of it."""
    must(can_write_everywhere(actor), "This token may not ask for mails: it reads only, or is for one product.")
    if not Roadmap.objects.visible_to(actor).filter(pk=roadmap.pk).exists():
        raise OutOfSight("There is no such roadmap, or it is not yours to see.")
    if cadence not in Cadence.values:
        raise RuleBroken("Choose how often: every week, every month, or with every moment named by schedule.", "cadence")
    if cadence == Cadence.NAMED and not roadmap.snapshot_every:
        raise RuleBroken("This roadmap names no moments by schedule: choose every week or every month.", "cadence")
    asked = RoadmapSubscription(user=actor, roadmap=roadmap, cadence=cadence)
    # Asked for again, what was told before counts on.
    RoadmapSubscription.objects.bulk_create(
        [asked], update_conflicts=True, unique_fields=["user", "roadmap"], update_fields=["cadence"]
    )  # fmt: skip
    return RoadmapSubscription.objects.get(user=actor, roadmap=roadmap)


@acts
def unsubscribe_from_roadmap(*, actor: User, roadmap_id: int) -> None:
    """Nothing of what moves on the roadmap is sent to the person any more."""
    must(can_write(actor), "This token may not end mails: it reads only.")
    RoadmapSubscription.objects.filter(user=actor, roadmap_id=roadmap_id).delete()


def tell_subscribers() -> int:
    """Everybody subscribed is on the way to being told of the period that ended, once; answers how many letters.

    Whether they may open the roadmap, and what of it they see, is asked when the letter leaves.
    """
    zone = Organisation.zone()
    today = clock.today(zone)
    rows = RoadmapSubscription.objects.filter(user__is_active=True, user__deleted_at=None, roadmap__deleted_at=None)
    return sum(_tell(row, today, zone) for row in rows.select_related("user", "roadmap").order_by("pk"))


def _tell(row: RoadmapSubscription, today: date, zone: str) -> bool:
    if not row.every:
        return False
    first = began(row.every, today)
    until = moment_of(first, zone)
    if row.told >= until:
        return False
    span = {"since": [row.told.isoformat(), ""], "until": [until.isoformat(), called(row.every, first)]}
    post(LETTER, row.roadmap_id, receiver=row.user.email, payload={**span, "reader": row.user_id})
    RoadmapSubscription.objects.filter(pk=row.pk).update(told=until)
    return True

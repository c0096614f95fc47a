"""Every write of a snapshot: moments of a roadmap that people, or its schedule, give a name."""

from collections.abc import Sequence
from datetime import date, datetime

from core import clock
from core.acts import act, acts
from core.deliveries import post
from core.exceptions import RuleBroken
from core.models import Organisation, User
from core.permissions import can_write_everywhere, must
from core.writes import insert, remove
from roadmaps import events
from roadmaps.cadence import began, called, moment_of
from roadmaps.models import Roadmap, Snapshot
from roadmaps.permissions import can_change_roadmap
from roadmaps.services.roadmaps import REFUSAL

LETTER = "what moved"
MOST_PEOPLE = 50
type Named = tuple[datetime, str]  # a moment and its name; blank where it has none


@acts
def create_snapshot(*, actor: User, roadmap: Roadmap, name: str, at: datetime | None = None) -> Snapshot:
    """The moment has a name on this roadmap; now, where none is given. Everybody who may open the roadmap sees it."""
    must(can_change_roadmap(actor, roadmap), REFUSAL)
    if not name.strip():
        raise RuleBroken("Give the moment a name.", "name")
    if at is not None and at > clock.now():
        raise RuleBroken("Only what has been can be given a name: choose a moment that is past.", "at")
    snapshot = Snapshot(roadmap=roadmap, name=name.strip(), at=at or clock.now(), made_by=actor)
    return insert(snapshot, events.SNAPSHOT_CREATED)


@acts
def delete_snapshot(*, actor: User, snapshot: Snapshot, seen: int | None = None) -> Snapshot:
    """The moment has lost its name; what the roadmap showed then can be read as before."""
    must(can_change_roadmap(actor, snapshot.roadmap), REFUSAL)
    return remove(snapshot, events.SNAPSHOT_DELETED, seen=seen)


@acts
def mail_comparison(*, actor: User, roadmap: Roadmap, since: Named, until: Named, people: Sequence[User]) -> None:
    """What moved on the roadmap between the moments is on its way to these people, each as they may see it when it leaves.

    Refused where one of them may not open the roadmap: they would be mailed about nothing. Mails are no acts, so no event tells of it.
    """
    must(can_write_everywhere(actor) and actor.rights.is_member, "A token made for one product, or for reading, cannot send mails.")
    if not 0 < len(people) <= MOST_PEOPLE:
        raise RuleBroken(f"Choose whom to tell: at most {MOST_PEOPLE} people.", "people")
    blind = [person.name for person in people if not Roadmap.objects.visible_to(person).filter(pk=roadmap.pk).exists()]
    if blind:
        raise RuleBroken(f"This roadmap is not theirs to open: {', '.join(sorted(blind))}. Share it first, or leave them out.", "people")
    span = {"since": [since[0].isoformat(), since[1]], "until": [until[0].isoformat(), until[1]], "sender": actor.pk}
    for person in sorted(people, key=lambda person: person.pk):
        post(LETTER, roadmap.pk, receiver=person.email, payload={**span, "reader": person.pk})


def take_due_snapshots() -> int:
    """Every roadmap with a schedule has a moment of the running week, month or quarter; answers how many were made now.

    It is named after the period and lies at its beginning in the organisation's zone, however late it is made: the record tells what was.
    """
    zone = Organisation.zone()
    due = [(row, began(row.snapshot_every, clock.today(zone))) for row in Roadmap.objects.alive().scheduled()]
    there = set(Snapshot._base_manager.filter(roadmap__in=[row for row, _ in due]).values_list("roadmap_id", "period"))
    return sum(_take(row, first, zone) for row, first in due if (row.pk, first) not in there)


def _take(roadmap: Roadmap, first: date, zone: str) -> bool:
    name, at = called(roadmap.snapshot_every, first), moment_of(first, zone)
    named = Snapshot._base_manager.filter(roadmap=roadmap, name=name, deleted_at=None)
    if named.exists():  # somebody gave another moment this very name
        name = f"{name}, by schedule"
    with act(None):
        insert(Snapshot(roadmap=roadmap, name=name, at=at, period=first), events.SNAPSHOT_CREATED)
    return True

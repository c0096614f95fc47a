"""Every write of a share link, and the note that one was opened."""

import hashlib
import hmac
import re
import time
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from core import clock
from core.acts import acts, write_lock
from core.exceptions import OutOfSight, RuleBroken
from core.models import Organisation, RateWindow, User
from core.permissions import can_write_everywhere, must
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.models import Audience, LinkVisit, Roadmap, ShareLink
from roadmaps.permissions import can_change_roadmap

MOST, MOST_PAGES = 50, 10
ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
LEAST_PASSWORD = 8
WINDOW, TRIES, TRIES_OF_ALL = 300, 10, 100  # seconds; passwords tried in them from one place, and from everywhere
ANSWERS, ANSWERS_OF_ALL = 10, 100  # what is said in as many seconds, counted likewise
KEPT = timedelta(days=90)  # a visit's note
REFUSAL = "Only its owner may share this roadmap. Keep one of your own instead."


@acts
def create_link(
    *, actor: User, roadmap: Roadmap, audience: Audience, title: str = "", ends_on: date | None = None, password: str = "",
    embeds: list[str] | None = None, takes_answers: bool = True,
) -> tuple[ShareLink, str]:  # fmt: skip
    """The roadmap is shown to who holds the address; the secret of it is answered this one time."""
    must(can_change_roadmap(actor, roadmap) and actor.rights.is_member and can_write_everywhere(actor), REFUSAL)
    if not Audience.objects.visible_to(actor).filter(pk=audience.pk).exists():
        raise OutOfSight("There is no such audience.")
    _check(ends_on, password, embeds or [])
    if ShareLink._base_manager.filter(roadmap=roadmap, deleted_at=None).count() >= MOST:
        raise RuleBroken(f"This roadmap has {MOST} links already. Revoke one that is not needed any more.")
    key, secret = ShareLink.fresh_secret()
    link = ShareLink(roadmap=roadmap, audience=audience, made_by=actor, title=title.strip() or roadmap.name, ends_on=ends_on)
    link.takes_answers = takes_answers
    link.key, link.digest, link.embeds = key, ShareLink.digest_of(secret), embeds or []
    link.password = make_password(password) if password else ""
    return insert(link, events.SHARE_LINK_CREATED), secret


@acts
def change_link(*, actor: User, link: ShareLink, takes_answers: bool, seen: int | None = None, merge: bool = True) -> ShareLink:
    """Visitors may say something to what they are shown, or no longer, from the next request on."""
    _must_own(actor, link)
    return update(link, {"takes_answers": takes_answers}, events.SHARE_LINK_CHANGED, seen=seen, merge=merge)


@acts
def revoke_link(*, actor: User, link: ShareLink, seen: int | None = None) -> ShareLink:
    """The address leads nowhere, from the next request on."""
    _must_own(actor, link)
    return remove(link, events.SHARE_LINK_REVOKED, seen=seen)


def try_password(link: ShareLink, password: str, source: str) -> bool:
    """Whether it is the link's password. RuleBroken where too many were tried lately, from there or from everywhere."""
    if not _take_turn(link, source, "link password", TRIES, TRIES_OF_ALL):
        raise RuleBroken("Too many passwords were tried. Wait five minutes and try again.", "password")
    return check_password(password, link.password)


def take_answer_turn(link: ShareLink, source: str) -> None:
    """One more thing is about to be said under the link. RuleBroken where too much was lately, from there or from everywhere."""
    if not _take_turn(link, source, "link answer", ANSWERS, ANSWERS_OF_ALL):
        raise RuleBroken("Too much was sent from here lately. Keep your words, wait five minutes and send them again.")


def note_visit(link: ShareLink, source: str) -> None:
    """The link was opened from there once more today: no event, because looking changes nothing."""
    day, now = Organisation.today(), clock.now()
    with write_lock():
        noted = LinkVisit._base_manager.filter(link=link, day=day, source=source)
        if not noted.update(count=F("count") + 1, last_at=now):
            LinkVisit._base_manager.bulk_create([LinkVisit(link=link, day=day, source=source, count=1, last_at=now)], ignore_conflicts=True)


def source_of(address: str) -> str:
    """What is kept of where a request comes from: another text every day, from which nobody gets the address back."""
    text = f"visit {Organisation.today().isoformat()} {address}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]


def forget_visits() -> int:
    """Notes of visits leave after three months; answers how many did."""
    return LinkVisit._base_manager.filter(day__lt=Organisation.today() - KEPT).delete()[0]


def _take_turn(link: ShareLink, source: str, kind: str, most: int, most_of_all: int) -> bool:
    """Count one more try in this window; whether it is none too many, from there and from everywhere."""
    now = int(time.time())
    with write_lock():
        of_source = RateWindow.reserve(f"{link.key} {source}", kind, now - now % WINDOW, 1)
        of_all = RateWindow.reserve(link.key, kind, now - now % WINDOW, 1)
    return of_source <= most and of_all <= most_of_all


def _must_own(actor: User, link: ShareLink) -> None:
    must(actor.pk == link.made_by_id and can_write_everywhere(actor), "You may change and revoke your own links only.")


def _check(ends_on: date | None, password: str, embeds: list[str]) -> None:
    if ends_on is not None and ends_on < Organisation.today():
        raise RuleBroken("The last day has passed already.", "ends_on")
    if password and len(password) < LEAST_PASSWORD:
        raise RuleBroken(f"A password has {LEAST_PASSWORD} characters at least.", "link_password")
    if len(embeds) > MOST_PAGES:
        raise RuleBroken(f"A link may stand in the pages of {MOST_PAGES} addresses at most.", "embeds")
    if wrong := [origin for origin in embeds if not isinstance(origin, str) or not ORIGIN.fullmatch(origin)]:
        raise RuleBroken(f"“{str(wrong[0])[:80]}” is no address of pages. Write it as https://www.example.com, without a path.", "embeds")
    if password and embeds:
        raise RuleBroken("What asks for a password cannot stand in another page: browsers keep nothing there.", "embeds")

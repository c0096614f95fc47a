"""What a share link leads to at this moment: its roadmap in the rights its maker has now, behind its audience's masks. Reads only."""

from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from django.http import QueryDict

from core.days import RoundedDay
from core.models import Organisation
from roadmaps.calendar import Entry, write
from roadmaps.looks import Look
from roadmaps.masks import MaskedLook
from roadmaps.models import Roadmap, ShareLink
from roadmaps.models.plan import Status


def link_of(key: str, secret: str) -> ShareLink | None:
    """The link of this address; None where it was revoked, has ended, or leads to what its maker may not open any more."""
    known = ShareLink.objects.for_sign_in().select_related("roadmap__product", "audience", "made_by")
    link = known.filter(key=key, deleted_at=None, roadmap__deleted_at=None, audience__deleted_at=None).first()
    if link is None or not link.matches(secret) or (link.ends_on is not None and link.ends_on < Organisation.today()):
        return None
    if not link.made_by.rights.is_active or not link.made_by.rights.is_member:
        return None
    return link if Roadmap.objects.visible_to(link.made_by).filter(pk=link.roadmap_id).exists() else None


def look_of(link: ShareLink, params: QueryDict) -> MaskedLook:
    """What its audience sees, laid out as `params` ask."""
    return MaskedLook(Look(link.made_by, QueryDict(), link.roadmap), link.audience, params, title=link.title, salt=link.key)


def calendar_of(look: MaskedLook, address: str) -> str:
    """The days of what is shown as an iCalendar file; `address` is where it is shown.

    Of a rounded day nothing but the end of its part of the year is known, so it stands there and says so in its title: "Pay by bank,
    by Q1 2027". As of today's beginning: when a row was changed is told to nobody outside.
    """
    as_of = datetime.combine(Organisation.today(), time(), UTC)
    entries = []
    for item in look.items:
        if day := item.target_date:
            title = f"{item.title}, by {day}" if isinstance(day, RoundedDay) else item.title
            plain, is_done = date.fromordinal(day.toordinal()), item.status == Status.SHIPPED
            uid, text = f"{item.pk}@{urlsplit(address).hostname}", item.get_status_display()
            entries.append(Entry(uid, plain, plain, title, text, address, as_of, is_done))
    return write(look.title, sorted(entries, key=lambda entry: (entry.first, entry.title, entry.uid)))

"""The letters roadmaps send: written when they leave, in their reader's rights and zone of then."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.models import Organisation, User
from core.registry import Letter, register_letter
from roadmaps.looks import Look
from roadmaps.models import Roadmap
from roadmaps.moments import Moment, compare_moments
from roadmaps.services.snapshots import LETTER

SHOWN = 40  # lines of each kind; the page has them all


def what_moved(ref: int, *, since: list[str], until: list[str], sender: int, reader: int) -> Letter | None:
    """What moved on a roadmap between two moments (time, name); None where the reader may not open it any more."""
    user = User.objects.filter(pk=reader, is_active=True, deleted_at=None).first()
    roadmap = Roadmap.objects.visible_to(user).select_related("product").filter(pk=ref).first() if user else None
    if user is None or roadmap is None:
        return None
    look = Look(user, QueryDict(), roadmap)
    if look.is_hidden:
        return None
    first, second = (Moment(datetime.fromisoformat(at), name) for at, name in (since, until))
    span = urlencode({"from": first.at.isoformat(), "to": second.at.isoformat()})
    context = {
        "roadmap": roadmap, "since": first, "until": second, "comparison": compare_moments(look, first.at, second.at),
        "zone": Organisation.zone(), "base": settings.PUBLIC_BASE_URL, "shown": SHOWN, "sender": User.objects.get(pk=sender),
        "address": f"{reverse('roadmap-comparison', args=[roadmap.pk])}?{span}",
    }  # fmt: skip
    with timezone.override(user.timezone):
        text = render_to_string("roadmaps/mail/what_moved.txt", context)
    return Letter(user.email, f"{roadmap.name}: what moved", text)


register_letter(LETTER, what_moved)

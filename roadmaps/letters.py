"""The letters roadmaps send: written when they leave, in their reader's rights and zone of then."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.models import Organisation, User
from core.registry import Letter, register_ending, register_letter
from core.unsubscribing import headers_for, link_for
from roadmaps.looks import Look
from roadmaps.models import Roadmap, RoadmapSubscription
from roadmaps.moments import Moment, compare_moments
from roadmaps.services import unsubscribe_from_roadmap
from roadmaps.services.snapshots import LETTER

SHOWN = 40  # lines of each kind; the page has them all


def what_moved(ref: int, *, since: list[str], until: list[str], reader: int, sender: int | None = None) -> Letter | None:
    """What moved on a roadmap between two moments (time, name), sent by somebody or by subscription; None where the reader may not open it
    any more, or subscribes to it no more or to what did not move.
    """
    user = User.objects.filter(pk=reader, is_active=True, deleted_at=None).first()
    roadmap = Roadmap.objects.visible_to(user).select_related("product").filter(pk=ref).first() if user else None
    if user is None or roadmap is None:
        return None
    look = Look(user, QueryDict(), roadmap)
    if look.is_hidden or (sender is None and not RoadmapSubscription.objects.visible_to(user).filter(roadmap=roadmap).exists()):
        return None
    first, second = (Moment(datetime.fromisoformat(at), name) for at, name in (since, until))
    span = urlencode({"from": first.at.isoformat(), "to": second.at.isoformat()})
    comparison, about = compare_moments(look, first.at, second.at), f"moved:{roadmap.pk}"
    if sender is None and comparison.is_still:
        return None
    context = {
        "roadmap": roadmap, "since": first, "until": second, "comparison": comparison, "zone": Organisation.zone(),
        "base": settings.PUBLIC_BASE_URL, "shown": SHOWN, "leave": link_for(user, about),
        "sender": User.objects.get(pk=sender) if sender is not None else None,
        "address": f"{reverse('roadmap-comparison', args=[roadmap.pk])}?{span}",
    }  # fmt: skip
    with timezone.override(user.timezone):
        text = render_to_string("roadmaps/mail/what_moved.txt", context)
    return Letter(user.email, f"{roadmap.name}: what moved", text, headers_for(user, about) if sender is None else {})


register_letter(LETTER, what_moved)
register_ending("moved", lambda actor, ref: unsubscribe_from_roadmap(actor=actor, roadmap_id=int(ref)))

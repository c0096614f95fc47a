"""What a share link leads to at this moment: its roadmap in the rights its maker has now, behind its audience's masks. Reads only."""

from django.http import QueryDict

from core.models import Organisation
from roadmaps.looks import Look
from roadmaps.masks import MaskedLook
from roadmaps.models import Roadmap, ShareLink


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

"""Taking in what visitors say under a share link. Who they say they are was checked by nobody."""

from collections.abc import Sequence

from core.acts import Because, act
from core.exceptions import NotAllowed
from core.sql import lock_name
from core.writes import insert
from feedback import events
from feedback.models import Feedback, Requester
from feedback.services.submissions import new_message, tidy_text, title_of
from roadmaps.models import Feature, ShareLink

SOURCE = "roadmap"


def receive_feedback(
    *, link: ShareLink, item: str, features: Sequence[Feature], text: str, name: str = "", email: str = "", nonce: str = ""
) -> Feedback:
    """A new message in the inbox, of the features' product where it is one; done by nobody, because of the link.

    Said to one feature it is about that one: a hint for who sorts it. Demand rises once they link it, never by what is typed outside.
    The same `nonce` again makes no other message.
    """
    if not link.takes_answers:
        raise NotAllowed("Nothing can be said under this link.")
    with act(None, because=Because("roadmaps.sharelink", link.pk, f"what was written under the link “{link.title}”")):
        lock_name(f"said:{nonce}")
        said = Feedback.objects.filter(source=SOURCE, source_id=nonce, link=link).first() if nonce else None
        if said is not None:
            return said
        products = {feature.product_id: feature.product for feature in features}
        values = {
            "source": SOURCE, "source_id": nonce or None, "link": link, "text": (text := tidy_text(text)),
            "title": f"{title_of(text)} – {item}"[: Feedback._meta.get_field("title").max_length],
            "about": features[0] if len(features) == 1 else None,
            "product": next(iter(products.values())) if len(products) == 1 else None,
        }  # fmt: skip
        return insert(new_message(values, _who(name, email), None), events.FEEDBACK_SUBMITTED)


def _who(name: str, email: str) -> Requester | None:
    """Who says they write: the person of the address as they are known, to whom nothing is added, else a new one; nobody without either."""
    name, email = " ".join(name.split()), email.strip().lower()
    lock_name(f"requester:{email or name}")  # two who are new and say the same address are one, and neither is told
    known = Requester.objects.filter(email=email, deleted_at=None).select_related("account").first() if email else None
    if known is not None or not (name or email):
        return known
    return insert(Requester(name=name, email=email), events.REQUESTER_CREATED)

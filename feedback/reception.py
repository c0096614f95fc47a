"""What visitors of a shared roadmap say to its items arrives in the inbox."""

from feedback.forms import VisitorForm
from feedback.services import receive_feedback
from roadmaps.reception import Reception, Said, register_reception

PROMISE = (
    "The people who plan this read what you write; it is published nowhere. Your name and your address are for them alone: so that they "
    "know who asks, and can write back to you."
)


def _receive(said: Said) -> None:
    receive_feedback(link=said.link, item=said.item, features=said.features, nonce=said.nonce, **said.values)


register_reception(Reception(VisitorForm, PROMISE, _receive))

"""Letting people in."""

from datetime import timedelta

from core import clock, events
from core.acts import acts
from core.deliveries import post
from core.exceptions import OutOfSight, RuleBroken
from core.models import Invitation, Role, User
from core.permissions import can_administer, must
from core.registry import beginnings
from core.services.people import create_user
from core.writes import insert, remove, update

VALID = timedelta(days=7)
ADMINISTRATORS = "Only administrators may invite people."


@acts
def invite(*, actor: User | None, email: str, role: str = Role.CONTRIBUTOR) -> Invitation:
    """An invitation, and a letter with its link on the way. `actor` is nobody where who runs the installation lets people in."""
    must(actor is None or can_administer(actor), ADMINISTRATORS)
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        raise RuleBroken("Somebody with this address is here already, or was. You find them under People.", "email")
    invitation = insert(Invitation(email=address, role=role, invited_by=actor, expires_at=clock.now() + VALID), events.INVITATION_SENT)
    post("invitation", invitation.pk, receiver=address)
    return invitation


@acts
def send_again(*, actor: User | None, invitation: Invitation) -> Invitation:
    """A new letter with a new link is on the way; older links lead nowhere."""
    must(actor is None or can_administer(actor), ADMINISTRATORS)
    _must_wait(invitation)
    values = {"round": invitation.round + 1, "expires_at": clock.now() + VALID}
    sent = update(invitation, values, events.INVITATION_SENT, seen=invitation.version, merge=False)
    post("invitation", sent.pk, receiver=sent.email)
    return sent


@acts
def withdraw(*, actor: User, invitation: Invitation) -> None:
    """The link leads nowhere, from the next request on."""
    must(can_administer(actor), ADMINISTRATORS)
    _must_wait(invitation)
    remove(invitation, events.INVITATION_WITHDRAWN)


@acts
def accept_invitation(*, actor: User | None, token: str, name: str, password: str) -> User:
    """The person is here, and the link is used up. `actor` is nobody: the link is what lets them in.

    The first person of an installation finds what every app begins with.
    """
    invitation = Invitation.of_token(token)
    if invitation is None:
        raise OutOfSight("This invitation leads nowhere any more.")
    # First, so that of two who follow one link at the same moment the second finds it used.
    update(invitation, {"accepted_at": clock.now()}, events.INVITATION_ACCEPTED, seen=invitation.version, merge=False)
    if not User._base_manager.exists():
        for begin in beginnings:
            begin()
    return create_user(actor=None, email=invitation.email, name=name, role=invitation.role, password=password)


def _must_wait(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise RuleBroken("This invitation was accepted already.")

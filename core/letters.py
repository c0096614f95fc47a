"""The letters core sends. Their links are made when they are sent, from PUBLIC_BASE_URL, and are kept nowhere."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from core.models import Invitation, Organisation, User
from core.registry import Letter, register_letter


def invitation(ref: int) -> Letter | None:
    """The way in, for an invitation that is still open."""
    found = Invitation.objects.select_related("invited_by").get(pk=ref)
    if not found.is_open:
        return None
    organisation = Organisation.objects.values_list("name", flat=True).get(pk=1)
    context = {"invitation": found, "organisation": organisation, "link": invitation_link(found)}
    return Letter(found.email, f"{organisation} invites you to Waymark", render_to_string("core/mail/invitation.txt", context))


def invitation_link(found: Invitation) -> str:
    """The address that lets the invited person in, once."""
    return settings.PUBLIC_BASE_URL + reverse("invitation-acceptance", args=[found.token])


def password_reset(ref: int) -> Letter | None:
    """A link to choose a new password, for somebody who can sign in."""
    person = User.objects.filter(pk=ref, is_active=True, deleted_at=None).first()
    if person is None:
        return None
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    context = {"password_reset_url": get_adapter().get_reset_password_from_key_url(key)}
    subject = render_to_string("account/email/password_reset_key_subject.txt").strip()
    text = render_to_string("account/email/password_reset_key_message.txt", context).strip()
    return Letter(person.email, f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", text)


register_letter("invitation", invitation)
register_letter("password reset", password_reset)

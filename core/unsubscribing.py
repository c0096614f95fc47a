"""The link in a mail that ends mails of its kind, for whoever holds the mail: signed, so that it needs no sign-in and cannot be guessed."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from core.models import User

SALT = "unsubscribe"


@dataclass(frozen=True)
class Leaving:
    """Whose mails of what are to end: `about` is `view:12` or `news:own,comment`."""

    user: User
    about: str


def token_for(user: User, about: str) -> str:
    """What the link carries."""
    return signing.Signer(salt=SALT).sign_object([user.pk, about])


def link_for(user: User, about: str) -> str:
    """The address, for the foot of a mail."""
    return settings.PUBLIC_BASE_URL + reverse("unsubscription", args=[token_for(user, about)])


def headers_for(user: User, about: str) -> dict[str, str]:
    """What lets a mail program offer it as a button (RFC 8058)."""
    return {"List-Unsubscribe": f"<{link_for(user, about)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read_token(token: str) -> Leaving | None:
    """Whom and what a link stands for; None for every link that was not made here, and where there is nobody any more."""
    try:
        pk, about = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.for_sign_in().filter(pk=pk).first()
    return Leaving(user, about) if user is not None else None

"""How allauth serves Waymark: people come by invitation, addresses are links of the configured host."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.urls import reverse

from core import deliveries
from core.models import User
from core.prepared import prepared


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; links in mails are built from PUBLIC_BASE_URL, never from a request's Host header."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_BASE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Queue the mail: no request waits for a mail server, and one to an unknown address takes as long as one to a known."""
        letter = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        deliveries.post("sign-in", None, receiver=email, payload={"subject": letter.subject, "text": letter.body})

    def send_password_reset_mail(self, user, email: str, context: dict) -> None:
        """Queue the letter by its name: its link is made when it is sent."""
        deliveries.post("password reset", user.pk, receiver=email)


person_of = prepared(lambda pk: User.objects.for_sign_in().with_reach().order_by().filter(pk=pk))


class SignInBackend(AuthenticationBackend):
    """Whom a session belongs to: nobody once the person was deactivated or removed."""

    def get_user(self, user_id):
        return next(iter(person_of(user_id)), None)

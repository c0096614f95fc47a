"""How allauth serves Waymark: people come by invitation, addresses are links of the configured host."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.urls import reverse

from core.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; links in mails are built from PUBLIC_BASE_URL, never from a request's Host header."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_BASE_URL + path.replace("UID-KEY", key)


class SignInBackend(AuthenticationBackend):
    """Whom a session belongs to: nobody once the person was deactivated or removed."""

    def get_user(self, user_id):
        return User.objects.for_sign_in().filter(pk=user_id).first()

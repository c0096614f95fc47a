"""Who is asking: a program by its token, or a person's browser by its session."""

import re
from datetime import timedelta

from django.db.models import Q
from rest_framework import authentication, exceptions, permissions

from core import clock
from core.acts import write_lock
from core.models import ApiToken, User
from core.permissions import can_write
from core.prepared import prepared

TOKEN = re.compile(r"^pf_([0-9a-f]{12})\.([A-Za-z0-9_-]{43})$")
REFUSED = "This token is unknown, expired or revoked. Make a new one in your settings."


tokens_by = prepared(lambda key: ApiToken.objects.for_sign_in().order_by().filter(key=key))


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer pf_<key>.<secret>`. A request that carries the header is judged by it alone: cookies are ignored."""

    def authenticate(self, request):
        given = request.headers.get("Authorization")
        if given is None:
            return None
        scheme, _, text = given.partition(" ")
        found = TOKEN.match(text.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise exceptions.AuthenticationFailed("Send your token as: Authorization: Bearer pf_<key>.<secret>")
        key, secret = found.groups()
        token = next(iter(tokens_by(key)), None)
        if token is None or not token.matches(secret) or not token.is_usable():
            raise exceptions.AuthenticationFailed(REFUSED)
        _note_use(token)
        token.user.token, token.user.reach = token, token.reach
        return token.user, token

    def authenticate_header(self, request):
        return 'Bearer realm="Waymark API"'


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in person's browser; unsafe methods need the CSRF token as the pages' forms do."""

    def authenticate_header(self, request):
        return 'Bearer realm="Waymark API"'


class IsSignedIn(permissions.BasePermission):
    """Active people and their tokens; a token without the scope `write` may use safe methods only."""

    message = "This token may only read. Use one with the scope “write”."

    def has_permission(self, request, view):
        user = request.user
        if not isinstance(user, User) or not user.rights.is_active:
            raise exceptions.NotAuthenticated("Sign in, or send a token: Authorization: Bearer pf_<key>.<secret>")
        return request.method in permissions.SAFE_METHODS or can_write(user)


def _note_use(token: ApiToken) -> None:
    """Keep when the token was last used, to five minutes; an act would make every read a write."""
    step = timedelta(seconds=ApiToken.LAST_USED_STEP)
    now = clock.now()
    if token.last_used_at is not None and now - token.last_used_at < step:
        return
    with write_lock():
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - step)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)

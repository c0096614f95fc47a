"""Keys by which programs act for people."""

from collections.abc import Collection
from datetime import datetime

from django.utils.text import slugify

from core import clock, events
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import ApiToken, Product, User
from core.permissions import can_administer, must, must_see
from core.writes import insert, remove


@acts
def create_token(
    *, actor: User, user: User, name: str, scopes: Collection[str], product: Product | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token and, this one time, its text `pf_<key>.<secret>`."""
    must(actor == user or can_administer(actor), "You may make tokens for yourself only.")
    if unknown := set(scopes) - set(ApiToken.Scope.values):
        raise RuleBroken(f"Unknown scope {', '.join(sorted(unknown))}. Known are: {', '.join(ApiToken.Scope.values)}.", "scopes")
    if not scopes:
        raise RuleBroken("A token needs at least one scope.", "scopes")
    if expires_at is not None and expires_at <= clock.now():
        raise RuleBroken("The end of the token lies in the past.", "expires_at")
    must_see(user, product)
    key, secret = ApiToken.fresh_secret()
    digest = ApiToken.digest_of(secret)
    token = ApiToken(user=user, name=name.strip() or slugify(key), key=key, digest=digest, scopes=sorted(set(scopes)), product=product)
    token.expires_at = expires_at
    return insert(token, events.TOKEN_CREATED), f"pf_{key}.{secret}"


@acts
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """The token works no longer, from the next request on."""
    must(actor.pk == token.user_id or can_administer(actor), "You may revoke your own tokens only.")
    remove(token, events.TOKEN_REVOKED)

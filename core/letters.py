"""The letters core sends. Their links are made when they are sent, from PUBLIC_BASE_URL, and are kept nowhere."""

from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core import history
from core.digests import digest_of, rows_of_view
from core.models import Invitation, Notification, Organisation, User, ViewDigest, Way
from core.registry import Letter, register_letter
from core.reports import Thing, news_of, things_of
from core.unsubscribing import headers_for, link_for


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


def view_digest(ref: int) -> Letter | None:
    """What changed in a view a person subscribed to, in their rights and zone of now; None where nothing of it is theirs any more."""
    made = ViewDigest.objects.select_related("subscription__user", "subscription__view__product").filter(pk=ref).first()
    if made is None or not made.subscription.user.is_active:
        return None
    user, view = made.subscription.user, made.subscription.view
    if rows_of_view(view, user) is None:
        return None
    digest = digest_of(view, user, made.before, made.after, made.since, made.until)
    about = f"view:{view.pk}"
    context = {"view": view, "digest": digest, "base": settings.PUBLIC_BASE_URL, "leave": link_for(user, about), "day": made.day}
    with timezone.override(user.timezone):
        text = render_to_string("core/mail/view_digest.txt", context)
    return Letter(user.email, f"{view.name}: what changed", text, headers_for(user, about)) if digest else None


def news(ref: int) -> Letter | None:
    """The lines of one mail, in the reader's rights and zone of now; None where nothing of it is theirs to see any more."""
    lines = Notification.objects.filter(mailed=ref).select_related("user", "actor", "comment", "product").order_by("at", "pk")
    user = lines[0].user if lines else None
    if user is None or not user.is_active or user.deleted_at is not None:
        return None
    things = things_of(news_of(user, lines & Notification.objects.visible_to(user)))
    if not things:
        return None
    told = [one.line for thing in things for one in thing.news]
    about = "news:" + ",".join(sorted({line.kind for line in told}))
    context = {
        "things": [(thing, _changes(user, thing)) for thing in things],
        "base": settings.PUBLIC_BASE_URL,
        "leave": link_for(user, about),
    }
    with timezone.override(user.timezone):
        text = render_to_string("core/mail/news.txt", context)
    if told[0].mail == Way.DIGEST:
        return Letter(user.email, f"{len(told)} thing{'s' if len(told) > 1 else ''} that happened", text, headers_for(user, about))
    return Letter(user.email, things[0].label, text, headers_for(user, about) | threaded(things[0].subject))


def threaded(subject: str) -> dict[str, str]:
    """What makes a mail program show all mails about one thing together: each answers the same mail, which was never sent."""
    root = f"<{subject.replace(':', '-')}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}>"
    return {"In-Reply-To": root, "References": root}


def _changes(user: User, thing: Thing) -> list[history.Entry]:
    """What changed in the thing, where its lines tell of changes."""
    lines = [one.line for one in thing.news if one.line.comment_id is None]
    if not lines:
        return []
    model, pk = apps.get_model(lines[0].subject_type), lines[0].subject_id
    since, until = min(line.since for line in lines) - 1, max(line.event for line in lines)
    return history.between(model, {pk}, since, until, user).get(pk, [])


register_letter("news", news)
register_letter("view digest", view_digest)
register_letter("invitation", invitation)
register_letter("password reset", password_reset)

"""Live fields: `{{ feature.score }}` in a document shows what holds when it is read, as far as the reader may see it."""

import re
from collections.abc import Callable

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render
from core.models import User
from core.templatetags.waymark import money, number, short_date
from roadmaps.effort import say_effort
from roadmaps.models import Feature

FIELD = re.compile(r"\{\{\s*([a-z]+(?:\.[a-z]+)?)\s*\}\}")
TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')  # nh3 quotes every attribute with "
BLANK = "blank"


def _demand(feature: Feature, user: User) -> str:
    return money(feature.demand_revenue) if user.rights.sees("revenue") else "not shown to you"


# Name → (what it is, its value for a reader).
FIELDS: dict[str, tuple[str, Callable[[Feature, User], str]]] = {
    "feature.key": ("Key of the feature", lambda f, user: f.key),
    "feature.title": ("Title of the feature", lambda f, user: f.title),
    "feature.stage": ("Stage it is in", lambda f, user: f.stage.name),
    "feature.owner": ("Who owns it", lambda f, user: f.owner.name if f.owner else ""),
    "feature.score": ("Score", lambda f, user: number(f.score)),
    "feature.effort": ("Effort in person-weeks", lambda f, user: say_effort(f.effort_low, f.effort_likely, f.effort_high)),
    "feature.start": ("Start date", lambda f, user: short_date(f.start_date)),
    "feature.target": ("Target date", lambda f, user: short_date(f.target_date)),
    "feature.release": ("Release", lambda f, user: str(f.release.version_name) if f.release else ""),
    "demand.people": ("People who asked", lambda f, user: str(f.demand_people)),
    "demand.accounts": ("Accounts that asked", lambda f, user: str(f.demand_accounts)),
    "demand.revenue": ("Revenue of these accounts", _demand),
}


def render_live(text: str, feature: Feature, user: User) -> SafeString:
    """The Markdown as safe HTML with its live fields filled in for this reader; an unknown field stays as it was written."""
    pieces = TAG.split(render(text))
    shown = [piece if place % 2 else FIELD.sub(lambda found: _field(found, feature, user), piece) for place, piece in enumerate(pieces)]
    return mark_safe("".join(shown))  # noqa: S308 - tags are nh3's, values escaped


def _field(found: re.Match, feature: Feature, user: User) -> str:
    known = FIELDS.get(found[1])
    if known is None:
        return found[0]
    label, read = known
    return format_html('<span class="live" title="{}, as of now">{}</span>', label, read(feature, user) or BLANK)

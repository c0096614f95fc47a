"""Live fields: `{{ feature.score }}` in a document shows what holds when it is read, as far as the reader may see it."""

import re
from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render
from core.models import User
from core.templatetags.waymark import money, number, short_date
from feedback.reports import quotes_of
from roadmaps.dependencies import Dates, broken
from roadmaps.effort import say_effort
from roadmaps.models import Dependency, Feature

FIELD = re.compile(r"\{\{\s*([a-z]+(?:\.[a-z]+)?)\s*\}\}")
BLOCK = re.compile(r"<p>\{\{\s*([a-z]+)(?:\s+top=([1-9][0-9]?))?\s*\}\}</p>")  # a field that is a paragraph of its own
TOP = 3  # how many where the field does not say
TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')  # nh3 quotes every attribute with "
BLANK = "blank"


def _revenue(feature: Feature, user: User) -> str:
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
    "feature.release": ("Release", lambda f, user: f.release.version_name if f.release else ""),
    "demand.people": ("People who asked", lambda f, user: str(f.demand_people)),
    "demand.accounts": ("Accounts that asked", lambda f, user: str(f.demand_accounts)),
    "demand.revenue": ("Revenue of these accounts", _revenue),
}


def _evidence(feature: Feature, user: User, top: int) -> SafeString:
    """What people said, the weightiest first."""
    return render_to_string("documents/live_evidence.html", {"quotes": quotes_of(user, feature, top)})


def _dependencies(feature: Feature, user: User, top: int) -> SafeString:
    """What the feature waits for, when it needs it and when it comes."""
    rows = Dependency.objects.visible_to(user).scheduled().filter(successor=feature)
    rows = list(rows.select_related("predecessor").order_by("needed_by", "pk"))
    own = Dates(feature.start_date, feature.target_date)
    for row in rows:
        row.late = broken(row.kind, Dates(row.predecessor.start_date, row.predecessor.target_date), own, row.needed_by)
        row.needed = row.needed_by or feature.start_date
    return render_to_string("documents/live_dependencies.html", {"rows": rows})


BLOCKS: dict[str, tuple[str, Callable[[Feature, User, int], SafeString]]] = {
    "evidence": ("What people said, three of them", _evidence),
    "dependencies": ("What it waits for, as a table", _dependencies),
}


def choices() -> list[tuple[str, str]]:
    """(name, what it is) of every live field, for the editor's menu."""
    return [(name, label) for name, (label, _) in {**FIELDS, **BLOCKS}.items()]


def render_live(text: str, feature: Feature, user: User) -> SafeString:
    """The Markdown as safe HTML with its live fields filled in for this reader; an unknown field stays as it was written."""
    pieces = TAG.split(BLOCK.sub(lambda found: _block(found, feature, user), render(text)))
    shown = [piece if place % 2 else FIELD.sub(lambda found: _field(found, feature, user), piece) for place, piece in enumerate(pieces)]
    return mark_safe("".join(shown))  # noqa: S308 - tags are nh3's and our own, values escaped


def _block(found: re.Match, feature: Feature, user: User) -> str:
    known = BLOCKS.get(found[1])
    return found[0] if known is None else known[1](feature, user, int(found[2] or TOP))


def _field(found: re.Match, feature: Feature, user: User) -> str:
    known = FIELDS.get(found[1])
    if known is None:
        return found[0]
    label, read = known
    return format_html('<span class="live" title="{}, as of now">{}</span>', label, read(feature, user) or BLANK)

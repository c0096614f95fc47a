"""Filters and tags every template has at hand."""

import uuid
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.days import RoundedDay
from core.markdown import render
from core.markup import markup

register = template.Library()
SCORE = '<span class="score">{}{}</span>'
UPDATING = '<span class="score is-updating">{}{}<span class="sr">, updating</span></span>'
WHOLE, TENTH = Decimal(1), Decimal("0.1")
NO_SCORE = mark_safe('<span class="t3">no score</span>')


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as safe HTML."""
    return render(text or "")


@register.filter
def number(value, places: int = 1) -> str:
    """A number with a fixed count of decimals; blank stays blank."""
    return "" if value is None else f"{Decimal(str(value)):,.{places}f}"


@register.filter
def money(value, currency: str = "€") -> str:
    """Money at a glance: €2.46M, €412k, €980."""
    if value is None:
        return ""
    amount = Decimal(str(value))
    for size, unit in ((Decimal(1_000_000), "M"), (Decimal(1_000), "k")):
        if abs(amount) >= size:
            short = amount / size
            return f"{currency}{short:.2f}{unit}" if unit == "M" else f"{currency}{short:.0f}{unit}"
    return f"{currency}{amount:.0f}"


@register.filter
def trimmed(value) -> str:
    """A decimal without trailing zeros: 6, 7.5."""
    return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"


@register.simple_tag
def once() -> SafeString:
    """The field by which a form that makes something takes effect once, however often it is sent."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4().hex)


@register.simple_tag
@cache
def icon(name: str, size: str = "", tone: str = "") -> SafeString:
    """A picture of the sprite, for the eye alone: what it stands for is said beside it. A tag and not a component: pages show dozens."""
    kind = " ".join(["ico", *([size] if size else []), *([f"is-{tone}"] if tone else [])])
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', kind, static("vendor/icons.svg"), name)


@register.simple_tag
def score(of: Any, updating: bool | None = None, bare: bool = False) -> SafeString:
    """A feature's score as it is shown everywhere: how much of it is known, its value, or its range where blanks leave one.

    A tag and not a component: lists show hundreds, no two alike.
    """
    if updating is None:
        updating = of.score_rev < of.score_in
    if of.score is None:
        value = NO_SCORE
    elif of.score_completeness < 1:
        value = markup('<span class="range">{}–{}</span>', _rounded(of.score_low, WHOLE), _rounded(of.score_high, WHOLE))
    else:
        value = markup("<b>{}</b>", _rounded(of.score, TENTH))
    pips = "" if bare else _pips(of.score_completeness)
    return markup(UPDATING if updating else SCORE, pips, value)


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


@cache
def _pips(completeness: Decimal) -> str:
    return get_template("components/pips.html").render({"completeness": completeness})


@register.filter
def short_date(value: date | datetime | None) -> str:
    """A date as people write it: 27 Feb, with the year where it is not this one."""
    if value is None:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return say_day(day, timezone.localdate().year)


def say_day(day: date, this_year: int) -> str:
    """The day as people write it in this year; of a rounded one only the part of the year it lies in."""
    return str(day) if isinstance(day, RoundedDay) else _say_exact(day, this_year)


@lru_cache(maxsize=4096)
def _say_exact(day: date, this_year: int) -> str:
    return f"{day.day} {day:%b}" if day.year == this_year else f"{day.day} {day:%b %Y}"

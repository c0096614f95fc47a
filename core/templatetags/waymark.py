"""Filters and tags every template has at hand."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from core.markdown import render

register = template.Library()


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


@register.filter
def short_date(value: date | datetime | None) -> str:
    """A date as people write it: 27 Feb, with the year where it is not this one."""
    if value is None:
        return ""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    this_year = timezone.localdate().year
    return f"{day.day} {day:%b}" if day.year == this_year else f"{day.day} {day:%b %Y}"

"""What a calendar feed holds, as its person may see it now. Reads only."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from core.models import Organisation
from core.registry import subject_of
from roadmaps.calendar import Entry, write
from roadmaps.models import CalendarFeed, Feature, FreezePeriod, Release
from roadmaps.models.plan import Status

BEHIND, AHEAD = timedelta(days=366), timedelta(days=3 * 366)
MOST = 2_000  # of each kind


def calendar_of(feed: CalendarFeed) -> str:
    """The feed as an iCalendar file: releases, freezes and, where asked for, the days on which features are due."""
    today = Organisation.today()
    window = (today - BEHIND, today + AHEAD)
    of_it = Q(product=feed.product_id) | Q(product=None) if feed.product_id else Q()
    entries = _releases(feed, of_it, window) + _freezes(feed, of_it, window)
    if feed.has_features:
        entries += _features(feed, window)
    return write(feed.name, sorted(entries, key=lambda entry: (entry.first, entry.uid)))


def _releases(feed: CalendarFeed, of_it: Q, window) -> list[Entry]:
    rows = Release.objects.visible_to(feed.user).filter(of_it, day__range=window).select_related("product").order_by("day", "pk")
    return [
        _entry(row, row.day, row.day, f"{row.product.name if row.product else 'All products'}: {row}", row.get_state_display(),
               row.state != Release.State.PLANNED)
        for row in rows[:MOST]
    ]  # fmt: skip


def _freezes(feed: CalendarFeed, of_it: Q, window) -> list[Entry]:
    rows = FreezePeriod.objects.visible_to(feed.user).between(*window).filter(of_it).select_related("product")
    return [
        _entry(row, row.starts_on, row.ends_on, f"No releases: {row.reason}", row.product.name if row.product else "All products", True)
        for row in rows[:MOST]
    ]


def _features(feed: CalendarFeed, window) -> list[Entry]:
    rows = Feature.objects.visible_to(feed.user).canonical().filter(target_date__range=window)
    rows = rows.exclude(status__in=[Status.DECLINED, Status.RETIRED]).order_by("target_date", "pk")
    rows = rows.filter(product=feed.product_id) if feed.product_id else rows
    return [
        _entry(row, row.target_date, row.target_date, f"{row.key} {row.title}", row.get_status_display(), row.status == Status.SHIPPED)
        for row in rows[:MOST]
    ]


def _entry(row, first, last, title: str, text: str, is_firm: bool) -> Entry:
    subject, home = subject_of(row), settings.PUBLIC_BASE_URL.rstrip("/")
    uid = f"{row._meta.model_name}-{row.pk}@{urlsplit(home).hostname}"
    return Entry(uid, first, last, title, text, home + (subject.url(row) if subject.url else ""), row.updated_at, is_firm)

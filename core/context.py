"""What the shell needs on every page."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import reverse

from core import pulse
from core.models import Notification, Organisation, Product, SavedView
from core.registry import NavEntry, creations, nav_entries, settings_pages


@dataclass(frozen=True)
class Place:
    """A name and where it leads."""

    label: str
    url: str
    icon: str = ""
    current: bool = False


@dataclass(frozen=True)
class NavLine:
    """A line of the side navigation as shown to one person."""

    label: str
    url: str
    icon: str
    count: int | None
    current: bool
    foot: bool


def shell(request: HttpRequest) -> dict:
    """Organisation, navigation, product scope. Lazily read: a part of a page that shows no shell pays nothing."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"organisation": ""}
    parts = {
        "organisation": lambda: Organisation.objects.visible_to(user).values_list("name", flat=True).get(pk=1),
        "nav": lambda: [_line(entry, request) for entry in nav_entries if entry.shown(user)],
        "products": lambda: list(Product.objects.visible_to(user).filter(archived_at=None).order_by("name")),
        "scope": lambda: scope_of(request),
        "pulse_cursor": lambda: pulse.cursor(),
        "creations": lambda: [Place(new.label, reverse(new.url_name), new.icon) for new in creations if new.shown(user)],
        "pinned_views": lambda: [Place(view.name, view.get_absolute_url()) for view in SavedView.objects.visible_to(user).pinned_by(user)],
        "unread_notifications": lambda: Notification.objects.visible_to(user).unread().count(),
        "settings_groups": lambda: settings_groups(request),
    }
    return {name: cache(read) for name, read in parts.items()}  # templates ask more than once


def settings_groups(request: HttpRequest) -> list[tuple[str, list[Place]]]:
    """The pages under Settings that this person may use, by group."""
    groups: dict[str, list[Place]] = {}
    for page in settings_pages:
        if page.shown(request.user):
            url = reverse(page.url_name)
            groups.setdefault(page.group, []).append(Place(page.label, url, current=request.path.startswith(url)))
    return list(groups.items())


def scope_of(request: HttpRequest) -> Product | None:
    """The product everything is narrowed to, remembered per person; None: all they see."""
    if not hasattr(request, "_scope"):
        chosen = request.user.scope_id
        request._scope = Product.objects.visible_to(request.user).filter(pk=chosen).first() if chosen else None
    return request._scope


def _line(entry: NavEntry, request: HttpRequest) -> NavLine:
    current = any(request.path == p or (p != "/" and request.path.startswith(p)) for p in entry.prefixes)
    count = entry.count(request.user) if entry.count else None
    return NavLine(entry.label, reverse(entry.url_name), entry.icon, count, current, entry.foot)

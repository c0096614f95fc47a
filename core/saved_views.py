"""The saved views of a list page as its tabs."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from core.models import SavedView
from core.services.saved_views import PASSING


@dataclass(frozen=True)
class Tab:
    """One tab: the whole list, or a view. `is_changed` where the page shows the view with something else set."""

    label: str
    url: str
    current: bool
    view: SavedView | None = None
    is_changed: bool = False


@dataclass(frozen=True)
class Tabs:
    """The tabs over a list, and what a new view would keep. For templates/components/viewtabs.html."""

    page: str
    query: str
    tabs: list[Tab]

    @property
    def current(self) -> Tab | None:
        return next((tab for tab in self.tabs if tab.current and tab.view), None)


def tabs_for(request: HttpRequest, page: str) -> Tabs:
    """All, and the person's own views of this page; the open one is named by `view` in the address."""
    values = request.GET.copy()
    opened = values.get("view", "")
    for name in PASSING:
        values.pop(name, None)
    query, views = values.urlencode(), SavedView.objects.visible_to(request.user).filter(page=page)
    tabs = [
        Tab(view.name, view.get_absolute_url(), str(view.pk) == opened, view, str(view.pk) == opened and query != view.query)
        for view in views
    ]
    return Tabs(page, query, [Tab("All", reverse(page), not any(tab.current for tab in tabs)), *tabs])

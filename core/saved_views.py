"""The saved views of a list page as its tabs."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
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


@dataclass
class Tabs:
    """The tabs over a list, and what a new view would keep. For templates/components/viewtabs.html.

    `views` are read when they are shown: a part of the page that is swapped does without them.
    """

    page: str
    query: str
    opened: str
    views: QuerySet[SavedView]

    @cached_property
    def tabs(self) -> list[Tab]:
        """All, and the views."""
        mine = [self._tab(view, str(view.pk) == self.opened) for view in self.views]
        return [Tab("All", reverse(self.page), not any(tab.current for tab in mine)), *mine]

    @property
    def current(self) -> Tab | None:
        return next((tab for tab in self.tabs if tab.current and tab.view), None)

    def _tab(self, view: SavedView, is_open: bool) -> Tab:
        return Tab(view.name, view.get_absolute_url(), is_open, view, is_open and self.query != view.query)


def tabs_for(request: HttpRequest, page: str, **lasting: str) -> Tabs:
    """All, and the person's own views of this page; the open one is named by `view` in the address.

    `lasting` are parameters as a view should keep them, in place of those of the address.
    """
    values = request.GET.copy()
    for name, value in lasting.items():
        if values.get(name):
            values[name] = value
    opened = values.get("view", "")
    for name in PASSING:
        values.pop(name, None)
    return Tabs(page, values.urlencode(), opened, SavedView.objects.visible_to(request.user).filter(page=page))

"""The saved views of a list page as its tabs, and the one it opens with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from core.context import scope_of
from core.models import Product, SavedView, ViewSubscription
from core.permissions import can_change_view, can_share_views
from core.registry import list_pages
from core.services.saved_views import PASSING

ALL = "all"  # of `view` in an address: the whole list was asked for, whatever it opens with


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

    The views are read when they are shown: a part of the page that is swapped does without them.
    """

    page: str
    query: str
    opened: str
    user: Any
    scope: Product | None

    @cached_property
    def views(self) -> list[SavedView]:
        """All views of this page in reach."""
        rows = SavedView.objects.visible_to(self.user).with_mine(self.user)
        return list(rows.filter(page=self.page).select_related("owner", "product"))

    @cached_property
    def tabs(self) -> list[Tab]:
        """All; one's own, what one pinned, what the list opens with, and what is open."""
        near = [self._tab(view) for view in self.views if self._is_near(view)]
        is_led = any(view.is_default and self._is_of_scope(view) for view in self.views)
        all_url = reverse(self.page) + (f"?view={ALL}" if is_led else "")
        return [Tab("All", all_url, not any(tab.current for tab in near)), *near]

    @cached_property
    def others(self) -> list[Tab]:
        """What others share, beside the tabs: of the organisation, and of the product everything is narrowed to, or of all."""
        rows = [view for view in self.views if self.scope is None or view.product_id is None or self._is_of_scope(view)]
        return [self._tab(view) for view in rows if not self._is_near(view)]

    @property
    def current(self) -> Tab | None:
        return next((tab for tab in self.tabs if tab.current and tab.view), None)

    @property
    def can_change(self) -> bool:
        """Whether the open view is this person's to change."""
        return self.current is not None and self.current.view is not None and can_change_view(self.user, self.current.view)

    @property
    def can_subscribe(self) -> bool:
        """Whether the rows of this list can be sent by mail."""
        return self.page in list_pages

    @property
    def cadences(self) -> list[tuple[str, str]]:
        """How often a view may be sent."""
        return ViewSubscription.Cadence.choices

    @property
    def can_share(self) -> bool:
        return can_share_views(self.user)

    def _is_of_scope(self, view: SavedView) -> bool:
        return self.scope is not None and view.product_id == self.scope.pk

    def _is_near(self, view: SavedView) -> bool:
        is_first = view.is_default and self._is_of_scope(view)
        return view.owner_id == self.user.pk or view.is_pinned or is_first or str(view.pk) == self.opened

    def _tab(self, view: SavedView) -> Tab:
        is_open = str(view.pk) == self.opened
        return Tab(view.name, view.get_absolute_url(), is_open, view, is_open and self.query != view.query)


def tabs_for(request: HttpRequest, page: str, **lasting: str) -> Tabs:
    """The views of this page as tabs; the open one is named by `view` in the address.

    `lasting` are parameters as a view should keep them, in place of those of the address.
    """
    values = request.GET.copy()
    for name, value in lasting.items():
        if values.get(name):
            values[name] = value
    opened = values.get("view", "")
    for name in PASSING:
        values.pop(name, None)
    return Tabs(page, values.urlencode(), opened, request.user, scope_of(request))


def opens_with_view(page: str) -> Callable:
    """Have a list page open with the view its product's editors chose, where everything is narrowed to that product and the address
    says nothing else."""

    def around(show: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(show)
        def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            scope = None if request.GET or request.htmx else scope_of(request)
            if scope is not None:
                views = SavedView.objects.visible_to(request.user).filter(product=scope, page=page, is_default=True)
                if (view := views.first()) is not None and not hides(view, request.user):
                    return redirect(address_of(view))
            return show(request, *args, **kwargs)

        return opened

    return around


def address_of(view: SavedView) -> str:
    """The list as the view keeps it."""
    return f"{reverse(view.page)}?{view.query}{'&' if view.query else ''}view={view.pk}"


def hides(view: SavedView, user: Any) -> bool:
    """Whether the view asks for something that is gone or out of this person's sight: its very words would tell of it."""
    page = list_pages.get(view.page)
    return page is not None and page.hides(user, QueryDict(view.query))

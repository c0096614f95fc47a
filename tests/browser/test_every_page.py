"""Every page of the URL table in a browser: accessible in both themes, at home on a phone, without a fault; filled and empty."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.architecture.access import Line, lines
from tests.browser.conftest import watched_page
from tests.browser.look import findings, wide_and_light
from tests.browser.world import is_page
from tests.installation import installation

pytestmark = pytest.mark.browser

# Routes that answer data, a file or a part of a page, or lead elsewhere.
NO_PAGES = {
    "healthz", "readyz", "prometheus", "pulse", "comment", "view", "settings", "tile", "roadmap", "NoSuchAddress",
    "feature-rows", "feature-facts", "feedback-lines", "feedback-similar", "feedback-accounts", "message-candidates",
    "unsubscription", "calendar", "features-export", "timeline-export", "roadmap-export",
    "plan-comparison-pdf", "roadmap-comparison-pdf",
    # behind addresses of their own: opened in the walks of the workbench and of sharing
    "shared", "shared-embed", "shared-item", "shared-export", "shared-data", "shared-calendar",
}  # fmt: skip
PAGES = {line.route: line for line in lines() if is_page(line) and line.route not in NO_PAGES}
# What has nothing to show before there are rows; the rest is the same without them.
ROWLESS = {
    name: line
    for name, line in PAGES.items()
    if not line.arguments and line.expected["anonymous"] == "login" and line.expected["admin"] == "200" and name != "api-docs"
}
EMPTY = "from tests.browser.world import empty; empty()"
FILLED = "from tests.browser.world import fill; fill()"


class Walk:
    """An installation's pages, opened one after the other in one browser."""

    def __init__(self, page: Page, faults: list[str], told: dict):
        self.page, self.faults, self.told = page, faults, told

    def open(self, line: Line) -> None:
        """The page of this line, as the first principal that may see it."""
        who = next(name for name in ("anonymous", *self.told["sessions"]) if line.expected[name] == "200")
        self.faults.clear()
        self.page.goto("about:blank")  # what the page before still asks for is asked in its person's name
        self.page.context.clear_cookies()
        if who in self.told["sessions"]:
            key = self.told["sessions"][who]
            self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.told["url"]}])
        wide_and_light(self.page)
        answer = self.page.goto(self.told["url"] + self.told["pages"][line.route], wait_until="load")
        assert answer is not None
        assert answer.status == 200

    def findings(self) -> list[str]:
        """All that is wrong with the open page."""
        return [*findings(self.page), *self.faults]


@pytest.fixture(scope="module")
def watched() -> Iterator[tuple[Page, list[str]]]:
    """The one browser of both walks."""
    with watched_page() as found:
        yield found


def walk_through(folder: Path, seed: str, watched: tuple[Page, list[str]]) -> Iterator[Walk]:
    """The walk through an installation that this code has filled."""
    with installation(folder) as waymark:
        told = json.loads(waymark.python(seed)) | {"url": waymark.url}
        waymark.start("web")
        yield Walk(*watched, told)


@pytest.fixture(scope="module")
def filled(tmp_path_factory, watched) -> Iterator[Walk]:
    yield from walk_through(tmp_path_factory.mktemp("filled"), FILLED, watched)


@pytest.fixture(scope="module")
def empty(tmp_path_factory, watched) -> Iterator[Walk]:
    yield from walk_through(tmp_path_factory.mktemp("empty"), EMPTY, watched)


@pytest.mark.parametrize("line", PAGES.values(), ids=PAGES)
def test_a_page_is_for_everybody_on_every_screen(filled, line):
    filled.open(line)
    assert filled.findings() == []


@pytest.mark.parametrize("line", ROWLESS.values(), ids=ROWLESS)
def test_a_page_with_nothing_on_it_yet_is_too(empty, line):
    empty.open(line)
    assert empty.findings() == []

"""A rating changed in a page is seen: by its author at once, by everybody else within three seconds, without reloading."""

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.drills.client import PASSWORD, Answer, Person, row_of, shown, tile_of
from tests.services import launch

pytestmark = [pytest.mark.drill, pytest.mark.alone]
TIMES = 20
WITHIN = 3.0  # seconds
EVERY = 0.7  # seconds: pages ask every two, so that each rating meets another moment between their questions


@contextmanager
def browser_pages(setup, email: str, *paths: str):
    """Pages of somebody signed in, each in a window of its own: a hidden tab asks for nothing."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        pages = []
        for path in paths:
            page = chromium.new_context(base_url=setup.installation.url).new_page()
            page.goto("/accounts/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/accounts/" not in url)
            page.goto(path)
            pages.append(page)
        yield pages
        chromium.close()


def rate(setup, author: Person, key: str, value: int) -> Answer:
    answer = author.post(f"/features/{key}/ratings/", {"HX-Request": "true"}, criterion=setup.facts["criteria"][0], value=value)
    assert answer.status == 200, shown(answer.text)[:400]
    return answer


def score_of(setup, key: str) -> str:
    """The score as pages write it; fails where it is not fresh."""
    score, due = setup.query(f"SELECT score, score_in - score_rev FROM roadmaps_feature WHERE key = '{key}'")[0]
    assert due == 0, "The score was not derived in the request that changed the rating."
    return f"{float(score):.1f}"


def far_from_agreed(setup, key: str) -> int:
    """A value that moves the score."""
    agreed = setup.query(
        "SELECT c.value FROM prioritization_consensus c JOIN roadmaps_feature f ON f.id = c.feature_id "
        f"WHERE f.key = '{key}' AND c.criterion_id = {setup.facts['criteria'][0]}"
    )
    return 1 if agreed[0][0] > 3 else 5


def settled(setup, within: float = 60.0) -> None:
    until = time.monotonic() + within
    while setup.due():
        assert time.monotonic() < until, f"{setup.due()} values are still due.\n{setup.installation.log('worker')[-2000:]}"
        time.sleep(0.1)


@dataclass
class Rated:
    """A rating, the score it led to, and how many seconds after it others saw both that score and a dashboard which knows of it."""

    key: str
    score: str
    asked: datetime
    answered: datetime
    began: float
    by_http: float | None = None
    by_browser: float | None = None

    @property
    def is_seen(self) -> bool:
        return None not in (self.by_http, self.by_browser)

    def is_in(self, row: str, updating: bool, as_of: datetime | None) -> bool:
        """Whether the list's row and the tile know of it; a tile that is updating may wait for a later rating only."""
        is_counted = as_of is not None and (as_of >= self.answered or (as_of >= self.asked and not updating))
        return self.score in row and is_counted

    def look(self, watcher: "Watcher", ranking: Page, dashboard: Page) -> None:
        """Note who sees it by now."""
        passed = time.monotonic() - self.began
        assert passed < 20, f"{self.key} {self.score} is seen by HTTP {self.by_http}, in the browser {self.by_browser}"
        if self.by_http is None and self.is_in(shown(row_of(watcher.ranking, self.key)), *watcher.tile):
            self.by_http = passed
        if self.by_browser is None and self.is_in(row_in_browser(ranking, self.key).inner_text(), *tile_in_browser(dashboard)):
            self.by_browser = passed


class Watcher:
    """A second client: asks /pulse/ and fetches the parts that have news, as the page's script does."""

    def __init__(self, person: Person):
        self.person = person
        self.seen = re.search(r'data-pulse="([^"]+)"', person.get("/portfolio/").text)[1]
        self.ranking = person.get("/priorities/", HX_Request="true").text
        self.tile: tuple[bool, datetime | None] = (True, None)

    def look(self) -> None:
        news = self.person.get(f"/pulse/?seen={self.seen}")
        assert news.status in (200, 204)
        if news.status == 204:
            return
        self.seen, topics = news.json()["seen"], set(news.json()["topics"])
        if topics & {"roadmaps.feature", "prioritization.rating", "score"}:
            self.ranking = self.person.get("/priorities/", HX_Request="true").text
        if topics & {"roadmaps.feature", "prioritization.rating", "score", "tile:value"}:
            updating, as_of = tile_of(self.person.get("/portfolio/tiles/value/", HX_Request="true").text)
            self.tile = updating, datetime.fromisoformat(as_of) if as_of else None


def row_in_browser(ranking: Page, key: str) -> Locator:
    return ranking.locator("tr", has=ranking.get_by_text(key, exact=True))


def tile_in_browser(dashboard: Page) -> tuple[bool, datetime]:
    """Whether the tile says that it is updating, and its `as of`."""
    tile = dashboard.locator("#tile-value")
    as_of = tile.locator("time").first.get_attribute("datetime")
    return tile.get_attribute("aria-busy") != "false", datetime.fromisoformat(as_of)


def rate_anew(setup, author: Person, key: str) -> Rated:
    """A rating that moves the score, which is fresh in its own answer."""
    before = score_of(setup, key)
    began, asked = time.monotonic(), now_of(setup)
    answer = rate(setup, author, key, value=far_from_agreed(setup, key))
    answered, score = now_of(setup), score_of(setup, key)
    assert score in shown(answer.text)
    assert "updating" not in shown(answer.text)
    assert score != before
    return Rated(key, score, asked, answered, began)


def test_a_rating_is_seen_by_others_within_three_seconds_and_without_a_worker_pages_say_updating(setup):
    setup.seed(features=40, people=2)
    setup.installation.start("web", "worker")
    author_mail, reader_mail = setup.facts["emails"]
    author, watcher = Person(setup.port, author_mail), Watcher(Person(setup.port, reader_mail))
    settled(setup)
    with browser_pages(setup, reader_mail, "/priorities/", "/portfolio/") as (ranking, dashboard):
        ratings: list[Rated] = []
        while len(ratings) < TIMES or not all(rated.is_seen for rated in ratings):
            if len(ratings) < TIMES and (not ratings or time.monotonic() - ratings[-1].began >= EVERY):
                ratings.append(rate_anew(setup, author, setup.facts["keys"][len(ratings)]))
            watcher.look()
            for rated in ratings:
                if not rated.is_seen:
                    rated.look(watcher, ranking, dashboard)
            dashboard.wait_for_timeout(50)
        by_http, by_browser = [rated.by_http for rated in ratings], [rated.by_browser for rated in ratings]
        print(f"\nseen by HTTP within {max(by_http):.2f} s, in a browser within {max(by_browser):.2f} s, {TIMES} times")
        assert sum(seconds <= WITHIN for seconds in by_http) == TIMES, by_http
        assert sum(seconds <= WITHIN for seconds in by_browser) == TIMES, by_browser
        without_a_worker(setup, author, watcher, ranking, dashboard)
    assert "0 differences" in setup.installation.manage("derive", "--verify")


def without_a_worker(setup, author: Person, watcher: Watcher, ranking: Page, dashboard: Page) -> None:
    """The worker is stopped: figures are marked, their `as of` stays; with it back they are right again."""
    settled(setup)
    watcher.look()
    _, as_of = tile_of(watcher.person.get("/portfolio/tiles/value/").text)
    setup.installation.kill("worker")
    key = setup.facts["keys"][0]
    rate(setup, author, key, value=3)
    time.sleep(WITHIN)
    assert tile_of(watcher.person.get("/portfolio/tiles/value/").text) == (True, as_of)
    expect(dashboard.locator("#tile-value")).to_have_attribute("aria-busy", "true")
    assert dashboard.locator("#tile-value time").first.get_attribute("datetime") == as_of
    assert "updating" in dashboard.locator("#tile-value").inner_text()
    setup.weigh(1)
    time.sleep(WITHIN)
    assert "updating" in shown(row_of(watcher.person.get("/priorities/").text, key)), (
        "The ranked list shows scores of old weights as if they were new."
    )
    assert "updating" in row_in_browser(ranking, key).text_content()
    setup.installation.start("worker")
    settled(setup)
    expect(dashboard.locator("#tile-value")).to_have_attribute("aria-busy", "false", timeout=5000)


def now_of(setup) -> datetime:
    return datetime.now().astimezone()

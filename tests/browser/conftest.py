"""A Waymark as people run it, and a signed-in browser in front of it."""

import contextlib
import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from tests.installation import Installation, installation
from tests.services import launch

EMAIL, PASSWORD = "ines@example.com", "a long enough password"
PEOPLE = f"""
from core import services
from tests.factories.roadmaps import make_stages
make_stages()
services.create_user(actor=None, email="{EMAIL}", name="Ines Carvalho", role="admin", password="{PASSWORD}")
"""
KEYS = (f"PAY{number}" for number in itertools.count(1))
SEED = """
from datetime import date
from core import services as core
from core.models import User
from roadmaps import services
from roadmaps.models import Stage
actor = User.objects.get(role="admin")
product = core.create_product(actor=actor, key="{key}", name="Payments {key}")
theme = services.create_initiative(actor=actor, product=product, name="Settle in a day")
for n, title in enumerate(("Same-day settlement", "Split settlement", "Instant refunds", "Weekend payouts", "Sums by entity"), 1):
    services.create_feature(
        actor=actor, product=product, title=title, initiative=theme, stage=Stage.objects.get(position=n),
        start_date=date(2027, n, 5), target_date=date(2027, n + 1, 20), date_confidence="medium",
    )
"""
REFUSAL = re.compile("Failed to load resource: the server responded with a status of (400|403|409|412|422|429)")  # told by the browser


@contextlib.contextmanager
def watched_page(url: str | None = None) -> Iterator[tuple[Page, list[str]]]:
    """A fresh browser's page, and the faults it meets: errors of scripts, breaches of the content security policy."""
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or (message.type == "error" and not REFUSAL.match(message.text)):
            faults.append(message.text)

    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", hear)
        yield page, faults
        browser.close()


@pytest.fixture(scope="module")
def waymark(tmp_path_factory) -> Iterator[Installation]:
    """A running installation with one administrator and the process."""
    with installation(tmp_path_factory.mktemp("waymark")) as found:
        found.python(PEOPLE)
        found.start("web")
        yield found


@pytest.fixture
def page(waymark) -> Iterator[Page]:
    """A signed-in browser's page; any fault it meets fails the test."""
    with watched_page(waymark.url) as (opened, faults):
        opened.goto("/accounts/login/")
        opened.fill("input[name=login]", EMAIL)
        opened.fill("input[name=password]", PASSWORD)
        opened.press("input[name=password]", "Enter")
        opened.wait_for_url("**/")
        yield opened
    assert faults == []


@pytest.fixture
def key(waymark) -> str:
    """The key of a product of the test's own, with five features."""
    found = next(KEYS)
    waymark.python(SEED.format(key=found))
    return found

"""A Waymark as people run it, and a signed-in browser in front of it."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.installation import Installation, installation

EMAIL, PASSWORD = "ines@example.com", "a long enough password"
PEOPLE = f"""
from core import services
from tests.factories.roadmaps import make_stages
make_stages()
services.create_user(actor=None, email="{EMAIL}", name="Ines Carvalho", role="admin", password="{PASSWORD}")
"""


@pytest.fixture(scope="module")
def waymark(tmp_path_factory) -> Iterator[Installation]:
    """A running installation with one administrator and the process."""
    with installation(tmp_path_factory.mktemp("waymark")) as found:
        found.python(PEOPLE)
        found.start("web")
        yield found


@pytest.fixture
def page(waymark) -> Iterator[Page]:
    """A signed-in browser's page; a script's error or a breach of the content security policy fails the test."""
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        opened = browser.new_context(base_url=waymark.url, viewport={"width": 1440, "height": 900}).new_page()
        opened.set_default_timeout(15_000)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
        opened.goto("/accounts/login/")
        opened.fill("input[name=login]", EMAIL)
        opened.fill("input[name=password]", PASSWORD)
        opened.press("input[name=password]", "Enter")
        opened.wait_for_url("**/")
        yield opened
        browser.close()
    assert faults == []

"""What visitors of a share link do there: without a script, by keys alone, from a page that the roadmap stands in."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import watched_page
from tests.browser.look import findings, wide_and_light
from tests.browser.test_workbench_by_keyboard import tab_to

pytestmark = pytest.mark.browser
SHARE = """
from django.urls import reverse
from core.models import User
from roadmaps import services
from roadmaps.models import Audience
actor = User.objects.get(role="admin")
audience = Audience._base_manager.filter(slug="visitors").first() or services.create_audience(
    actor=actor, slug="visitors", name="Visitors", shows=["initiative", "status"], dates="quarter", has_outside_names=False
)
roadmap = services.create_roadmap(actor=actor, name="Next of {key}", layout="list", query="filter=product:{key}")
link, secret = services.create_link(
    actor=actor, roadmap=roadmap, audience=audience, title="What comes next", embeds=["https://www.example.com"]
)
print(reverse("shared", args=[link.key, secret]))
"""
INBOX = """
from feedback.models import Feedback
for row in Feedback._base_manager.order_by("pk"):
    print(row.about.title, "|", row.text, "|", row.requester)
"""


@pytest.fixture
def address(waymark, key) -> str:
    """Where a visitor sees five features by their names."""
    return waymark.python(SHARE.format(key=key)).split()[-1]


@pytest.fixture
def visitor(waymark) -> Iterator[Page]:
    """A page of a browser in which nobody is signed in; any fault it meets fails the test."""
    with watched_page(waymark.url) as (opened, faults):
        yield opened
    assert faults == []


def test_a_visitor_says_what_they_need_by_keys_alone(visitor, address, waymark):
    visitor.goto(address)
    tab_to(visitor, "Instant refunds")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("h1")).to_have_text("Instant refunds")
    wide_and_light(visitor)
    assert findings(visitor) == []
    visitor.goto(visitor.url)
    tab_to(visitor, "What do you need, and why?")
    visitor.keyboard.type("Shoppers call us about refunds.")
    tab_to(visitor, "Your name…")
    visitor.keyboard.type("Dana Whitfield")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("status")).to_contain_text("What you wrote has arrived")
    wide_and_light(visitor)
    assert findings(visitor) == []
    assert "Instant refunds | Shoppers call us about refunds. | Dana Whitfield" in waymark.python(INBOX)


def test_it_needs_no_script(visitor, address, waymark):
    plain = visitor.context.browser.new_context(base_url=waymark.url, java_script_enabled=False).new_page()
    plain.goto(address)
    plain.get_by_role("link", name="Weekend payouts").click()
    plain.get_by_role("button", name="Send").click()
    plain.get_by_label("What do you need, and why?").fill("Couriers ask for Saturdays.")
    plain.get_by_label("Your e-mail address").fill("dana@brightwater.example")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("status")).to_contain_text("What you wrote has arrived")
    plain.reload()
    plain.go_back()
    assert waymark.python(INBOX).count("Weekend payouts | Couriers ask for Saturdays. | dana@brightwater.example") == 1


def test_where_the_roadmap_stands_in_another_page_an_item_opens_beside_it(visitor, address):
    visitor.goto(f"{address}embed/")
    with visitor.expect_popup() as opened:
        visitor.get_by_role("link", name="Split settlement").click()
    expect(opened.value.locator("h1")).to_have_text("Split settlement")
    assert visitor.url.endswith("/embed/")
    expect(opened.value).to_have_url(re.compile(r"/items/[0-9a-f]{12}/$"))

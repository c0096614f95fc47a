"""Feedback in a browser: sorted and linked by keyboard alone, by mouse, and written down on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.look import findings, wide_and_light

pytestmark = pytest.mark.browser
KEYS = (f"FB{letter}" for letter in "ABCDEFGH")
SEED = """
from datetime import timedelta
from core import clock, services as core
from core.models import User
from core.services import search
from feedback import services
from portfolio.models import Account
from portfolio.services import create_account
from roadmaps.services import create_feature
actor = User.objects.get(role="admin")
product = core.create_product(actor=actor, key="{key}", name="Payments {key}")
create_feature(actor=actor, product=product, title="Split settlement by entity {key}", description="Payouts land per legal entity.")
account = create_account(actor=actor, name="Brightwater {key}", annual_revenue=412000, state=Account.State.CUSTOMER)
for n in range(3):
    services.submit_feedback(
        actor=actor, title=f"Wish {{n}} of {key}", product=product, account=account, person=dict(name=f"Dana {{n}} {key}"), source="mail",
        text="Hi Petra, “we” went live 🎉 in October.\\n\\nWe close four entities by hand. It takes three days.\\nDana",
        received_at=clock.now() - timedelta(minutes=n),
    )
search.reindex()
User.objects.update(scope=product)
"""


@pytest.fixture
def key(waymark) -> str:
    """The key of a product of the test's own, which everything is narrowed to: a feature, and three messages of an account."""
    found = next(KEYS)
    waymark.python(SEED.format(key=found))
    return found


def title(page: Page):
    return page.locator("#message-title")


def test_messages_are_read_linked_snoozed_and_declined_by_keyboard_alone(page, key):
    page.goto("/feedback/", wait_until="networkidle")
    expect(title(page)).to_have_text(f"Wish 0 of {key}")
    page.keyboard.press("j")
    expect(title(page)).to_have_text(f"Wish 1 of {key}")
    expect(page).to_have_url(re.compile(r"/feedback/\d+/$"))
    page.keyboard.press("k")
    expect(title(page)).to_have_text(f"Wish 0 of {key}")

    page.locator("[data-passages]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#announcements")).to_have_text("We close four entities by hand.")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("l")
    expect(page.locator("#link-dialog input[name=q]")).to_be_focused()
    page.keyboard.type("split sett")
    expect(page.locator("#link-options .opt").first).to_contain_text(f"{key}-01")
    page.keyboard.press("Enter")
    expect(page.locator("mark.is-linked")).to_have_text(["We close four entities by hand.", " ", "It takes three days."])
    expect(page.locator("#link-dialog")).to_be_hidden()
    expect(page.locator(".contextrail .evidence")).to_contain_text(f"{key}-01")
    expect(page.locator("#inbox-tabs [aria-current] .n")).to_have_text("2")

    page.keyboard.press("j")
    expect(title(page)).to_have_text(f"Wish 1 of {key}")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text(f"Wish 2 of {key}")
    page.keyboard.press("d")
    page.keyboard.type("Not our market")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".inboxnone")).to_contain_text("Nothing waits")
    expect(page.locator(".undobar")).to_contain_text("Wish 2")
    page.locator(".undobar button", has_text="Undo").click()
    expect(page.locator(".undobar")).to_contain_text(f"State of Wish 2 of {key}: New")
    page.goto("/feedback/")
    expect(title(page)).to_have_text(f"Wish 2 of {key}")


def test_words_selected_with_the_mouse_are_linked_exactly(page, key):
    page.goto("/feedback/", wait_until="networkidle")
    page.evaluate(
        """() => { const piece = [...document.querySelectorAll("[data-sentence]")].find((p) => p.textContent.startsWith("We close"));
          const range = document.createRange(); range.setStart(piece.firstChild, 3); range.setEnd(piece.firstChild, 22);
          getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    page.locator("[data-link-open]").click()
    page.keyboard.type(f"{key}-0")
    expect(page.locator("#link-options .opt").first).to_contain_text(f"{key}-01")
    page.locator("#link-dialog label", has_text="Critical").click()
    page.locator("#link-dialog button", has_text="Link").click()
    expect(page.locator("mark.is-linked")).to_have_text(["close four entities"])
    page.goto(f"/features/{key}-01/")
    expect(page.locator("[data-evidence-panel]")).to_contain_text("close four entities")
    expect(page.locator("[data-evidence-panel]")).to_contain_text("Critical")


def test_a_feature_is_made_while_linking(page, key):
    page.goto("/feedback/", wait_until="networkidle")
    page.keyboard.press("l")
    expect(page.locator("[data-link-chosen]")).to_contain_text("the whole message")
    page.keyboard.type(f"Statements per subsidiary {key}")
    expect(page.locator("#link-options .is-new")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".contextrail .evidence")).to_contain_text(f"{key}-02")


def test_a_request_is_written_down_on_a_phone(page, key):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/feedback/new/", wait_until="networkidle")
    page.locator("#id_account_name").press_sequentially(f"brightwater {key}")
    page.locator("#account-options .opt").first.click()
    expect(page.locator("[data-account-chosen]")).to_contain_text("Customer · €412k")
    page.locator("#id_text").press_sequentially("They want settlement split by legal entity, with payouts for each.")
    expect(page.locator("#already")).to_contain_text(f"{key}-01")
    expect(page.locator("#already")).to_contain_text("You may tell the customer")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#already button", has_text="Add yours").click()
    page.wait_for_url("**/outcome/")
    expect(page.locator(".outcomepage")).to_contain_text(f"{key}-01")
    expect(page.locator(".outcomepage")).to_contain_text("1 person asks for this, at 1 account")


def test_what_was_typed_is_still_there_after_a_reload(page, key):
    page.goto("/feedback/new/", wait_until="networkidle")
    page.locator("#id_text").press_sequentially("Half a thought")
    expect(page.locator("[data-draft-mark]")).to_have_text("Draft kept on this device")
    page.reload(wait_until="networkidle")
    expect(page.locator("#id_text")).to_have_value("Half a thought")


def test_the_pages_of_feedback_are_for_everybody_on_every_screen(page, key):
    for url in ("/feedback/", "/feedback/?tab=all", "/feedback/new/", "/feedback/mine/", f"/features/{key}-01/evidence/"):
        wide_and_light(page)
        page.goto(url, wait_until="networkidle")
        assert (url, findings(page)) == (url, [])

"""A list kept as a view, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Save this view").focus()
    page.keyboard.press("Enter")


def test_a_list_is_kept_renamed_removed_and_brought_back(page):
    page.goto("/decisions/?due=on", wait_until="networkidle")
    page.locator("#decision-q").fill("carrier")
    with page.expect_response("**/decisions/?*"):
        page.locator("#decision-q").press("Enter")
    page.wait_for_url("**q=carrier**")
    open_menu(page)
    page.locator("#view-name").fill("Carriers due")
    page.keyboard.press("Enter")
    tabs = page.get_by_role("navigation", name="Saved views")
    expect(tabs.get_by_role("link", name="Carriers due")).to_have_attribute("aria-current", "page")
    expect(page.locator("#decision-q")).to_have_value("carrier")
    open_menu(page)
    page.locator("#view-rename").fill("Carriers to look at")
    page.keyboard.press("Enter")
    expect(tabs.get_by_role("link", name="Carriers to look at")).to_be_visible()
    open_menu(page)
    page.get_by_role("button", name="Remove this view").focus()
    page.keyboard.press("Enter")
    expect(tabs.get_by_role("link", name="Carriers to look at")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(tabs.get_by_role("link", name="Carriers to look at")).to_have_attribute("aria-current", "page")
    expect(page.locator("#decision-q")).to_have_value("carrier")

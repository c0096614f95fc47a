"""Search and commands, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def words(waymark, key) -> str:
    """The key of a product whose features the search knows."""
    waymark.manage("reindex")
    return key


@pytest.fixture
def palette(words, page: Page):
    page.goto("/features/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    return page.locator("#palette")


def test_a_misspelt_word_leads_to_the_thing_that_was_meant(page, palette):
    page.keyboard.type("setlement")
    expect(palette.locator("[data-palette-found] mark").first).to_be_visible()
    first = palette.locator("[data-palette-found] [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    address = first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_enter_before_the_answer_opens_what_answers_the_words_typed(words, page, palette):
    page.keyboard.type("payout")
    expect(palette.locator("[data-palette-found] [role=option]").first).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type(f"{words}-02")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/features/{words}-02/")


def test_what_was_opened_lately_is_offered_first(words, page):
    page.goto(f"/features/{words}-04/", wait_until="networkidle")
    page.goto("/features/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    first = page.locator("#palette [data-palette-found] [role=option]").first
    expect(first).to_have_attribute("href", f"/features/{words}-04/")
    expect(first).to_contain_text("feature")


def test_commands_run_from_the_keyboard_and_go_around(page, palette):
    page.keyboard.type("dark theme")
    option = palette.get_by_role("option", name="Use the dark theme")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(palette.locator("[data-palette-said]")).to_have_text("Nothing found")
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_settings_are_reached_by_their_names(page, palette):
    expect(palette.locator("[data-palette-places] .opt").first).to_be_attached()
    page.keyboard.type("settings: prof")
    expect(palette.locator("[data-palette-places] .opt:visible").first).to_be_visible()


def test_the_list_of_keys_names_those_of_the_grid(words, page):
    page.goto("/features/", wait_until="networkidle")
    page.keyboard.press("?")
    keys = page.locator("#shortcuts")
    expect(keys).to_contain_text("Edit the cell")
    expect(keys).to_contain_text("Search or run a command")
    expect(keys).to_contain_text("Go to Features")

"""A custom field from Settings to the grid: made, filled in its cell and down a column, grouped and filtered by, taken back."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_field_is_made_filled_by_keyboard_grouped_filtered_and_taken_back(page, key):
    page.goto("/settings/fields/", wait_until="networkidle")
    page.get_by_label("Name").fill("Risk")
    page.get_by_label("Holds").select_option("choice")
    page.get_by_label("Choices").fill("Low\nHigh")
    page.get_by_label("Features of").select_option(f"Payments {key}")
    page.get_by_role("button", name="Add the field").click()
    expect(page.get_by_text("Features have the field Risk from now on.")).to_be_visible()

    word = f"{key.lower()}_risk"
    page.goto(f"/features/?filter=product:{key}&sort=key&columns=stage,{word}", wait_until="networkidle")
    first, third = (page.locator(f'tr[data-key="{key}-0{number}"] [data-field="{word}"]') for number in (1, 3))
    expect(first).to_have_text("blank")
    first.click()
    page.keyboard.press("Enter")
    editor = page.locator(f"select[name={word}]")
    expect(editor).to_be_focused()
    editor.select_option("High")
    editor.press("Enter")
    expect(first).to_have_text("High")
    page.reload(wait_until="networkidle")
    first.click()
    expect(first).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(third).to_have_text("High")

    page.get_by_role("button", name="No groups").click()
    page.locator("#grouping").get_by_role("link", name="Risk").click()
    expect(page.locator("tr.grouprow")).to_have_count(2)
    expect(page.locator("tr.grouprow").first).to_contain_text("High")
    expect(page.locator("tr.grouprow").last).to_contain_text("No risk")

    page.goto(f"/features/?filter=product:{key}+{word}:high&sort=key&columns=stage,{word}", wait_until="networkidle")
    expect(page.locator("tr[data-key]")).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(third).to_have_text("blank")
    expect(first).to_have_text("High")

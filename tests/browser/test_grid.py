"""The features grid as a spreadsheet: blocks chosen, copied, pasted, filled and emptied by keyboard and pointer, saved as one change."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
COLUMNS = "columns=kind&columns=effort&columns=target_date"


@pytest.fixture(autouse=True)
def _opened(page, key) -> None:
    """The grid of the test's own product is open."""
    page.goto(f"/features/?filter=product:{key}&sort=key&{COLUMNS}", wait_until="networkidle")


def cell(page: Page, key: str, field: str):
    return page.locator(f'tr[data-key="{key}"] [data-field="{field}"]')


def paste(page: Page, text: str) -> None:
    """Paste what a spreadsheet copied."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_a_block_from_a_spreadsheet_is_pasted_as_one_change_and_taken_back(page, key):
    cell(page, f"{key}-01", "kind").click()
    expect(page.locator("[data-cell-editor]")).to_have_count(0)
    paste(page, 'Platform\t3-5\t2027-03-01\r\nretention\t"7"\t5 Mar 2027\r\n')
    expect(cell(page, f"{key}-01", "kind")).to_have_text("Platform")
    expect(cell(page, f"{key}-01", "effort")).to_have_text("3–5")
    expect(cell(page, f"{key}-02", "kind")).to_have_text("Retention")
    expect(cell(page, f"{key}-02", "effort")).to_have_text("7")
    expect(cell(page, f"{key}-02", "target_date").locator("time")).to_have_attribute("datetime", "2027-03-05")
    expect(page.locator("td.is-in")).to_have_count(6)
    page.keyboard.press("Control+z")
    expect(cell(page, f"{key}-02", "kind")).to_have_text("Growth")
    expect(cell(page, f"{key}-01", "effort")).not_to_have_text("3–5")


def test_a_refused_cell_says_why_and_keeps_what_was_meant_for_it(page, key):
    cell(page, f"{key}-01", "kind").click()
    paste(page, "Platform\t9-3\nNothing known\t4")
    expect(cell(page, f"{key}-01", "kind")).to_have_text("Platform")
    expect(cell(page, f"{key}-02", "effort")).to_have_text("4")
    refused = cell(page, f"{key}-01", "effort")
    expect(refused).to_have_attribute("aria-invalid", "true")
    expect(refused).to_have_attribute("title", "“9-3” was not taken. Effort is given as low, likely, high, in that order.")
    expect(cell(page, f"{key}-02", "kind")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".notice.is-warning")).to_contain_text("2 of 4 cells were left as they are.")
    page.keyboard.press("ArrowRight")
    expect(refused).to_be_focused()
    page.keyboard.press("Enter")
    expect(refused.locator("input[name=effort]")).to_have_value("9-3")
    page.keyboard.press("Escape")


def test_cells_are_chosen_copied_filled_and_emptied_by_keyboard(page, key):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell(page, f"{key}-01", "effort").click()
    page.keyboard.type("6/8/11")
    page.keyboard.press("Enter")
    expect(cell(page, f"{key}-02", "effort")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("td.is-in")).to_have_count(3)
    page.keyboard.press("Control+d")
    expect(cell(page, f"{key}-03", "effort").locator("data")).to_have_attribute("value", "6–8–11")
    page.keyboard.press("Control+c")
    expect(page.locator(".notice").filter(has_text="3 cells copied.")).to_be_visible()
    cell(page, f"{key}-03", "effort").click()
    page.keyboard.press("Control+v")
    expect(cell(page, f"{key}-05", "effort").locator("data")).to_have_attribute("value", "6–8–11")
    page.keyboard.press("Delete")
    expect(cell(page, f"{key}-05", "effort")).to_have_text("blank")
    expect(cell(page, f"{key}-02", "effort")).to_have_text("6–11")
    page.keyboard.press("Escape")
    expect(page.locator("td.is-in")).to_have_count(0)


def test_a_block_is_chosen_and_filled_by_pointer(page, key):
    cell(page, f"{key}-01", "kind").click()
    paste(page, "Compliance")
    expect(cell(page, f"{key}-01", "kind")).to_have_text("Compliance")
    first, third = cell(page, f"{key}-01", "kind").bounding_box(), cell(page, f"{key}-03", "kind").bounding_box()
    page.mouse.move(first["x"] + 10, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(third["x"] + 10, third["y"] + 10, steps=6)
    page.mouse.up()
    expect(page.locator("td.is-in")).to_have_count(3)
    page.keyboard.press("Control+d")
    expect(cell(page, f"{key}-03", "kind")).to_have_text("Compliance")
    fourth = cell(page, f"{key}-04", "kind").bounding_box()
    page.mouse.move(third["x"] + third["width"] - 3, third["y"] + third["height"] - 3)
    page.mouse.down()
    page.mouse.move(fourth["x"] + 10, fourth["y"] + 10, steps=6)
    page.mouse.up()
    expect(cell(page, f"{key}-04", "kind")).to_have_text("Compliance")
    expect(cell(page, f"{key}-05", "kind")).to_have_text("Growth")


def test_the_second_click_opens_the_editor(page, key):
    cell(page, f"{key}-01", "title").click()
    expect(page.locator("[data-cell-editor]")).to_have_count(0)
    cell(page, f"{key}-01", "title").click()
    expect(cell(page, f"{key}-01", "title").locator("input[name=title]")).to_be_focused()


def test_a_column_is_moved_and_widened_by_keyboard(page, key):
    heads = page.locator("thead [data-column]")
    page.locator("[data-column=effort] a").focus()
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_url("**columns=effort%2C*")
    expect(heads).to_have_text(["Key", "Title", "Effort", "Kind", "Target"])
    expect(page.locator("[data-column=effort] a")).to_be_focused()
    width = page.locator("[data-column=effort]").bounding_box()["width"]
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.wait_for_url("**columns=effort%7E*")
    assert page.locator("[data-column=effort]").bounding_box()["width"] == width + 16


def test_a_column_is_moved_and_widened_by_pointer(page, key):
    page.locator("[data-column=target_date]").drag_to(page.locator("[data-column=kind]"))
    page.wait_for_url("**columns=target_date%2C*")
    box = page.locator("[data-column=kind]").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 48, box["y"] + 10, steps=4)
    page.mouse.up()
    page.wait_for_url(f"**kind%7E{round(box['width'] + 50)}*")


def test_a_head_with_shift_sorts_besides(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=kind&{COLUMNS}", wait_until="networkidle")
    head = page.get_by_role("columnheader", name="Target").get_by_role("link")
    head.focus()
    page.keyboard.press("Shift+Enter")
    page.wait_for_url("**sort=kind%2C**target_date**")
    expect(page.get_by_role("columnheader", name="Target").get_by_role("link")).to_be_focused()
    expect(page.locator(".sortrank")).to_have_count(2)
    assert len(page.context.pages) == 1

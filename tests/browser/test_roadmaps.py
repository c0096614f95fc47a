"""The plan in a browser: by keyboard and mouse, on a running installation."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def cell(page: Page, key: str, field: str):
    return page.locator(f'tr[data-key="{key}"] [data-field="{field}"]')


def test_a_row_of_cells_is_edited_by_keyboard_alone(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=key&group=initiative", wait_until="networkidle")
    cell(page, f"{key}-01", "effort").click()
    page.keyboard.type("11-6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("low, likely, high, in that order")
    expect(cell(page, f"{key}-01", "effort").locator("input[name=effort]")).to_have_value("11-6")
    page.keyboard.type("6-11")
    page.keyboard.press("Enter")
    expect(cell(page, f"{key}-01", "effort")).to_have_text("6–11")
    expect(cell(page, f"{key}-02", "effort")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(cell(page, f"{key}-02", "title")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell(page, f"{key}-02", "title").locator("input[name=title]")).to_be_focused()
    page.keyboard.type("Not kept")
    page.keyboard.press("Escape")
    expect(cell(page, f"{key}-02", "title")).to_have_text("Split settlement")
    page.keyboard.press("F2")
    expect(cell(page, f"{key}-02", "title").locator("input[name=title]")).to_be_focused()
    page.keyboard.type("Split by entity")
    page.keyboard.press("Tab")
    expect(cell(page, f"{key}-02", "title")).to_have_text("Split by entity")
    expect(cell(page, f"{key}-02", "stage")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(cell(page, f"{key}-02", "title")).to_have_text("Split settlement")


def test_rows_picked_are_changed_together(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=key&columns=kind", wait_until="networkidle")
    page.get_by_label(f"Select {key}-01").click()
    page.get_by_label(f"Select {key}-03").click(modifiers=["Shift"])
    expect(page.locator("[data-picked]")).to_have_text("3")
    page.get_by_role("button", name="Edit together").click()
    page.locator("#dialog select[name=kind]").select_option("platform")
    page.get_by_role("button", name="Change them").click()
    expect(page.locator("#dialog h2")).to_have_text("3 features changed")
    page.get_by_role("button", name="Done").click()
    expect(cell(page, f"{key}-03", "kind")).to_have_text("Platform")
    expect(cell(page, f"{key}-04", "kind")).to_have_text("Growth")


def test_a_feature_opens_beside_the_list_and_j_and_k_walk_on(page, key, waymark):
    page.goto(f"/features/?filter=product:{key}&sort=key", wait_until="networkidle")
    page.get_by_role("link", name=f"{key}-01", exact=True).click()
    panel = page.locator("[data-feature-panel]")
    expect(panel).to_have_attribute("data-feature-panel", f"/features/{key}-01/")
    expect(page).to_have_url(f"{waymark.url}/features/{key}-01/")
    page.keyboard.press("j")
    expect(panel).to_have_attribute("data-feature-panel", f"/features/{key}-02/")
    page.keyboard.press("k")
    expect(panel).to_have_attribute("data-feature-panel", f"/features/{key}-01/")
    page.locator("#panel [data-field=kind]").hover()
    page.get_by_label(f"Change the kind of {key}-01").click()
    page.locator("#panel [data-cell-editor] select").select_option("compliance")
    expect(page.locator("#panel [data-field=kind]")).to_contain_text("Compliance")
    expect(page.locator("[data-cell-editor]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.url == f"{waymark.url}/features/?filter=product:{key}&sort=key"


def test_bars_are_moved_by_pointer_and_by_keys(page, key):
    page.goto(f"/roadmaps/timeline/?filter=product:{key}&from=2027-01-01", wait_until="networkidle")
    bar = page.locator(f'[data-panel-bar="/features/{key}-01/"]')
    box = bar.locator(".softc").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 75, box["y"] + 8, steps=5)
    page.mouse.up()
    expect(bar).to_have_attribute("data-start", "2027-01-15")
    expect(bar).to_have_attribute("data-target", "2027-03-02")
    bar.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(bar).to_have_attribute("data-start", "2027-01-17")
    expect(bar).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    expect(bar).to_have_attribute("data-target", "2027-03-03")
    page.keyboard.press("Shift+ArrowDown")
    expect(bar).to_have_attribute("data-start", "2027-01-18")
    page.keyboard.press("Enter")
    expect(page.locator("[data-feature-panel]")).to_have_attribute("data-feature-panel", f"/features/{key}-01/")
    page.goto(f"/features/?filter=product:{key}&columns=start_date&columns=target_date", wait_until="networkidle")
    expect(cell(page, f"{key}-01", "start_date")).to_contain_text("18 Jan")


def keys_of(page: Page) -> list[str]:
    return page.locator("tr[data-key]").evaluate_all("rows => rows.map((row) => row.dataset.key.slice(-2))")


def becomes(page: Page, *keys: str) -> None:
    """The rows stand in this order soon."""
    for place, key in enumerate(keys):
        expect(page.locator("tr[data-key]").nth(place)).to_have_attribute("data-key", re.compile(f"{key}$"))


def test_rows_are_moved_by_keyboard_undone_and_redone_on_any_page(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=order", wait_until="networkidle")
    cell(page, f"{key}-03", "title").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".undobar")).to_contain_text(f"{key}-03 is number 2 by hand")
    expect(cell(page, f"{key}-03", "title")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".undobar")).to_contain_text(f"{key}-03 is number 1 by hand")
    becomes(page, "03", "01", "02", "04")
    expect(cell(page, f"{key}-03", "title")).to_be_focused()
    page.keyboard.press("Control+z")
    becomes(page, "01", "03", "02", "04")
    expect(page.locator(".undobar")).to_contain_text(f"Place by hand of {key}-03")
    page.goto("/", wait_until="networkidle")
    page.keyboard.press("Control+z")
    expect(page.locator(".undobar")).to_contain_text(f"Place by hand of {key}-03")
    page.goto(f"/features/?filter=product:{key}&sort=order", wait_until="networkidle")
    assert keys_of(page)[:4] == ["01", "02", "03", "04"]
    page.keyboard.press("Control+Shift+z")
    becomes(page, "01", "03", "02", "04")
    page.keyboard.press("Control+y")
    becomes(page, "03", "01", "02", "04")
    page.reload(wait_until="networkidle")
    assert keys_of(page)[:4] == ["03", "01", "02", "04"]


def test_rows_are_dragged_and_asked_where_to(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=order", wait_until="networkidle")
    handle, over = page.locator(f'tr[data-key="{key}-04"] td.pick').bounding_box(), page.locator(f'tr[data-key="{key}-02"]').bounding_box()
    page.mouse.move(handle["x"] + 4, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(over["x"] + 60, over["y"] + 20, steps=4)
    page.mouse.move(over["x"] + 60, over["y"] + 4, steps=2)
    page.mouse.up()
    becomes(page, "01", "04", "02", "03")
    expect(page.locator(".undobar")).to_contain_text(f"{key}-04 is number 2 by hand")
    cell(page, f"{key}-03", "title").focus()
    page.keyboard.press("Alt+m")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text(f"Move {key}-03")
    dialog.get_by_label("Where to").select_option("before")
    dialog.get_by_label("The other feature").fill(f"{key}-09")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_contain_text("another feature of the same product")
    dialog.get_by_label("The other feature").fill(f"{key}-04")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog).to_be_hidden()
    becomes(page, "01", "03", "04", "02")


def test_my_changes_of_the_last_hour_are_undone_line_by_line(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=key", wait_until="networkidle")
    cell(page, f"{key}-01", "title").focus()
    page.keyboard.press("Enter")
    expect(cell(page, f"{key}-01", "title").locator("input[name=title]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Renamed by hand")
    page.keyboard.press("Enter")
    expect(cell(page, f"{key}-01", "title")).to_have_text("Renamed by hand")
    page.keyboard.press("Escape")
    page.goto("/", wait_until="networkidle")
    page.keyboard.press("g")
    page.keyboard.press("z")
    line = page.locator(".edits > li", has_text="Title of").first
    expect(line).to_contain_text("undoes this")
    line.get_by_role("button", name="Undo").click()
    expect(page.locator(".edits > li", has_text="Title of").first.get_by_role("button", name="Redo")).to_be_visible()
    page.goto(f"/features/{key}-01/", wait_until="networkidle")
    expect(page.locator("h1")).to_contain_text("Same-day settlement")

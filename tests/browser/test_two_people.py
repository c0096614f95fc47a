"""Two people at one thing: each sees what the other saved, what they do not share is brought together, and nothing typed is lost."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import EMAIL, PASSWORD
from tests.services import launch

pytestmark = pytest.mark.browser
OTHER = "bo@example.com"
KEYS = (f"DUO{letter}" for letter in "ABCDEFGHIJKLMNOP")
SECONDS = 3_000  # milliseconds within which one sees what the other saved
PERSON = f"""
from core import services
from core.models import User
if not User.objects.filter(email="{OTHER}").exists():
    services.create_user(actor=None, email="{OTHER}", name="Bo Lind", role="maker", password="{PASSWORD}")
"""
SEED = """
from core import services as core
from core.models import User
from roadmaps import services
actor, other = User.objects.get(role="admin"), User.objects.get(email="bo@example.com")
product = core.create_product(actor=actor, key="{key}", name="Payments {key}")
core.set_membership(actor=actor, product=product, user=other, level="editor")
for title in ("Same-day settlement", "Split settlement"):
    services.create_feature(actor=actor, product=product, title=title, description="As it was.")
"""

DOCUMENT = """
from core.models import User
from documents import services
from documents.sections import Section
from roadmaps.models import Feature
actor = User.objects.get(role="admin")
headings = ("Problem", "Goal")
template = services.create_template(
    actor=actor, name="What {key} asks", sections=[dict(heading=heading, guidance="", is_required=False) for heading in headings]
)
document = services.create_document(
    actor=actor, feature=Feature.objects.get(key="{key}-01"), template=template,
    sections=[Section(heading, "As it was.") for heading in headings],
)
print(f"/documents/{{document.pk}}/")
"""


def signed_in(browser: Browser, url: str, email: str) -> Page:
    """A page of a context of one's own."""
    page = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(10_000)
    sign_in(page, email)
    return page


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


@pytest.fixture(scope="module")
def pair(waymark) -> Iterator[tuple[Page, Page]]:
    """Ines and Bo, each at a browser of their own."""
    waymark.python(PERSON)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield signed_in(browser, waymark.url, EMAIL), signed_in(browser, waymark.url, OTHER)
        browser.close()


@pytest.fixture
def key(waymark) -> str:
    """A product of the test's own with two features."""
    found = next(KEYS)
    waymark.python(SEED.format(key=found))
    return found


def fact(page: Page, field: str):
    return page.locator(f'.facts [data-field="{field}"]')


def edit_fact(page: Page, field: str):
    """The opened editor of one fact on a feature's page."""
    fact(page, field).hover()
    fact(page, field).locator("[data-edit]").click()
    return fact(page, field).locator("[data-cell-editor]")


def open_cell(cell) -> None:
    """Edit a cell of the grid, by keyboard."""
    cell.focus()
    cell.press("F2")


def change(page: Page, key: str, **values: str) -> None:
    """Save values by the form of all facts."""
    page.goto(f"/features/{key}/edit/")
    for name, value in values.items():
        field = page.locator(f"form.formpage [name={name}]")
        field.select_option(value) if field.evaluate("node => node.tagName") == "SELECT" else field.fill(value)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/features/{key}/")


def move(page: Page) -> None:
    """A sign that somebody is there: pages nobody is at ask less often."""
    page.mouse.move(300 + time.time_ns() % 40, 300)


# --- each sees what the other saved -----------------------------------------------------------------------------------------


def test_what_one_saves_the_other_sees_within_three_seconds_on_page_panel_and_grid(pair, key):
    ines, bo = pair
    ines.goto(f"/features/{key}-01/", wait_until="networkidle")
    change(bo, f"{key}-01", kind="platform", title="Settled by noon", description="By noon, every day.")
    move(ines)
    expect(fact(ines, "kind")).to_contain_text("Platform", timeout=SECONDS)
    expect(ines.locator("h1")).to_contain_text("Settled by noon", timeout=SECONDS)
    expect(ines.locator(".featuremain")).to_contain_text("By noon, every day.", timeout=SECONDS)
    ines.goto(f"/features/?filter=product:{key}&sort=key", wait_until="networkidle")
    ines.get_by_role("link", name=f"{key}-01", exact=True).click()
    expect(ines.locator("[data-feature-panel]")).to_be_visible()
    change(bo, f"{key}-01", kind="compliance", title="Settled by ten", description="By ten.")
    move(ines)
    expect(ines.locator("#panel .ttl")).to_contain_text("Settled by ten", timeout=SECONDS)
    expect(ines.locator("#panel .ttl")).to_contain_text("By ten.", timeout=SECONDS)
    expect(ines.locator("#panel")).to_contain_text("Compliance", timeout=SECONDS)
    expect(ines.locator(f'tr[data-key="{key}-01"] [data-field="title"]')).to_have_text("Settled by ten", timeout=SECONDS)


# --- what they do not share is brought together ------------------------------------------------------------------------------


def test_two_who_change_different_facts_both_have_them(pair, key):
    ines, bo = pair
    for page in pair:
        page.goto(f"/features/{key}-01/edit/")
    ines.locator("[name=description]").fill("Ines describes it.")
    bo.locator("[name=title]").fill("Bo names it")
    for page in pair:
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url(f"**/features/{key}-01/")
    expect(ines.locator(".featuremain")).to_contain_text("Ines describes it.")
    ines.reload()
    expect(ines.locator("h1")).to_contain_text("Bo names it")
    expect(bo.locator(".featuremain")).to_contain_text("Ines describes it.")


def test_a_cell_that_is_open_stays_as_typed_while_its_row_is_drawn_anew(pair, key):
    ines, bo = pair
    ines.goto(f"/features/?filter=product:{key}&sort=key&columns=kind", wait_until="networkidle")
    title = ines.locator(f'tr[data-key="{key}-01"] [data-field="title"]')
    open_cell(title)
    title.locator("input[name=title]").fill("Half a")
    change(bo, f"{key}-01", kind="platform")
    move(ines)
    ines.wait_for_timeout(SECONDS)
    expect(title.locator("input[name=title]")).to_have_value("Half a")
    title.locator("input[name=title]").fill("Half a word more")
    ines.keyboard.press("Enter")
    expect(title).to_have_text("Half a word more")
    expect(ines.locator(f'tr[data-key="{key}-01"] [data-field="kind"]')).to_have_text("Platform")


# --- the same changed by both -------------------------------------------------------------------------------------------------


def test_the_same_cell_changed_by_both_shows_mine_and_theirs(pair, key):
    ines, bo = pair
    ines.goto(f"/features/?filter=product:{key}&sort=key", wait_until="networkidle")
    title = ines.locator(f'tr[data-key="{key}-01"] [data-field="title"]')
    open_cell(title)
    title.locator("input[name=title]").fill("As Ines says")
    change(bo, f"{key}-01", title="As Bo says")
    ines.keyboard.press("Enter")
    dialog = ines.locator("#dialog")
    expect(dialog).to_contain_text("As Ines says")
    expect(dialog).to_contain_text("As Bo says")
    expect(dialog).to_contain_text("Bo Lind changed this")
    dialog.get_by_role("button", name="Save what I chose").click()
    expect(title).to_have_text("As Ines says")


def test_the_same_fact_changed_by_both_shows_both_and_theirs_may_stand(pair, key):
    ines, bo = pair
    ines.goto(f"/features/{key}-01/", wait_until="networkidle")
    editor = edit_fact(ines, "target_date")
    editor.locator("input[name=target_date]").fill("2027-05-05")
    change(bo, f"{key}-01", target_date="2027-06-06")
    ines.locator(".facts [data-cell-editor] input[name=target_date]").press("Enter")
    dialog = ines.locator("#dialog")
    expect(dialog).to_contain_text("2027-05-05")
    dialog.get_by_role("radio", name="Bo Lind").check()
    dialog.get_by_role("button", name="Save what I chose").click()
    expect(fact(ines, "target_date")).to_contain_text("6 Jun")
    expect(ines.locator("[data-cell-editor]")).to_have_count(0)


def test_a_form_keeps_what_nobody_else_touched_when_one_field_is_in_question(pair, key):
    ines, bo = pair
    ines.goto(f"/features/{key}-01/edit/")
    change(bo, f"{key}-01", title="As Bo says", kind="platform")
    ines.locator("[name=title]").fill("As Ines says")
    ines.locator("[name=description]").fill("A long text that nobody else wrote.")
    ines.get_by_role("button", name="Save", exact=True).click()
    panel = ines.locator("form.conflict")
    expect(panel).to_contain_text("As Bo says")
    expect(ines.locator("form.formpage [name=description]")).to_have_value("A long text that nobody else wrote.")
    panel.get_by_role("button", name="Save what I chose").click()
    ines.wait_for_url(f"**/features/{key}-01/")
    expect(ines.locator("h1")).to_contain_text("As Ines says")
    expect(ines.locator(".featuremain")).to_contain_text("A long text that nobody else wrote.")
    expect(fact(ines, "kind")).to_contain_text("Platform")


def test_two_who_write_one_document_have_both_sections_and_choose_where_both_wrote_one(pair, waymark, key):
    ines, bo = pair
    address = waymark.python(DOCUMENT.format(key=key)).strip().splitlines()[-1]
    for page in pair:
        page.goto(address, wait_until="networkidle")
    text = "## Problem\n\n{}\n\n## Goal\n\n{}\n"
    bo.locator("#doctext").fill(text.format("As Bo says.", "As it was."))
    bo.get_by_role("button", name="Save", exact=True).click()
    expect(bo.locator("#docview")).to_contain_text("As Bo says.")
    ines.locator("#doctext").fill(text.format("As it was.", "As Ines says."))
    ines.get_by_role("button", name="Save", exact=True).click()
    expect(ines.locator("#docview")).to_contain_text("As Bo says.")
    expect(ines.locator("#docview")).to_contain_text("As Ines says.")
    bo.locator("#doctext").fill(text.format("As Bo says.", "As Bo says, too."))
    bo.get_by_role("button", name="Save", exact=True).click()
    panel = bo.locator("form.conflict")
    expect(panel).to_contain_text("As Ines says.")
    panel.get_by_role("button", name="Save what I chose").click()
    expect(bo.locator("#docview")).to_contain_text("As Bo says, too.")


# --- nothing typed is lost -----------------------------------------------------------------------------------------------------


def test_what_was_typed_is_there_again_after_the_tab_was_closed(pair, key):
    ines, _ = pair
    tab = ines.context.new_page()
    tab.goto(f"/features/{key}-01/edit/", wait_until="networkidle")
    tab.locator("[name=description]").fill("Typed and not saved.")
    tab.wait_for_timeout(600)
    tab.close()
    ines.goto(f"/features/{key}-01/edit/")
    expect(ines.get_by_role("status").filter(has_text="was put back")).to_be_visible()
    expect(ines.locator("[name=description]")).to_have_value("Typed and not saved.")
    ines.get_by_role("button", name="Save", exact=True).click()
    ines.wait_for_url(f"**/features/{key}-01/")
    ines.goto(f"/features/{key}-01/edit/")
    expect(ines.get_by_role("button", name="Discard it")).to_have_count(0)


def test_a_form_sent_after_the_session_ran_out_is_there_again_after_signing_in(pair, key):
    _, bo = pair
    bo.goto(f"/features/{key}-01/edit/", wait_until="networkidle")
    bo.locator("[name=description]").fill("Typed in a lost session.")
    bo.wait_for_timeout(600)
    bo.context.clear_cookies(name="waymark_session")
    bo.get_by_role("button", name="Save", exact=True).click()
    bo.wait_for_url("**/accounts/login/**")
    sign_in(bo, OTHER)
    bo.goto(f"/features/{key}-01/edit/")
    expect(bo.locator("[name=description]")).to_have_value("Typed in a lost session.")


def test_a_cell_sent_after_the_session_ran_out_is_sent_again_from_the_same_page(pair, key):
    _, bo = pair
    bo.goto(f"/features/?filter=product:{key}&sort=key", wait_until="networkidle")
    title = bo.locator(f'tr[data-key="{key}-01"] [data-field="title"]')
    open_cell(title)
    title.locator("input[name=title]").fill("Typed in a lost session")
    bo.context.clear_cookies(name="waymark_session")
    bo.keyboard.press("Enter")
    expect(bo.locator("#signed-out")).to_be_visible()
    tab = bo.context.new_page()
    sign_in(tab, OTHER)
    tab.close()
    bo.locator("#signed-out").get_by_role("button", name="Stay on this page").click()
    expect(title.locator("input[name=title]")).to_have_value("Typed in a lost session")
    title.locator("input[name=title]").press("Enter")
    expect(title).to_have_text("Typed in a lost session")


# --- hearing of each other ------------------------------------------------------------------------------------------------------


def test_who_is_called_walks_through_the_news_by_keyboard(pair, waymark, key):
    ines, bo = pair
    for number in ("01", "02"):
        bo.goto(f"/features/{key}-{number}/", wait_until="networkidle")
        bo.locator("#comment-text").fill(f"@Ines Carvalho, look at {number}")
        bo.get_by_role("button", name="Comment", exact=True).click()
        expect(bo.locator(".thread")).to_contain_text(f"look at {number}")
    waymark.python("from core import consumers; consumers.follow_events()")
    ines.goto("/notifications/", wait_until="networkidle")
    lines = ines.locator(".newsline")
    expect(lines.first).to_contain_text("look at 02")
    ines.keyboard.press("j")
    expect(lines.nth(0)).to_be_focused()
    ines.keyboard.press("j")
    expect(lines.nth(1)).to_be_focused()
    ines.keyboard.press("k")
    expect(lines.nth(0)).to_be_focused()
    ines.keyboard.press("Enter")
    ines.wait_for_url(f"**/features/{key}-02/#comment-*")

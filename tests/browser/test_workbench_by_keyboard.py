"""A maker's whole day at the workbench without a mouse: every step by keys alone, from the first feature to what moved since."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.look import findings, wide_and_light

pytestmark = pytest.mark.browser
MODEL = """
from prioritization.beginning import begin
from core.acts import act
from prioritization.models import ScoringModel
if not ScoringModel._base_manager.exists():
    with act(None):
        begin()
"""
AUDIENCES = """
from core.models import User
from roadmaps.models import Audience
from roadmaps.services import create_audience
if not Audience._base_manager.exists():
    create_audience(actor=User.objects.get(role="admin"), name="Partners", shows=["initiative"], dates="month")
"""
NAMED = "(e => (e.labels?.[0] ?? e).getAttribute('aria-label') ?? (e.labels?.[0] ?? e).textContent.trim())(document.activeElement)"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus; with … at its end, until one whose name begins so."""
    for _ in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate(NAMED)
        if found == name or (name.endswith("…") and found.startswith(name[:-1])):
            return
    raise AssertionError(f"“{name}” is not reached by Tab.")


def cell(page: Page, key: str, field: str):
    return page.locator(f'tr[data-key="{key}"] [data-field="{field}"]')


def walk(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.fixture
def workbench(page, key, waymark) -> Page:
    """The page of features of one product, with five of them."""
    waymark.python(MODEL)
    page.goto(f"/features/?filter=product:{key}&sort=key&columns=start_date,target_date,kind,score", wait_until="networkidle")
    return page


def test_a_feature_is_made_rated_scheduled_and_linked(workbench, key):
    page = workbench
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/features/new/"))
    tab_to(page, "Product")
    page.keyboard.type(f"Payments {key}")
    tab_to(page, "Title")
    page.keyboard.type("Refunds at the counter")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/features/{key}-06/"))
    expect(page.locator("h1")).to_contain_text("Refunds at the counter")

    tab_to(page, "Impact")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.locator(".scorebox")).to_contain_text("4")
    expect(page.get_by_label("Impact", exact=True)).to_have_value("4")

    page.goto(f"/features/?filter=product:{key}&sort=key&columns=start_date,target_date", wait_until="networkidle")
    tab_to(page, f"{key}-01")
    walk(page, *["ArrowDown"] * 5, "ArrowRight", "ArrowRight", "Enter")
    expect(page.get_by_label(f"Start date of {key}-06")).to_be_focused()
    page.keyboard.type("06012027")  # a field of days is typed in the browser's own order
    page.keyboard.press("Tab")
    expect(cell(page, f"{key}-06", "target_date")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(f"Target date of {key}-06")).to_be_focused()
    page.keyboard.type("07152027")
    page.keyboard.press("Enter")
    expect(cell(page, f"{key}-06", "start_date")).to_contain_text("1 Jun")
    expect(cell(page, f"{key}-06", "target_date")).to_contain_text("15 Jul")

    page.goto(f"/roadmaps/timeline/?filter=product:{key}&from=2027-04-01&lanes=none", wait_until="networkidle")
    tab_to(page, f"{key}-03 Instant refunds…")
    walk(page, *["ArrowDown"] * 3, "ArrowRight")
    bar = page.locator(f'[data-bar][data-key="{key}-06"]')
    expect(bar).to_have_attribute("data-start", "2027-06-02")
    expect(bar).to_be_focused()
    page.keyboard.press("l")
    expect(page.get_by_label("Who waits for it")).to_be_focused()
    page.keyboard.type(f"{key}-05")
    page.keyboard.press("Enter")
    expect(page.locator(".tl-dep")).to_have_count(1)
    expect(page.locator(".tl-dep.is-broken")).to_have_count(1)


def test_rows_are_moved_grouped_kept_as_a_view_changed_together_and_all_of_it_taken_back(workbench, key):
    page = workbench
    page.goto(f"/features/?filter=product:{key}&sort=order&columns=kind", wait_until="networkidle")
    tab_to(page, f"{key}-01")
    walk(page, "ArrowDown", "ArrowDown", "Alt+ArrowUp")
    expect(page.locator("tr[data-key]").nth(1)).to_have_attribute("data-key", f"{key}-03")
    expect(page.locator(".undobar")).to_contain_text(f"{key}-03 is number 2 by hand")

    page.reload(wait_until="networkidle")
    tab_to(page, "No groups")
    page.keyboard.press("Enter")
    tab_to(page, "Stage")
    page.keyboard.press("Enter")
    expect(page.locator("tr.grouprow")).to_have_count(5)

    tab_to(page, "Save this view")
    page.keyboard.press("Enter")
    tab_to(page, "New view of what is shown")
    page.keyboard.type("By stage")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Saved views").get_by_role("link", name="By stage")).to_have_attribute(
        "aria-current", "page"
    )

    tab_to(page, f"{key}-01")
    walk(page, "Space", "ArrowDown", "Space")
    expect(page.locator("[data-picked]")).to_have_text("2")
    tab_to(page, "Edit together")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    tab_to(page, "Kind")
    page.keyboard.type("Platform")
    tab_to(page, "Change them")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog h2")).to_have_text("2 features changed")
    page.keyboard.press("Escape")
    expect(cell(page, f"{key}-01", "kind")).to_have_text("Platform")

    page.keyboard.press("Control+z")
    expect(cell(page, f"{key}-01", "kind")).to_have_text("Growth")
    page.keyboard.press("Control+z")
    expect(page.locator(".undobar")).to_contain_text(f"Place by hand of {key}-03")
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    expect(cell(page, f"{key}-01", "kind")).to_have_text("Platform")


def test_a_roadmap_is_kept_and_what_moved_on_it_is_read(page, key):
    page.goto(f"/roadmaps/timeline/?filter=product:{key}&from=2027-01-01", wait_until="networkidle")
    tab_to(page, "Keep this roadmap")
    page.keyboard.press("Enter")
    tab_to(page, "Name")
    page.keyboard.type(f"Payments {key} next year")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"Payments {key} next year")
    tab_to(page, "What moved…")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/comparison/"))
    tab_to(page, "From")
    page.keyboard.type("01012026")
    page.keyboard.press("Enter")
    expect(page.locator(".subjectmain")).to_contain_text("5 added, 0 dropped")


def test_a_roadmap_is_shared_by_a_link_and_the_link_is_revoked(page, key, waymark):
    waymark.python(AUDIENCES)
    page.goto(f"/roadmaps/timeline/?filter=product:{key}&from=2027-01-01", wait_until="networkidle")
    tab_to(page, "Keep this roadmap")
    page.keyboard.press("Enter")
    tab_to(page, "Name")
    page.keyboard.type(f"Payments {key} for others")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"Payments {key} for others")
    tab_to(page, "Share")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"Share Payments {key} for others")
    links = page.url
    tab_to(page, "Shown to")
    page.keyboard.type("Partners")
    tab_to(page, "Title outside")
    page.keyboard.press("Control+a")
    page.keyboard.type(f"What comes {key}")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address of the link")).to_be_focused()
    expect(page.locator("table")).to_contain_text(f"What comes {key}")
    tab_to(page, "Open")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/shared/"))
    expect(page.locator(".sharedpage")).to_contain_text(f"What comes {key}")
    link = page.url
    wide_and_light(page)
    assert findings(page) == []
    wide_and_light(page)
    page.goto(links, wait_until="networkidle")
    tab_to(page, f"Revoke What comes {key} for Partners")
    page.keyboard.press("Enter")
    expect(page.locator(".subjectmain")).to_contain_text("This roadmap has no links")
    assert page.request.get(link).status == 404

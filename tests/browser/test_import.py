"""A real file on its way in, in a browser: uploaded, mapped, checked, run by a worker, seen in the grid and the dashboard, taken back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.look import findings, wide_and_light

pytestmark = pytest.mark.browser
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
KEPS = DATA / "keps" / "keps.csv"
PROPOSALS = DATA / "city-proposals-es" / "proposals.csv"
KEYS = (f"KEP{letter}" for letter in "ABCDEFGH")
SEED = """
from core import services
from core.models import User
product = services.create_product(actor=User.objects.get(role="admin"), key="{key}", name="Cluster {key}")
User.objects.update(scope=product)
"""
START = """
from integrations import services
from integrations.models import ImportRun
run = ImportRun.objects.order_by("pk").last()
services.start_import(actor=run.owner, run=run)
"""
LIVING = """
from roadmaps.models import Feature
print(Feature.objects.filter(product__key="{key}", deleted_at=None).count())
"""
IN_FLIGHT = """
from roadmaps.models import Feature
print(Feature.objects.filter(product__key="{key}", deleted_at=None, status__in=("open", "planned", "in_progress")).count())
"""


@pytest.fixture(scope="module", autouse=True)
def worker(waymark) -> None:
    waymark.start("worker")


@pytest.fixture
def key(waymark) -> str:
    """The key of an empty product of the test's own, which everything is narrowed to."""
    found = next(KEYS)
    waymark.python(SEED.format(key=found))
    return found


def upload(page: Page, key: str, path: Path = KEPS, kind: str = "features") -> None:
    assert path.exists(), f"The real input is missing beside the checkout ({path})."
    page.goto("/settings/imports/", wait_until="networkidle")
    page.get_by_label("What is in the file?").select_option(kind)
    page.locator("#id_product").select_option(label=f"Cluster {key}")
    page.get_by_label("CSV or JSON file").set_input_files(path)
    page.get_by_role("button", name="Look at the file").click()
    page.wait_for_url(re.compile(r"/settings/imports/\d+/$"))


def holds(page: Page, column: str, label: str) -> None:
    page.get_by_label(f"What “{column}” holds", exact=True).select_option(label=label)


def means(page: Page, **meanings: str) -> None:
    for word, stage in meanings.items():
        page.get_by_label(f"What “{word}” means", exact=True).select_option(label=stage)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()")
        if found.startswith(name):
            return
    raise AssertionError(f"“{name}” is not reached by Tab.")


def test_a_real_backlog_is_walked_from_upload_to_dashboard_and_taken_back(waymark, page, key):
    upload(page, key)
    expect(page.get_by_label("What “number” holds", exact=True)).to_have_value("outside_id")
    expect(page.get_by_label("What “stage” holds", exact=True)).to_have_value("stage")
    holds(page, "stage", "Leave out")  # alpha and beta are no stages of ours
    holds(page, "status", "Stage")
    holds(page, "sig", "Add to description")
    holds(page, "latest_milestone", "Leave out")
    holds(page, "created", "Start date")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#state-title")).to_have_text("Checked")
    expect(page.get_by_role("status").first).to_contain_text("Of 396 rows, 396 would be refused.")
    expect(page.get_by_role("button", name="Import keps.csv")).to_have_count(0)

    means(page, implementable="Definition", implemented="Launch", provisional="Discovery", withdrawn="Sunset", removed="Leave the row out")
    page.get_by_role("button", name="Keep these meanings and check").click()
    expect(page.get_by_role("status").first).to_contain_text("Nothing has been changed yet.")
    foretold = page.get_by_role("status").first.inner_text()
    made, refused = (int(number) for number in re.search(r"(\d+) would be made and (\d+) would be refused", foretold).groups())
    assert made + refused == 396
    page.get_by_role("link", name=re.compile("^Refused")).click()
    expect(page.locator("tbody tr", has_text="is not a date").first).to_be_visible()

    page.get_by_role("button", name="Import keps.csv").click()
    expect(page.locator("#state-title")).to_have_text("Done", timeout=60_000)  # the page tells by itself
    expect(page.get_by_role("status").first).to_contain_text(f"{made} were made and {refused} were refused")
    run = page.url
    page.get_by_role("link", name="See the features").click()
    expect(page.locator("body")).to_contain_text(f"{key}-01")
    expect(page.locator("body")).to_contain_text(f"{made} features")
    page.goto("/portfolio/", wait_until="networkidle")
    in_flight = int(waymark.python(IN_FLIGHT.format(key=key)))
    assert 0 < in_flight < made
    expect(page.locator("body")).to_contain_text(f"{in_flight} in flight", timeout=30_000)

    page.goto(run)
    page.get_by_role("button", name="Take this import back").click()
    expect(page.locator("#state-title")).to_have_text("Taken back", timeout=90_000)
    page.goto(f"/features/?filter=product:{key}", wait_until="networkidle")
    expect(page.locator("body")).not_to_contain_text(f"{key}-01")
    page.goto("/portfolio/", wait_until="networkidle")
    expect(page.locator("body")).not_to_contain_text(f"{in_flight} in flight", timeout=30_000)


def test_real_requests_are_walked_from_upload_to_inbox_and_taken_back(page, key):
    upload(page, key, PROPOSALS, "feedback")
    for column, guess in {"id": "outside_id", "title": "title", "description": "text", "created_at": "day"}.items():
        expect(page.get_by_label(f"What “{column}” holds", exact=True)).to_have_value(guess)
    holds(page, "cached_votes_up", "Add to text")
    holds(page, "retired_at", "Leave out")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#state-title")).to_have_text("Checked", timeout=60_000)
    expect(page.get_by_role("status").first).to_contain_text("Of 1622 rows, 1622 would be made.")
    page.get_by_role("button", name="Import proposals.csv").click()
    expect(page.locator("#state-title")).to_have_text("Done", timeout=60_000)
    expect(page.get_by_role("status").first).to_contain_text("1622 were made")
    run = page.url
    page.get_by_role("link", name="See the feedback").click()
    expect(page.locator("#inbox-tabs [aria-current] .n")).to_have_text("999+")
    expect(page.locator("#message-title")).not_to_be_empty()

    page.goto(run)
    page.get_by_role("button", name="Take this import back").click()
    expect(page.locator("#state-title")).to_have_text("Taken back", timeout=90_000)
    page.goto("/feedback/", wait_until="networkidle")
    expect(page.locator(".inboxnone")).to_contain_text("Nothing waits")


def test_a_file_is_brought_in_by_keyboard_alone(page, key, tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text("id,title,status\n1,Faster payouts,Doing\n2,Slower payouts,Doing\n")
    page.goto("/settings/imports/", wait_until="networkidle")
    tab_to(page, "What is in the file?")
    page.keyboard.type("Features")
    tab_to(page, "Product")
    page.keyboard.type(f"Cluster {key}")
    with page.expect_file_chooser() as chooser:  # the browser is told of it while the way there is tabbed, not in the key's own moment
        tab_to(page, "CSV or JSON file")
        page.keyboard.press("Enter")
    chooser.value.set_files(table)
    tab_to(page, "Look at the file")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/settings/imports/\d+/$"))
    tab_to(page, "Check the file")
    page.keyboard.press("Enter")
    expect(page.locator("#words-title")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.get_by_label("What “Doing” means").focus()
    page.keyboard.type("Delivery")
    tab_to(page, "Keep these meanings and check")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Of 2 rows, 2 would be made.")
    tab_to(page, "Import plan.csv")
    page.keyboard.press("Enter")
    expect(page.locator("#state-title")).to_have_text("Done", timeout=60_000)
    tab_to(page, "Take this import back")
    page.keyboard.press("Enter")
    expect(page.locator("#state-title")).to_have_text("Taken back", timeout=60_000)


def test_a_long_run_shows_its_progress_is_ended_and_taken_back(waymark, page, key, tmp_path):
    table = tmp_path / "long.csv"
    table.write_text("id,title\n" + "".join(f"{n},Feature {n}\n" for n in range(20_000)))
    upload(page, key, table)
    waymark.python(START)
    page.reload(wait_until="networkidle")
    told = page.get_by_role("status").first
    expect(told).to_contain_text("of 20000 rows", timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#state-title")).to_have_text("Stopped", timeout=60_000)
    expect(told).to_contain_text("It was ended before its end. What was done until then stands below")
    done = int(re.search(r"Of (\d+) rows", told.inner_text())[1])
    assert 0 < done < 20_000
    assert int(waymark.python(LIVING.format(key=key))) == done
    page.get_by_role("button", name="Take this import back").click()
    expect(page.locator("#state-title")).to_have_text("Taken back", timeout=180_000)
    assert int(waymark.python(LIVING.format(key=key))) == 0


def test_a_file_that_cannot_be_read_is_told_at_its_field(page, key, tmp_path):
    for content, sentence in ((b"  \n", "The file is empty."), (b"PK\x03\x04" + b"x" * 99, "This is not a text file.")):
        path = tmp_path / "sheet.csv"
        path.write_bytes(content)
        page.goto("/settings/imports/", wait_until="networkidle")
        page.locator("#id_product").select_option(label=f"Cluster {key}")
        page.get_by_label("CSV or JSON file").set_input_files(path)
        page.get_by_role("button", name="Look at the file").click()
        expect(page.locator(".formfield.has-error")).to_contain_text(sentence)


def test_the_pages_of_imports_are_for_everybody_on_every_screen(page, key):
    upload(page, key)
    draft = page.url

    def look(url: str) -> None:
        wide_and_light(page)
        page.goto(url, wait_until="networkidle")
        assert (url, findings(page)) == (url, [])

    look("/settings/imports/")
    look(draft)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#state-title")).to_have_text("Checked")
    look(draft)

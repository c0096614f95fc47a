"""What leaves the screen: printed pages, and the menu of files."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser
A3 = [1191, 842]
TITLES = ("Same-day settlement", "Split settlement", "Instant refunds", "Weekend payouts", "Sums by entity")
MANY = """
from core.models import User
from core.services import create_product
from roadmaps import services
from roadmaps.models import Stage
from datetime import date
actor = User.objects.first()
product = create_product(actor=actor, key="PAPER", name="Paper")
for n in range(60):
    services.create_feature(actor=actor, product=product, title=f"Bar {n:02}", stage=Stage.objects.get(position=4),
                            start_date=date(2027, 1, 5), target_date=date(2027, 2, 20))
"""


def printed(page: Page, path: str) -> PdfReader:
    """The address as a printer gets it, once the page's scripts are there."""
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(500)
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def size(page) -> list[int]:
    return [round(float(side)) for side in page.mediabox[2:]]


@pytest.mark.parametrize("layout", ["timeline", "board", "horizons", "list"])
def test_a_layout_is_printed_whole_with_its_head_and_nothing_of_the_shell(layout, page, key):
    paper = printed(page, f"/roadmaps/timeline/?layout={layout}&filter=product:{key}&from=2027-01-01")
    text = "\n".join(sheet.extract_text() for sheet in paper.pages)
    assert all(title in text for title in TITLES)
    assert "as of" in text
    assert "Priorities" not in text
    assert "Export" not in text
    width, height = size(paper.pages[0])
    assert width > height
    if layout != "list":
        assert [width, height] == pytest.approx(A3, abs=2)


def test_a_long_timeline_is_printed_bar_by_bar_under_the_same_head(page, waymark):
    waymark.python(MANY)
    paper = printed(page, "/roadmaps/timeline/?filter=product:PAPER&from=2027-01-01&lanes=none")
    sheets = [sheet.extract_text() for sheet in paper.pages]
    assert len(sheets) == 3
    assert all("Q1 2027" in text and "Mar" in text for text in sheets)
    assert ["".join(sheets).count(f"Bar {n:02}") for n in range(60)] == [2] * 60  # its name and its bar
    expect(page.locator(".is-sheet")).to_have_count(0)


def test_the_menu_of_files_is_walked_by_keys_and_gives_the_file(page, key):
    page.goto(f"/features/?filter=product:{key}&sort=key", wait_until="networkidle")
    page.get_by_role("button", name="Export").click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="CSV")).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("Features-")
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Key", *(f"{key}-0{n}" for n in range(1, 6))]


def test_a_feature_is_printed_facts_first_and_without_what_only_a_screen_can_do(page, key):
    text = "\n".join(sheet.extract_text() for sheet in printed(page, f"/features/{key}-01/").pages)
    assert text.index("Same-day settlement") < text.index("Owner") < text.index("Description")
    assert "Say something" not in text
    assert "Add a dependency" not in text

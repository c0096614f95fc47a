"""Whether everybody can use the page that is open: with assistive technology, in both themes, on a phone."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

AXE = {"resultTypes": ["violations"], "preload": False}
NARROW_AND_DARK = {"runOnly": ["color-contrast", "target-size"]}  # what theme and width decide; the rest is the same in all


def wide_and_light(page: Page) -> None:
    """The page is shown as on a large screen by day, without movement."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def findings(page: Page) -> list[str]:
    """All that is wrong with the page, which was opened wide and light and is narrow and dark afterwards."""
    found = [] if page.title().removesuffix("Waymark").strip(" ·") else ["It has no title."]
    page.evaluate(AXE_SCRIPT)
    found += [f"light: {one}" for one in _inaccessible(page, {})]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    found += [f"dark, 360 px: {one}" for one in _inaccessible(page, NARROW_AND_DARK)]
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    return found + ([f"It is {wide} px wide on a screen of 360 px."] if wide > 360 else [])


def _inaccessible(page: Page, options: dict) -> list[str]:
    violations = page.evaluate("async (options) => (await axe.run(options)).violations", AXE | options)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in violations
        for node in violation["nodes"][:4]
    ]

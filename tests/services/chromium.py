"""The browser of the tests and of the pictures: the machine's Chromium, best the one without a window, else what Playwright brought."""

import shutil
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Any) -> Any:
    """A fresh browser that asks for nothing by itself."""
    return playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-background-networking"])

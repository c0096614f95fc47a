#!/usr/bin/env python
"""Pictures of every page and every layout of the roadmap, light and dark, in three widths, and as they are printed, in var/screenshots.

Starts Waymark with a folder of its own, as `make run` does the first time, or with the data folder named as the argument, and
follows the links of a maker's pages, then of those that only others see: each page is taken once, as the first of them who may see
it. What needs no sign-in and what is not there come last.
"""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import django
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import free_port, launch  # noqa: E402

PICTURES = ROOT / "var" / "screenshots"
SIZES = [(1440, 900), (768, 1024), (360, 740)]
THEMES = ["light", "dark"]
HREFS = "links => links.map(link => link.getAttribute('href'))"  # a link in a chart has no plain `href`
SKIPPED = {"account_logout", "event-undo"}
OPEN_PAGES = ["/accounts/login/", "/accounts/password/reset/", "/there-is-no-such-page/"]
ROLES = ["maker", "admin", "contributor"]
LAYOUTS = {f"timeline-{name}": f"/roadmaps/timeline/?layout={name}" for name in ("board", "horizons", "list")}
START_WITHIN_SECONDS = 600


def wait_until_up(port: int, server: subprocess.Popen[bytes]) -> None:
    """The server answers; raises SystemExit when it ends or takes too long."""
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("Waymark did not start; its messages are above.")


def session_cookie(address: str, role: str) -> dict[str, str]:
    """A signed-in session of the first person in this role, as Playwright takes a cookie."""
    person = auth.get_user_model().objects.filter(role=role, is_active=True).order_by("id").first()
    if person is None:
        raise SystemExit(f"There is no {role} to sign in as: the demonstration was not filled.")
    session = SessionStore()
    session[auth.SESSION_KEY] = str(person.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}


def pages_by_name(context: BrowserContext, address: str, known: set[str]) -> dict[str, str]:
    """One address per route, by the route's name, of all that can be reached by links from Home and is not known yet."""
    page, found, waiting = context.new_page(), {}, ["/"]
    while waiting:
        path = waiting.pop(0)
        try:
            name = resolve(path).view_name
        except Resolver404:
            continue
        if name in found or name in SKIPPED:
            continue
        answer = page.goto(urljoin(address, path))
        if answer is not None and answer.status >= 500:
            raise SystemExit(f"{path} answered {answer.status}; its error is in the messages above.")
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        found[name] = path
        links = [urlsplit(urljoin(page.url, link)) for link in page.locator("a[href]:not([download])").evaluate_all(HREFS)]
        waiting += [link.path for link in links if link.netloc == urlsplit(address).netloc]
    page.close()
    return {name: path for name, path in found.items() if name not in known}


def take(context: BrowserContext, address: str, pages: dict[str, str]) -> None:
    """A picture of each page in every theme and size, named page-theme-width.png, and what a printer gets of it, page-print.pdf."""
    page = context.new_page()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for name, path in pages.items():
                page.goto(urljoin(address, path), wait_until="load")
                page.screenshot(path=PICTURES / f"{name.replace(':', '-')}-{theme}-{width}.png")
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    for name, path in pages.items():
        page.goto(urljoin(address, path), wait_until="networkidle")
        page.pdf(path=PICTURES / f"{name.replace(':', '-')}-print.pdf", prefer_css_page_size=True)
    page.close()


def main() -> None:
    """Takes all pictures anew."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="waymark-screenshots-", ignore_cleanup_errors=True) as own:
        folder = sys.argv[1] if len(sys.argv) > 1 else own
        os.environ |= {"WAYMARK_DATA": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "PUBLIC_BASE_URL": address}
        server = subprocess.Popen([sys.executable, "manage.py", "up", "--demo", "--port", str(port)], cwd=ROOT)
        try:
            wait_until_up(port, server)
            django.setup()
            cookies = {role: session_cookie(address, role) for role in ROLES}
            with sync_playwright() as playwright:
                browser = launch(playwright)
                known: set[str] = set()
                for role in ROLES:
                    signed_in = browser.new_context()
                    signed_in.add_cookies([cookies[role]])
                    pages = pages_by_name(signed_in, address, known)
                    take(signed_in, address, pages | LAYOUTS if role == ROLES[0] else pages)
                    known |= set(pages)
                take(browser.new_context(), address, {path.strip("/").replace("/", "-"): path for path in OPEN_PAGES})
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    prints, pictures = (len(list(PICTURES.glob(f"*.{kind}"))) for kind in ("pdf", "png"))
    print(f"{pictures} pictures and {prints} prints are in {PICTURES.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()

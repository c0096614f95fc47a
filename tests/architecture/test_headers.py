"""What every answer tells the browser: whom to trust, what to keep, what to forbid."""

import json
import subprocess
import sys

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture.access import Line, lines
from tests.architecture.test_boot import KEPT, SAFE
from tests.factories.core import PASSWORD
from tests.installation import ROOT

pytestmark = pytest.mark.django_db
READ = [line for line in lines() if line.method == "GET" and line.object != "private"]


def policy(answer: HttpResponse) -> dict[str, list[str]]:
    """The directives of the content security policy with their sources."""
    directives = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: sources for name, *sources in directives}


def assert_protected(answer: HttpResponse) -> None:
    """Whom to trust with what: nothing but what this server itself named."""
    csp = policy(answer)
    assert csp["default-src"] == ["'none'"]
    assert {"base-uri", "frame-ancestors", "form-action", "script-src", "style-src"} <= set(csp)
    assert csp["base-uri"] == csp["frame-ancestors"] == ["'none'"]
    others = {source for listed in csp.values() for source in listed} - {"'none'", "'self'", "data:"}
    assert all(source.startswith("'nonce-") for source in others)
    assert "data:" not in csp["script-src"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "Server" not in answer
    assert "X-Powered-By" not in answer


@pytest.mark.parametrize("line", READ, ids=str)
def test_an_answer_carries_every_protection(line: Line, visitors):
    for who, headers in (("anonymous", {}), ("maker", {}), ("maker", {"HX-Request": "true"})):
        answer = visitors.ask(line, who, headers=headers)
        assert_protected(answer)
        for morsel in answer.cookies.values():
            assert morsel["samesite"] == "Lax"
            assert morsel["httponly"] or morsel.key == "waymark_csrf"
        if who == "maker" and line.expected["anonymous"] in ("login", "401"):
            assert "no-store" in answer["Cache-Control"]
            assert "public" not in answer["Cache-Control"]


# --- behind https ---------------------------------------------------------------------------------------------------

READ_SETTINGS = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in dir(settings)
    if name.startswith(("SECURE_HSTS", "SECURE_SSL", "SECURE_PROXY", "SECURE_REDIRECT")) or name.endswith("_COOKIE_SECURE")}))
"""


@pytest.fixture(scope="module")
def of_production(tmp_path_factory) -> dict:
    """What the settings file itself says of https where a team's installation is started."""
    given = KEPT | SAFE | {"WAYMARK_DATA": str(tmp_path_factory.mktemp("data")), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", READ_SETTINGS]
    started = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stderr
    return json.loads(started.stdout)


@pytest.fixture
def in_production(of_production, settings, visitors):
    """The world with those settings. The middleware is built anew, as it reads them when it is built."""
    for name, value in of_production.items():
        setattr(settings, name, tuple(value) if name == "SECURE_PROXY_SSL_HEADER" else value)
    for client in visitors.clients.values():
        client.handler._middleware_chain = None
    yield visitors
    for client in visitors.clients.values():
        client.handler._middleware_chain = None


def test_every_answer_over_https_keeps_the_browser_there(in_production):
    for line in READ:
        for who in ("anonymous", "maker"):
            answer = in_production.ask(line, who, headers={"X-Forwarded-Proto": "https"})
            said = answer["Strict-Transport-Security"].split("; ")
            assert int(said[0].removeprefix("max-age=")) >= 365 * 24 * 3600, str(line)
            assert "includeSubDomains" in said, str(line)
            assert all(morsel["secure"] for morsel in answer.cookies.values()), str(line)


def test_plain_http_is_led_to_https(in_production):
    for line in READ:
        answer = in_production.ask(line, "maker")
        if line.route not in ("healthz", "readyz"):
            assert answer.status_code == 301, str(line)
            assert answer["Location"].startswith("https://testserver/"), str(line)


def test_the_cookies_of_signing_in_travel_over_https_alone(in_production):
    person = in_production.world.people["maker"]
    client = Client(headers={"X-Forwarded-Proto": "https"})
    client.get(reverse("account_login"))
    answer = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    given = client.cookies
    assert {"waymark_session", "waymark_csrf"} <= set(given)
    for morsel in given.values():
        assert morsel["secure"], morsel.key
        assert morsel["samesite"] == "Lax", morsel.key
    assert given["waymark_session"]["httponly"]

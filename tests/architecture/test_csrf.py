"""A browser that was tricked into sending a request changes nothing; a program's token is judged alone."""

from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.test import Client

from tests.architecture.access import PEOPLE, Line, Visitors, filled, lines, path_of, routes, spoken

pytestmark = pytest.mark.django_db
ROUTES = {route.name: route for route in routes()}
UNSAFE = [line for line in lines() if line.method not in ("GET", "HEAD", "OPTIONS") and line.object != "private"]
# Nobody is let in there: an address that is not there, and rows that are not in the state the route asks for.
NOBODYS = {"NoSuchAddress"}
# A mail program posts for its reader: the signed address is what is asked for, and all it does is to end mails.
BY_ADDRESS = {"unsubscription"}
SIGNED_IN = ("maker", "ops", "admin", "leader", "other_maker")
FOREIGN = _get_new_csrf_string()  # what another browser was given by this same server


def let_in(line: Line) -> str:
    """Who of the signed in comes furthest with this request; empty where there is nobody."""
    best = [who for first in ("2", "3", "422") for who in SIGNED_IN if line.expected[who].startswith(first)]
    return (best or [who for who in SIGNED_IN if line.expected[who] not in ("404", "login")] or [*SIGNED_IN])[0]


WITH_SESSION = [line for line in UNSAFE if line.route not in NOBODYS | BY_ADDRESS]


def asked_strictly(visitors: Visitors, line: Line, who: str, sent: str | None, cookie: str | None) -> str:
    """What is answered as in production: the test client skips the check otherwise."""
    client: Client = visitors.clients[who]
    client.handler.enforce_csrf_checks = True
    before = client.cookies
    client.cookies = SimpleCookie({name: morsel.value for name, morsel in before.items()})
    if cookie:
        client.cookies[settings.CSRF_COOKIE_NAME] = cookie
    try:
        return spoken(visitors.ask(line, who, headers={"X-CSRFToken": sent} if sent else {}))
    finally:
        client.cookies = before
        client.handler.enforce_csrf_checks = False


def test_every_unsafe_line_is_asked_in_the_name_of_a_person():
    assert {line.route for line in UNSAFE} - {line.route for line in WITH_SESSION} == NOBODYS | BY_ADDRESS
    assert set(SIGNED_IN) <= set(PEOPLE)


@pytest.mark.parametrize("line", WITH_SESSION, ids=str)
def test_an_unsafe_request_needs_the_sessions_own_token(line: Line, visitors):
    """Refused without a token, with nonsense, and with a well-formed token of another browser; let through with its own."""
    who, own = let_in(line), _get_new_csrf_string()
    for sent, cookie in ((None, None), (None, own), ("x" * 64, own), (_mask_cipher_secret(FOREIGN), own), (FOREIGN, None)):
        assert asked_strictly(visitors, line, who, sent, cookie) == "403", f"{who}: {sent}, cookie {cookie}"
    assert asked_strictly(visitors, line, who, _mask_cipher_secret(own), own) == line.expected[who]


@pytest.mark.parametrize("line", [line for line in WITH_SESSION if ROUTES[line.route].is_api], ids=str)
def test_json_in_a_plain_forms_clothes_is_refused(line: Line, visitors):
    """What a foreign page can send without being asked first: text/plain, with the person's cookies."""
    client = visitors.clients[let_in(line)]
    path, body = (path_of(line.route, line.arguments, visitors.world.own), filled(line.body, visitors.world.own))
    client.handler.enforce_csrf_checks = True
    try:
        assert client.generic(line.method, path, body, "text/plain").status_code in (403, 415)
    finally:
        client.handler.enforce_csrf_checks = False


@pytest.mark.parametrize("line", [line for line in UNSAFE if ROUTES[line.route].is_api and line.expected["write"][0] == "2"], ids=str)
def test_a_token_needs_no_csrf_token_and_ignores_cookies(line: Line, visitors):
    """A bad token is refused although the browser's cookies would do; a good one is let in where CSRF is checked."""
    bad = {"Authorization": "Bearer pf_000000000000." + "A" * 43}
    assert visitors.ask(line, "maker", headers=bad).status_code == 401
    handler = visitors.clients["write"].handler
    handler.enforce_csrf_checks = True
    try:
        assert spoken(visitors.ask(line, "write")) == line.expected["write"]
    finally:
        handler.enforce_csrf_checks = False

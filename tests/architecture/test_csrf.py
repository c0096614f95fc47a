"""A browser that was tricked into sending a request changes nothing; a program's token is judged alone."""

import pytest

from tests.architecture.access import Line, lines, path_of, routes, spoken

pytestmark = pytest.mark.django_db
ROUTES = {route.name: route for route in routes()}
UNSAFE = [line for line in lines() if line.method not in ("GET", "HEAD", "OPTIONS") and line.object != "private"]
WITH_SESSION = [line for line in UNSAFE if line.expected["maker"][0] in "23"]


@pytest.fixture
def strict(visitors):
    """The maker's browser as in production: the test client skips the check otherwise."""
    handler = visitors.clients["maker"].handler
    handler.enforce_csrf_checks = True
    yield visitors
    handler.enforce_csrf_checks = False


@pytest.mark.parametrize("line", WITH_SESSION, ids=str)
def test_an_unsafe_request_needs_the_sessions_own_token(line: Line, strict):
    for headers in ({}, {"X-CSRFToken": "x" * 64}):
        assert spoken(strict.ask(line, "maker", headers=headers)) == "403"


@pytest.mark.parametrize("line", [line for line in WITH_SESSION if ROUTES[line.route].is_api], ids=str)
def test_json_in_a_plain_forms_clothes_is_refused(line: Line, strict):
    """What a foreign page can send without being asked first: text/plain, with the person's cookies."""
    path = path_of(line.route, line.arguments, strict.world.own)
    answer = strict.clients["maker"].generic(line.method, path, line.body, "text/plain")
    assert answer.status_code in (403, 415)


@pytest.mark.parametrize("line", [line for line in UNSAFE if ROUTES[line.route].is_api and line.expected["write"][0] == "2"], ids=str)
def test_a_token_needs_no_csrf_token_and_ignores_cookies(line: Line, visitors):
    bad = {"Authorization": "Bearer pf_000000000000." + "A" * 43}
    assert visitors.ask(line, "maker", headers=bad).status_code == 401

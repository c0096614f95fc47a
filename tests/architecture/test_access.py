"""Every route × method × principal × object answers as the file written by hand says; nothing is left out of it."""

import re

import pytest
from django.http import HttpResponse
from django.urls import get_resolver, path

from tests.architecture.access import (
    METHODS,
    Route,
    filled,
    lines,
    missing,
    path_of,
    plain_body,
    routes,
    spoken,
    unlisted,
)

pytestmark = pytest.mark.django_db
LINES = lines()
ROUTES = {route.name: route for route in routes()}


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10_000_000


# --- the file -------------------------------------------------------------------------------------------------------


def test_every_route_stands_in_the_file():
    assert unlisted(LINES) == set()


def test_the_file_names_no_route_that_is_gone():
    assert {line.route for line in LINES} - set(ROUTES) == set()


def test_a_route_without_a_line_is_noticed():
    forgotten = path("forgotten/", lambda request: HttpResponse(), name="forgotten")
    assert unlisted(LINES, [*get_resolver().url_patterns, forgotten]) - unlisted(LINES) == {"forgotten"}


def test_no_line_stands_twice():
    known = [str(line) for line in LINES]
    assert [line for line in known if known.count(line) > 1] == []


@pytest.mark.parametrize("line", [line for line in LINES if line.object == "private"], ids=str)
def test_a_private_line_has_a_twin_that_is_let_in(line):
    """Where the object does not exist, everybody is denied and the test is fooled."""
    twins = [other for other in LINES if (other.route, other.method, other.object) == (line.route, line.method, "own")]
    assert twins, "A private line needs an own line beside it."
    assert any(status[0] in "23" for status in line.expected.values()), "Somebody must be let in."


def test_everyone_is_listed_for_a_route_of_the_api():
    assert [str(line) for line in LINES if ROUTES[line.route].is_api and len(line.expected) < 13] == []


# --- the answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES, ids=str)
def test_a_route_answers_everybody_as_the_file_says(line, visitors):
    answers = {who: spoken(visitors.ask(line, who)) for who in line.expected}
    differing = [f"{who}: {answers[who]} instead of {line.expected[who]}" for who in answers if answers[who] != line.expected[who]]
    assert differing == []


@pytest.mark.parametrize("line", [line for line in LINES if line.object == "private" and line.method == "GET"], ids=str)
def test_what_is_out_of_sight_looks_like_what_is_not_there(line, visitors):
    side = visitors.world.private
    there, nowhere = path_of(line.route, line.arguments, side), path_of(line.route, missing(line.arguments), side)
    for who, status in line.expected.items():
        if status != "404":
            continue
        hidden, absent = visitors.send(who, "GET", there), visitors.send(who, "GET", nowhere)
        assert plain_body(hidden, there) == plain_body(absent, nowhere), who
        assert _headers(hidden) == _headers(absent), who


@pytest.mark.parametrize("line", [line for line in LINES if line.object == "private" and line.method != "GET"], ids=str)
def test_a_change_of_what_is_out_of_sight_is_answered_as_of_what_is_not_there(line, visitors):
    side = visitors.world.private
    there, nowhere = path_of(line.route, line.arguments, side), path_of(line.route, missing(line.arguments), side)
    body, no_body = filled(line.body, side), filled(missing(line.body), side)
    for who, status in line.expected.items():
        if status != "404":
            continue
        hidden, absent = visitors.send(who, line.method, there, body), visitors.send(who, line.method, nowhere, no_body)
        assert spoken(absent) == "404", who
        assert plain_body(hidden, there) == plain_body(absent, nowhere), who
        assert _headers(hidden) == _headers(absent), who


def _headers(response: HttpResponse) -> dict[str, str]:
    varying = {"X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset", "Content-Length"}
    return {name: value for name, value in response.headers.items() if name not in varying}


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.name)
def test_a_method_that_is_not_listed_is_not_answered(route: Route, visitors):
    mine = [line for line in LINES if line.route == route.name and line.object != "private"]
    # allauth's form views answer every method as they answer a GET.
    like_get = set(METHODS) if route.view.__module__.startswith("allauth.") else {"HEAD", "OPTIONS"}
    for method in set(METHODS) - {line.method for line in mine}:
        for who in ("anonymous", "maker") if mine else ():
            status = spoken(visitors.ask(mine[0], who, method=method))
            as_get = {line.expected[who] for line in mine if line.method == "GET"} if method in like_get else set()
            allowed = {"401", "404", "405", "login"} | as_get | ({"200", "204"} if method == "OPTIONS" else set())
            assert status in allowed, f"{method} as {who}"


@pytest.mark.parametrize("line", [line for line in LINES if line.method == "GET" and not ROUTES[line.route].is_api], ids=str)
def test_a_token_counts_for_nothing_on_a_page(line, visitors):
    assert spoken(visitors.ask(line, "write")) == line.expected["anonymous"]


@pytest.mark.parametrize("line", [line for line in LINES if line.method == "GET" and line.expected["anonymous"] == "login"], ids=str)
def test_a_part_of_a_page_never_becomes_a_sign_in_page(line, visitors):
    answer = visitors.ask(line, "anonymous", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Sign-In"].startswith("/accounts/login/")
    assert not re.search(rb"<form|<html", answer.content)

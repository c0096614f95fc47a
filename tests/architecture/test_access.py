"""Every route × method × principal × object answers as the file written by hand says; nothing is left out of it."""

import re

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import get_resolver, path

from tests.architecture.access import (
    EVERYBODY,
    METHODS,
    PLACE,
    Line,
    Route,
    Visitors,
    filled,
    lines,
    missing,
    path_of,
    plain_body,
    readers,
    routes,
    row_called,
    rows_named,
    spoken,
    unlisted,
)
from tests.factories.core import MembershipFactory

pytestmark = pytest.mark.django_db
LINES = lines()
# Routes to what was deleted, by its owner alone.
BRINGS_BACK = {"view-restoration"}
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


def test_a_line_that_names_a_row_of_a_product_has_a_private_twin(visitors):
    named = [line for line in LINES if line.object != "private" and rows_named(line.arguments + line.body, visitors.world.own)]
    twins = {(line.route, line.method) for line in LINES if line.object == "private"}
    assert [str(line) for line in named if (line.route, line.method) not in twins] == []


@pytest.mark.parametrize("line", [line for line in LINES if line.object == "private" and line.route != "audit-event"], ids=str)
def test_a_private_line_lets_somebody_in(line):
    """Where the object does not exist, everybody is denied and the test is fooled. One refused by the state of things got past rights."""
    assert line.expected["maker"][0] in "23" or (line.expected["maker"], line.expected["other_maker"]) == ("422", "404")


def test_who_audits_and_belongs_to_the_product_is_let_in(visitors):
    """Nobody of the world does, so its line alone would fool the test."""
    line = next(line for line in LINES if (line.route, line.object) == ("audit-event", "private"))
    with transaction.atomic():
        MembershipFactory(product=visitors.world.private.product, user=visitors.world.people["ops"])
        assert visitors.ask(line, "ops").status_code == 200
        transaction.set_rollback(True)


def test_everyone_is_listed_for_a_route_of_the_api():
    assert [str(line) for line in LINES if ROUTES[line.route].is_api and len(line.expected) < len(EVERYBODY)] == []


# --- the answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES, ids=str)
def test_a_route_answers_everybody_as_the_file_says(line, visitors):
    """Whoever does not see an object is answered as if it were not there, whether the address or the body names it."""
    answers = {who: visitors.ask(line, who) for who in line.expected}
    said = {who: spoken(answer) for who, answer in answers.items()}
    assert [f"{who}: {said[who]} instead of {status}" for who, status in line.expected.items() if said[who] != status] == []
    if line.object == "private":
        for who in readers(line):
            assert unlike_absent(line, answers[who], visitors, who) == [], who


@pytest.mark.parametrize("line", {line.route: line for line in LINES if line.object == "private"}.values(), ids=lambda line: line.route)
def test_no_method_tells_what_is_out_of_sight_from_what_is_not_there(line, visitors):
    for who in ("other_maker", "admin"):
        for method in ("HEAD", "OPTIONS"):
            assert unlike_absent(line, visitors.ask(line, who, method=method), visitors, who, method) == [], f"{method} as {who}"


@pytest.mark.parametrize("line", [line for line in LINES if line.object != "private" and PLACE.search(line.arguments)], ids=str)
def test_what_was_deleted_is_answered_as_what_is_not_there(line, visitors):
    who = next((who for who in ("maker", "admin") if line.expected[who][0] in "23"), "maker")
    side = visitors.world.side(line.object)
    for name in {found[1] for found in PLACE.finditer(line.arguments)}:
        row = row_called(name, side)
        if not hasattr(row, "deleted_at") or row in side.people.values():
            continue
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(deleted_at=row.created_at)
            answer = visitors.ask(line, who)
            if line.route in BRINGS_BACK:
                assert spoken(answer) == "302"
            else:
                assert (spoken(answer), unlike_absent(line, answer, visitors, who, names={name})) == ("404", []), f"{name} as {who}"
            transaction.set_rollback(True)


def unlike_absent(
    line: Line, hidden: HttpResponse, visitors: Visitors, who: str, method: str = "", names: set[str] | None = None
) -> list[tuple]:
    """Where this answer differs from the one about rows that are not there, by these names or else by any of the product's."""
    side = visitors.world.side(line.object)
    names = rows_named(line.arguments + line.body, side) if names is None else names
    there, nowhere = (path_of(line.route, arguments, side) for arguments in (line.arguments, missing(line.arguments, names)))
    absent = visitors.send(who, method or line.method, nowhere, filled(missing(line.body, names), side))
    pairs = [
        (spoken(hidden), spoken(absent)),
        (_headers(hidden), _headers(absent)),
        # A form shows what was typed into it.
        tuple(plain_body(answer, path).replace(side.product.key, "NONE7") for answer, path in ((hidden, there), (absent, nowhere))),
    ]
    return [pair for pair in pairs if pair[0] != pair[1]]


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

"""Reading and writing resources: rights, pages, filters, versions, problems."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import services
from core.api.products import Products
from core.models import Event, Product, User
from tests.core.test_api_sign_in import PRODUCTS, assert_refused
from tests.factories.core import ProductFactory


def keys(response):
    assert response.status_code == 200, response.content
    return [item["key"] for item in response.json()["items"]]


def fields_at_fault(response):
    return {error["field"] for error in response.json()["errors"]}


# --- seeing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["admin", "ops", "leader", "other_maker", "contributor", "stranger"])
def test_a_private_product_does_not_exist_for_who_is_no_member(cast, program, name):
    client = program(getattr(cast, name))
    assert keys(client.get(PRODUCTS)) == ["FOREIGN", "OWN"]
    hidden, missing = client.get(f"{PRODUCTS}HIDDEN/"), client.get(f"{PRODUCTS}MISSING/")
    assert_refused(hidden, 404)
    same = [{k: v for k, v in r.json().items() if k not in ("request_id", "instance")} for r in (hidden, missing)]
    assert same[0] == same[1]
    assert program(cast.maker).get(f"{PRODUCTS}HIDDEN/").status_code == 200


def test_a_guest_sees_no_product_and_only_themselves(cast, program):
    client = program(cast.guest)
    assert keys(client.get(PRODUCTS)) == []
    people = client.get("/api/v1/people/").json()["items"]
    assert [(p["id"], p["email"]) for p in people] == [(cast.guest.pk, None)]


def test_who_may_not_see_identities_cannot_filter_by_them(cast, program):
    assert_refused(program(cast.guest).get("/api/v1/people/", {"email": cast.guest.email}), 400)
    found = program(cast.contributor).get("/api/v1/people/", {"email": cast.guest.email}).json()["items"]
    assert [p["id"] for p in found] == [cast.guest.pk]


def test_a_list_takes_two_statements_whatever_its_length(cast, program):
    client = program(cast.maker)
    client.get(PRODUCTS)
    ProductFactory.create_batch(60)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(keys(client.get(PRODUCTS))) == 50
    assert len(queries) == 2, [q["sql"] for q in queries]


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["name", "-name", "key", "-updated_at", "created_at"])
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_show_every_row_once_in_the_order_asked_for(cast, program, order, limit):
    for number in range(9):
        ProductFactory(name=f"Same {number % 3}")
    client = program(cast.maker)
    found, url = [], f"{PRODUCTS}?order={order}&limit={limit}"
    while url:
        response = client.get(url)
        assert len(keys(response)) <= limit
        found += response.json()["items"]
        url = response.json()["next"]
        assert (url is None) == ("Link" not in response)
    assert len(found) == len({item["id"] for item in found}) == 12
    column, backwards = order.removeprefix("-"), order.startswith("-")
    values = [item[column] for item in found]
    assert values == sorted(values, reverse=backwards)


@pytest.mark.parametrize("order", ["archived_at", "-archived_at"])
@pytest.mark.parametrize("limit", [1, 2, 5, 200])
def test_blanks_come_last_in_both_directions(cast, program, monkeypatch, order, limit):
    monkeypatch.setattr(Products, "orderings", ("archived_at",))
    for day in (3, 1, 2, 2, 2):
        ProductFactory(archived_at=datetime(2026, 1, day, tzinfo=UTC))
    client, found, url = program(cast.maker), [], f"{PRODUCTS}?order={order}&limit={limit}"
    while url:
        response = client.get(url)
        found += response.json()["items"]
        url = response.json()["next"]
    days = [item["archived_at"] and int(item["archived_at"][8:10]) for item in found]
    assert days == ([1, 2, 2, 2, 3] if order == "archived_at" else [3, 2, 2, 2, 1]) + [None] * 3
    assert len({item["id"] for item in found}) == 8


def test_a_cursor_of_another_order_or_of_nobody_is_refused(cast, program):
    client = program(cast.maker)
    following = client.get(PRODUCTS, {"limit": 1}).json()["next"]
    for url in (f"{following}&order=-name", f"{PRODUCTS}?cursor=made-up", f"{PRODUCTS}?cursor=%00"):
        assert_refused(client.get(url), 400)


@pytest.mark.parametrize("limit", ["0", "201", "1000000000", "-1", "x", "", "1e2", "²"])
def test_a_page_of_no_sensible_size_is_refused(cast, program, limit):
    assert_refused(program(cast.maker).get(PRODUCTS, {"limit": limit}), 400)


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"key": "OWN"}, ["OWN"]),
        ({"key__in": "OWN,FOREIGN,NONE"}, ["FOREIGN", "OWN"]),
        ({"name__contains": "canARY"}, ["HIDDEN"]),
        ({"name__contains": "%"}, []),
        ({"visibility": "private"}, ["HIDDEN"]),
        ({"archived_at__isnull": "false"}, []),
        ({"updated_at__gte": "2020-01-01T00:00:00Z", "updated_at__lte": "2020-01-02T00:00:00Z"}, []),
    ],
)
def test_filters_narrow_the_list(cast, program, query, found):
    assert keys(program(cast.maker).get(PRODUCTS, query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"owner__email__startswith": "a"}, {"ordering": "secret"}, {"last_number": "1"}, {"membership__user": "1"}, {"name__regex": "."},
        {"order": "last_number"}, {"order": "--name"}, {"order": ""}, {"owner": "x"}, {"owner": str(10**30)}, {"visibility": "secret"},
        {"archived_at__isnull": "maybe"}, {"updated_at__gte": "yesterday"}, {"name__contains": "\x00"}, {"key__in": ",".join(["A"] * 201)},
        {"fields": "password"}, {"expand": "membership"},
    ],
)  # fmt: skip
def test_what_a_list_does_not_know_or_cannot_read_is_refused_by_name(cast, program, query):
    response = program(cast.maker).get(PRODUCTS, query)
    assert_refused(response, 400)
    assert fields_at_fault(response) == set(query)


def test_a_filter_by_a_hidden_value_answers_as_by_one_that_does_not_exist(cast, program):
    client = program(cast.stranger)
    assert keys(client.get(PRODUCTS, {"key": "HIDDEN"})) == keys(client.get(PRODUCTS, {"key": "NONE"})) == []


def test_fields_and_expansions_are_chosen(cast, program):
    item = program(cast.maker).get(f"{PRODUCTS}OWN/", {"fields": "key,owner", "expand": "owner"}).json()
    assert set(item) == {"key", "owner", "expanded"}
    assert item["expanded"]["owner"]["name"] == "Maker"
    assert "password" not in json.dumps(item)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_product_is_made_with_its_owner_and_one_event(cast, program):
    client = program(cast.leader)
    response = client.post(PRODUCTS, {"key": "PAY", "name": "Payments"}, format="json")
    assert response.status_code == 201, response.content
    assert response["ETag"] == '"1"'
    assert client.get(response["Location"]).json() == response.json()
    event = Event.objects.get()
    assert (event.verb, event.door, event.actor, event.request_id) == ("core.product_created", "api", cast.leader, response["X-Request-ID"])


def test_a_private_product_made_for_somebody_else_is_answered_once_and_then_out_of_sight(cast, program):
    client = program(cast.leader)
    body = {"key": "SECRET", "name": "Secret", "visibility": "private", "owner": cast.maker.pk}
    assert client.post(PRODUCTS, body, format="json").status_code == 201
    assert_refused(client.get(f"{PRODUCTS}SECRET/"), 404)


def test_all_faulty_fields_are_named_at_once(cast, program):
    body = {"name": "", "visibility": "secret", "owner": 10**9, "is_private": True, "version": 7, "id": 1}
    response = program(cast.leader).post(PRODUCTS, body, format="json")
    assert_refused(response, 400)
    assert fields_at_fault(response) == {"key", "name", "visibility", "owner", "is_private", "version", "id"}
    assert not Product.objects.filter(owner=None).exists()


def test_a_rule_of_the_domain_answers_with_its_sentence(cast, program):
    for key in ("own", "1", "a-b"):
        response = program(cast.leader).post(PRODUCTS, {"key": key, "name": "x"}, format="json")
        assert_refused(response, 422)


def test_a_taken_key_is_refused_even_where_its_product_is_hidden(cast, program):
    response = program(cast.leader).post(PRODUCTS, {"key": "HIDDEN", "name": "x"}, format="json")
    assert_refused(response, 422)
    assert "canary" not in response.content.decode()


@pytest.mark.parametrize(("name", "status"), [("maker", 200), ("other_maker", 403), ("admin", 403), ("contributor", 403), ("guest", 404)])
def test_who_may_change_a_product(cast, program, name, status):
    response = program(getattr(cast, name)).patch(f"{PRODUCTS}OWN/", {"name": "New"}, format="json")
    assert response.status_code == status
    assert Product.objects.get(key="OWN").name == ("New" if status == 200 else "Own")


@pytest.mark.parametrize("field", ["id", "key", "version", "created_at", "deleted_at", "last_number", "archived_at", "pk", "is_staff"])
def test_a_field_that_is_not_offered_cannot_be_set(cast, program, field):
    before = Product.objects.filter(key="OWN").values().get()
    response = program(cast.maker).patch(f"{PRODUCTS}OWN/", {"name": "New", field: 9}, format="json")
    assert_refused(response, 400)
    assert fields_at_fault(response) == {field}
    assert Product.objects.filter(key="OWN").values().get() == before


def test_a_version_that_is_not_the_current_one_is_refused(cast, program):
    client = program(cast.maker)
    tag = client.get(f"{PRODUCTS}OWN/")["ETag"]
    services.change_product(actor=cast.maker, product=cast.own, name="Meanwhile")
    response = client.patch(f"{PRODUCTS}OWN/", {"name": "Mine"}, format="json", HTTP_IF_MATCH=tag)
    assert_refused(response, 412)
    assert response.json()["current"] == 2
    for header in ('W/"2"', '"1"', '"02"'):
        assert client.patch(f"{PRODUCTS}OWN/", {"name": "Mine"}, format="json", HTTP_IF_MATCH=header).status_code == 412
    for header in ("2", "", '"'):
        assert client.patch(f"{PRODUCTS}OWN/", {"name": "Mine"}, format="json", HTTP_IF_MATCH=header).status_code == 400
    for header in ('"1", "2"', "*"):
        assert client.patch(f"{PRODUCTS}OWN/", {"name": header}, format="json", HTTP_IF_MATCH=header).status_code == 200


def test_put_needs_a_version_and_every_field(cast, program):
    client = program(cast.maker)
    whole = {"name": "New", "visibility": "open", "owner": cast.maker.pk}
    assert_refused(client.put(f"{PRODUCTS}OWN/", whole, format="json"), 428)
    response = client.put(f"{PRODUCTS}OWN/", {"name": "New"}, format="json", HTTP_IF_MATCH='"1"')
    assert_refused(response, 400)
    assert fields_at_fault(response) == {"visibility", "owner"}
    response = client.put(f"{PRODUCTS}OWN/", whole, format="json", HTTP_IF_MATCH='"1"')
    assert (response.status_code, response["ETag"]) == (200, '"2"')


# --- bad requests -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400), ("[]", "application/json", 400), ('"x"', "application/json", 400), ("NaN", "application/json", 400),
        ("[" * 100_000, "application/json", 400), ("key=x", "application/x-www-form-urlencoded", 415), ("x", "text/plain", 415),
        ('{"key": "A\\u0000", "name": "x"}', "application/json", 400), ('{"key": "AB", "name": "\\ud800"}', "application/json", 400),
        ('{"key": "AB", "name": "x", "owner": [1]}', "application/json", 400), ('{"key": {}, "name": []}', "application/json", 400),
        ('{"key": "AB", "name": "x", "owner": 1e400}', "application/json", 400), ("9" * 5000, "application/json", 400),
        ("x" * 5_300_000, "application/json", 413), ("", "application/json", 400), (b"\xff\xfe", "application/json", 400),
    ],
)  # fmt: skip
def test_an_unreadable_body_is_refused_with_a_sentence(cast, program, body, kind, status):
    assert_refused(program(cast.leader).post(PRODUCTS, body, content_type=kind), status)
    assert Product.objects.count() == 3


@pytest.mark.parametrize("path", ["nothing/", "products", "products/own/", "products/OWN/x/", "people/x/", "people/99999999999999999999/"])
def test_an_unknown_address_is_a_problem_document(cast, program, path):
    assert_refused(program(cast.maker).get(f"/api/v1/{path}"), 404)


def test_a_method_an_address_does_not_know_is_refused_with_those_it_knows(cast, program):
    response = program(cast.maker).delete(f"{PRODUCTS}OWN/")
    assert_refused(response, 405)
    assert response["Allow"] == "GET, PUT, PATCH, HEAD, OPTIONS"
    assert program(cast.maker).options(f"{PRODUCTS}OWN/").status_code == 204


def test_a_client_that_accepts_no_json_is_refused(cast, program):
    assert_refused(program(cast.maker).get(PRODUCTS, HTTP_ACCEPT="image/png"), 406)


def test_a_failure_of_ours_is_a_problem_document_without_its_traceback(cast, program, monkeypatch):
    def broken(**_):
        raise ZeroDivisionError("a secret of the code")

    monkeypatch.setattr(services, "change_product", broken)
    client = program(cast.maker)
    client.raise_request_exception = False
    response = client.patch(f"{PRODUCTS}OWN/", {"name": "New"}, format="json")
    assert_refused(response, 500)
    assert "secret" not in response.content.decode()


# --- events -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def history(cast):
    services.change_product(actor=cast.maker, product=cast.own, name="Own 2")
    services.change_product(actor=cast.maker, product=cast.private, name="Hidden canary 2")
    services.create_user(actor=cast.admin, email="new@example.com", name="New")
    return list(Event.objects.order_by("number"))


def numbers(response):
    assert response.status_code == 200, response.content
    return [item["number"] for item in response.json()["items"]]


def test_events_of_hidden_products_are_left_out(cast, program, history):
    first, hidden, third = (event.number for event in history)
    assert numbers(program(cast.stranger).get("/api/v1/events/")) == [third, first]
    assert numbers(program(cast.maker).get("/api/v1/events/")) == [third, hidden, first]
    assert_refused(program(cast.stranger).get(f"/api/v1/events/{hidden}/"), 404)
    assert "canary" not in program(cast.stranger).get("/api/v1/events/").content.decode()


def test_a_follower_reads_on_from_the_last_number(cast, program, history):
    url = f"/api/v1/events/?order=number&number__gt={history[0].number}"
    assert numbers(program(cast.maker).get(url)) == [event.number for event in history[1:]]


def test_events_are_found_by_subject_product_actor_and_verb(cast, program, history):
    client = program(cast.maker)
    first, hidden, third = (event.number for event in history)
    assert numbers(client.get("/api/v1/events/", {"subject": f"core.product:{cast.own.pk}"})) == [first]
    assert numbers(client.get("/api/v1/events/", {"product": "HIDDEN"})) == [hidden]
    assert numbers(client.get("/api/v1/events/", {"actor": cast.admin.pk})) == [third]
    assert numbers(client.get("/api/v1/events/", {"verb": "core.product_changed"})) == [hidden, first]
    stranger = program(cast.stranger)
    assert numbers(stranger.get("/api/v1/events/", {"product": "HIDDEN"})) == []
    assert numbers(stranger.get("/api/v1/events/", {"subject": f"core.product:{cast.private.pk}"})) == []
    assert_refused(client.get("/api/v1/events/", {"subject": "nonsense"}), 400)


def test_changes_carry_values_but_for_classes_the_reader_does_not_see(cast, program, history):
    product, person = history[0].number, history[2].number
    change = program(cast.maker).get(f"/api/v1/events/{product}/").json()["changes"][0]
    assert (change["before"], change["after"]) == ({"name": "Own"}, {"name": "Own 2"})
    assert program(cast.maker).get(f"/api/v1/events/{person}/").json()["changes"][0]["after"]["email"] == "new@example.com"
    # Contributors see identities; who does not (a guest) sees no organisation-wide event at all.
    assert numbers(program(cast.guest).get("/api/v1/events/")) == []
    assert User.objects.filter(email="new@example.com").exists()

"""Who gets in: tokens, sessions, scopes, and what a refusal looks like."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from core import clock
from core.models import ApiToken, Product
from tests.factories.core import ApiTokenFactory, MembershipFactory

PRODUCTS = "/api/v1/products/"


def assert_refused(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["request_id"] == response["X-Request-ID"]
    assert len(problem["detail"]) > 10


def test_a_request_without_token_or_session_is_told_how_to_sign_in(db):
    response = APIClient().get(PRODUCTS)
    assert_refused(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("text", ["", "Bearer", "Bearer nonsense", "Basic eDp5", "Bearer pf_000000000000." + "a" * 43, "Bearer \x00"])
def test_an_unreadable_or_unknown_token_is_refused(db, text):
    assert_refused(APIClient(HTTP_AUTHORIZATION=text).get(PRODUCTS), 401)


def test_a_token_opens_what_its_person_sees(cast, program):
    keys = {item["key"] for item in program(cast.maker).get(PRODUCTS).json()["items"]}
    assert keys == {"OWN", "FOREIGN", "HIDDEN"}


def test_a_wrong_secret_for_a_known_key_is_refused(cast, program):
    client = program(cast.maker)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer pf_{client.token.key}.{'a' * 43}")
    assert_refused(client.get(PRODUCTS), 401)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: ApiToken.objects.filter(pk=token.pk).update(expires_at=clock.now() - timedelta(seconds=1)),
        lambda token: ApiToken.objects.filter(pk=token.pk).update(deleted_at=clock.now()),
        lambda token: type(token.user).objects.filter(pk=token.user_id).update(is_active=False),
        lambda token: type(token.user).objects.filter(pk=token.user_id).update(deleted_at=clock.now()),
    ],
    ids=["expired", "revoked", "person inactive", "person removed"],
)
def test_a_token_that_works_no_longer_is_refused_on_the_next_request(cast, program, spoil):
    client = program(cast.maker)
    assert client.get(PRODUCTS).status_code == 200
    spoil(client.token)
    assert_refused(client.get(PRODUCTS), 401)


def test_a_token_for_reading_cannot_write(cast, program):
    client = program(cast.maker, scopes=("read",))
    assert client.get(f"{PRODUCTS}OWN/").status_code == 200
    assert_refused(client.patch(f"{PRODUCTS}OWN/", {"name": "New"}, format="json"), 403)
    assert Product.objects.get(key="OWN").name == "Own"


def test_a_token_of_one_product_sees_no_other_and_writes_nothing_of_the_organisation(cast, program):
    MembershipFactory(user=cast.admin, product=cast.own, level="owner")
    client = program(cast.admin, product=cast.own)
    assert [item["key"] for item in client.get(PRODUCTS).json()["items"]] == ["OWN"]
    assert_refused(client.get(f"{PRODUCTS}FOREIGN/"), 404)
    assert_refused(client.post(PRODUCTS, {"key": "NEW", "name": "New"}, format="json"), 403)
    assert client.patch(f"{PRODUCTS}OWN/", {"name": "Renamed"}, format="json").status_code == 200


def test_the_last_use_is_noted_at_most_every_five_minutes(cast, program, time_machine):
    time_machine.move_to("2026-03-01 12:00:00Z", tick=False)
    client = program(cast.maker)
    client.get(PRODUCTS)
    time_machine.shift(299)
    client.get(PRODUCTS)
    assert ApiToken.objects.get(pk=client.token.pk).last_used_at.isoformat() == "2026-03-01T12:00:00+00:00"
    time_machine.shift(1)
    client.get(PRODUCTS)
    assert ApiToken.objects.get(pk=client.token.pk).last_used_at.isoformat() == "2026-03-01T12:05:00+00:00"


def test_a_request_with_a_token_ignores_the_session_beside_it(cast):
    client = Client(headers={"authorization": "Bearer wrong"})
    client.force_login(cast.maker)
    assert_refused(client.get(PRODUCTS), 401)


def test_a_session_reads_and_needs_the_csrf_token_to_write(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.maker)
    assert client.get(PRODUCTS).status_code == 200
    for kind in ("application/json", "text/plain"):
        assert_refused(client.patch(f"{PRODUCTS}OWN/", '{"name": "New"}', content_type=kind), 403)
    assert Product.objects.get(key="OWN").name == "Own"


def test_a_session_with_its_csrf_token_writes(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.maker)
    client.cookies["waymark_csrf"] = "a" * 32
    headers = {"x-csrftoken": "a" * 32}
    response = client.patch(f"{PRODUCTS}OWN/", '{"name": "New"}', content_type="application/json", headers=headers)
    assert response.status_code == 200, response.content


def test_a_token_needs_no_csrf_token(cast):
    client = APIClient(enforce_csrf_checks=True, HTTP_AUTHORIZATION=f"Bearer {ApiTokenFactory(user=cast.maker).text}")
    assert client.patch(f"{PRODUCTS}OWN/", {"name": "New"}, format="json").status_code == 200

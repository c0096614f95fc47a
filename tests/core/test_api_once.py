"""Keys, limits and tokens from the command line."""

import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core import idempotency
from core.api.limits import Meter
from core.idempotency import once
from core.models import ApiToken, Comment, Event, IdempotencyKey, Product, RateWindow
from tests.core.test_api_sign_in import PRODUCTS, assert_refused
from tests.factories.roadmaps import FeatureFactory

PAY = {"key": "PAY", "name": "Payments"}
FORM = PAY | {"visibility": "open"}


def post(client, key, body=PAY):
    return client.post(PRODUCTS, body, format="json", HTTP_IDEMPOTENCY_KEY=key)


# --- keys -------------------------------------------------------------------------------------------------------------


def test_the_same_request_with_the_same_key_is_done_once_and_answered_alike(cast, program):
    client = program(cast.leader)
    first, second = post(client, "a"), post(client, "a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    for header in ("Location", "ETag", "Content-Type"):
        assert first[header] == second[header]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Product.objects.filter(key="PAY").count() == Event.objects.count() == IdempotencyKey.objects.count() == 1


def test_the_first_answer_stays_even_when_the_thing_has_changed(cast, program):
    client = program(cast.leader)
    first = post(client, "a")
    client.patch(f"{PRODUCTS}PAY/", {"name": "Renamed"}, format="json")
    assert post(client, "a").content == first.content


def test_a_key_used_for_another_request_is_refused(cast, program):
    client = program(cast.leader)
    post(client, "a")
    response = post(client, "a", {"key": "OTHER", "name": "Other"})
    assert_refused(response, 422)
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Product.objects.filter(key="OTHER").exists()


def test_a_refused_request_may_be_corrected_under_its_key(cast, program):
    client = program(cast.leader)
    assert_refused(post(client, "a", {"key": "own", "name": "x"}), 422)
    assert_refused(post(client, "a", {"key": "PAY"}), 400)
    assert not IdempotencyKey.objects.exists()
    assert post(client, "a").status_code == 201


def test_keys_of_different_people_and_tokens_have_nothing_to_do_with_each_other(cast, program):
    first = post(program(cast.leader), "a")
    other = post(program(cast.leader), "a", {"key": "TWO", "name": "Two"})
    third = post(program(cast.ops), "a", {"key": "THREE", "name": "Three"})
    assert {r.status_code for r in (first, other, third)} == {201}


def test_an_address_with_a_key_of_its_own_takes_keys_too(cast, program):
    response = program(cast.maker).post("/api/v1/features/OWN-9/refusal/", {"why": "x"}, format="json", HTTP_IDEMPOTENCY_KEY="a")
    assert_refused(response, 404)


@pytest.mark.parametrize("key", ["", "x" * 256, "ü", "a\tb"])
def test_a_key_that_is_no_key_is_refused(cast, program, key):
    assert_refused(post(program(cast.leader), key), 422)


def test_a_failed_effect_leaves_no_key_behind(cast):
    def fail():
        with once(cast.leader, "a", "page", b"") as attempt:
            attempt.keep(status=302)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not IdempotencyKey.objects.exists()


def test_a_form_sent_twice_takes_effect_once_and_is_answered_alike(cast):
    client = signed_in(cast.leader)
    nonce = re.search(r'name="once" value="([0-9a-f]{32})"', client.get("/settings/products/").content.decode())[1]
    first, second = (client.post("/settings/products/", FORM | {"once": nonce}) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"] == "/settings/products/PAY/"
    assert Product.objects.filter(key="PAY").count() == Event.objects.count() == IdempotencyKey.objects.count() == 1
    other = client.post("/settings/products/", FORM | {"key": "CRD", "once": nonce})
    assert other["Location"] == "/settings/products/CRD/", "Another thing written into the same form is another request."
    assert client.post("/settings/products/?x=1", FORM | {"once": nonce}).status_code == 422, "So is the same thing sent elsewhere."


def test_a_part_of_a_page_is_fetched_anew_with_the_rights_of_then(cast):
    client, feature = signed_in(cast.maker), FeatureFactory(product=cast.own)
    said = {"subject": f"roadmaps.feature:{feature.pk}", "text": "Once is enough.", "once": "a" * 32}
    first, second = (client.post("/comments/", said, headers={"HX-Request": "true"}) for _ in range(2))
    assert (first.status_code, second.status_code, second["HX-Refresh"]) == (200, 204, "true")
    assert second.content == b""
    assert Comment.objects.count() == 1
    assert bytes(IdempotencyKey.objects.get().body) == b""


def test_a_refused_form_may_be_corrected_and_sent_again(cast):
    client = signed_in(cast.leader)
    assert client.post("/settings/products/", {"key": "PAY", "name": "", "visibility": "open", "once": "b" * 32}).status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert client.post("/settings/products/", FORM | {"once": "b" * 32}).status_code == 302


def test_the_first_answer_is_for_who_sent_it_and_only_unforged(cast):
    form = FORM | {"once": "c" * 32}
    assert signed_in(cast.leader).post("/settings/products/", form).status_code == 302
    assert signed_in(cast.ops).post("/settings/products/", form).status_code == 422, "The key is taken, and the form was theirs."
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.leader)
    assert strict.post("/settings/products/", form).status_code == 403
    assert Client().post("/settings/products/", form)["Location"].startswith("/accounts/login/")


def test_an_answer_that_broke_leaves_nothing_behind(cast, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("core.views.products.say", broken)  # after the service has done its work
    client = signed_in(cast.leader)
    client.raise_request_exception = False
    assert client.post("/settings/products/", FORM | {"once": "d" * 32}).status_code == 500
    assert not Product.objects.filter(key="PAY").exists()
    assert not IdempotencyKey.objects.exists()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_old_keys_and_counts_are_forgotten(cast, program, time_machine):
    time_machine.move_to("2026-03-01 12:00:00Z", tick=False)
    post(program(cast.leader), "a")
    time_machine.move_to("2026-03-02 12:59:00Z", tick=False)
    idempotency.forget_old()
    assert IdempotencyKey.objects.count() == 1
    assert RateWindow.objects.count() == 0
    time_machine.move_to("2026-03-02 13:01:00Z", tick=False)
    idempotency.forget_old()
    assert IdempotencyKey.objects.count() == 0


def test_making_a_thing_under_a_key_takes_few_statements(cast, program):
    client = program(cast.leader)
    post(client, "warm", {"key": "WARM", "name": "Warm"})
    most = 13 + (connection.vendor == "postgresql")  # where the key is locked by a statement of its own
    for key in ("a", "b"):
        with CaptureQueriesContext(connection) as queries:
            assert post(client, key, {"key": f"K{key.upper()}", "name": "x"}).status_code == 201
        said = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        assert len(said) <= most, "\n".join(sql[:140] for sql in said)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_answers_say_where_the_caller_stands(cast, program, settings):
    settings.API_READS_PER_MINUTE = 5
    response = program(cast.maker).get(PRODUCTS)
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("5", "4")
    assert 0 < int(response["RateLimit-Reset"]) <= 60


def test_one_write_too_many_is_refused_until_the_next_minute(cast, program, settings, time_machine):
    time_machine.move_to("2026-03-01 12:00:10Z", tick=False)
    settings.API_WRITES_PER_MINUTE = 3
    client = program(cast.maker)
    answers = [client.patch(f"{PRODUCTS}OWN/", {"name": f"Name {n}"}, format="json") for n in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert_refused(answers[-1], 429)
    assert answers[-1]["Retry-After"] == "50"
    assert client.get(PRODUCTS).status_code == 200
    assert program(cast.maker).patch(f"{PRODUCTS}OWN/", {"name": "x"}, format="json").status_code == 200
    time_machine.shift(50)
    assert client.patch(f"{PRODUCTS}OWN/", {"name": "y"}, format="json").status_code == 200


def test_reservations_of_two_processes_never_exceed_the_limit(cast, time_machine):
    time_machine.move_to("2026-03-01 12:00:00Z", tick=False)
    processes = [Meter("writes", lambda: 250, is_shared=True) for _ in range(4)]
    passed = sum(processes[n % 4].take("user 1").remaining >= 0 for n in range(600))
    assert passed == 250
    assert RateWindow.objects.get().count >= 250


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_token_made_on_the_command_line_works_until_it_is_revoked(cast, capsys):
    call_command("token", "create", cast.maker.email.upper(), "--name", "CI", "--scopes", "read,write", "--product", "OWN", "--days", "30")
    text = capsys.readouterr().out.strip()
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {text}")
    assert [item["key"] for item in client.get(PRODUCTS).json()["items"]] == ["OWN"]
    call_command("token", "list")
    listed = capsys.readouterr().out
    assert "CI  read,write in OWN  expires" in listed
    assert text.partition(".")[2] not in listed
    call_command("token", "revoke", ApiToken.objects.get().key)
    assert_refused(client.get(PRODUCTS), 401)
    assert not any(text.partition(".")[2] in json.dumps(list(Event.objects.values()), default=str) for _ in [0])


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "nobody@example.com", "--name", "x"),
        ("create", "maker", "--name", "x", "--scopes", "everything"),
        ("create", "maker", "--name", "x", "--product", "NONE"),
        ("create", "stranger", "--name", "x", "--product", "HIDDEN"),
        ("create", "maker", "--name", "x", "--days", "-1"),
        ("revoke", "000000000000"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_a_sentence(cast, arguments):
    verb, who, *rest = arguments
    who = getattr(cast, who).email if hasattr(cast, who) else who
    with pytest.raises(CommandError, match=r"\.$"):
        call_command("token", verb, who, *rest)

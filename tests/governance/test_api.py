"""Decisions through the API."""

import pytest

from governance.models import Decision
from tests.factories.governance import DecisionFactory
from tests.factories.roadmaps import InitiativeFactory

pytestmark = pytest.mark.django_db
DECISIONS = "/api/v1/decisions/"


def test_a_decision_is_logged_read_changed_and_deleted(cast, plan, program):
    client, initiative = program(cast.maker), InitiativeFactory(product=cast.own)
    values = {"product": "OWN", "question": "One ledger?", "options": ["One", "Two"], "outcome": "One", "decided_on": "2026-03-01"}
    made = client.post(DECISIONS, values | {"features": [plan.own.key], "initiatives": [initiative.pk]}, format="json")
    assert made.status_code == 201, made.content
    assert (made.json()["features"], made.json()["initiatives"], made.json()["decided_by"]) == (
        [plan.own.key],
        [initiative.pk],
        cast.maker.pk,
    )
    url, tag = made["Location"], {"HTTP_IF_MATCH": made["ETag"]}
    changed = client.patch(url, {"outcome": "Two", "features": []}, format="json", **tag)
    assert (changed.status_code, changed.json()["outcome"], changed.json()["features"]) == (200, "Two", [])
    assert client.patch(url, {"outcome": "One"}, format="json", **tag).status_code == 412
    assert client.delete(url, HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"question": ""}, {"decided_on": "soon"}, {"features": ["HIDDEN-01"]}, {"options": "One"}, {"product": "HIDDEN"}, {"made_up": 1}],
)
def test_bad_values_are_refused_by_name(cast, plan, program, wrong):
    values = {"question": "One ledger?", "outcome": "One", "decided_on": "2026-03-01"} | wrong
    answer = program(cast.leader).post(DECISIONS, values, format="json")
    assert (answer.status_code, Decision.objects.count()) == (400, 0), answer.content


def test_decisions_follow_their_product_and_reasons_their_class(cast, program):
    open_one, hidden = DecisionFactory(product=cast.own, why="The margin."), DecisionFactory(product=cast.private)
    assert [item["id"] for item in program(cast.admin).get(DECISIONS).json()["items"]] == [open_one.pk]
    assert program(cast.admin).get(f"{DECISIONS}{hidden.pk}/").status_code == 404
    assert program(cast.maker).get(f"{DECISIONS}{hidden.pk}/").status_code == 200
    assert program(cast.contributor).get(f"{DECISIONS}{open_one.pk}/").json()["why"] is None
    assert program(cast.leader).get(f"{DECISIONS}{open_one.pk}/").json()["why"] == "The margin."
    assert program(cast.guest).get(DECISIONS).json()["items"] == []


def test_a_list_takes_the_same_number_of_statements_however_long(cast, program, django_assert_max_num_queries):
    for _ in range(5):
        DecisionFactory()
    client = program(cast.leader)
    client.get(DECISIONS)
    with django_assert_max_num_queries(5):
        assert len(client.get(DECISIONS).json()["items"]) == 5

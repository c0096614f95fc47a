"""The API of the plan: rights, values, versions, statement counts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Event
from portfolio.models import Segment
from roadmaps.models import Feature
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory

FEATURES = "/api/v1/features/"


def statements(queries) -> list[str]:
    return [q["sql"] for q in queries if not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))]


def keys(response) -> set[str]:
    assert response.status_code == 200, response.content
    return {item["key"] for item in response.json()["items"]}


@pytest.mark.parametrize("name", ["admin", "ops", "leader", "other_maker", "contributor", "stranger"])
def test_features_of_a_private_product_do_not_exist_for_who_is_no_member(cast, plan, program, name):
    client = program(getattr(cast, name))
    assert keys(client.get(FEATURES)) == {"OWN-01", "FOREIGN-01"}
    assert client.get(f"{FEATURES}HIDDEN-01/").status_code == 404
    assert keys(client.get(FEATURES, {"product": "HIDDEN"})) == set()
    assert program(cast.maker).get(f"{FEATURES}HIDDEN-01/").json()["title"] == "Hidden feature canary"


def test_a_feature_is_made_read_changed_and_deleted(cast, plan, program):
    client = program(cast.maker)
    segment = Segment.objects.create(name="Retail")
    made = client.post(FEATURES, {"product": "OWN", "title": "New", "stage": "delivery", "segments": [segment.pk]}, format="json")
    assert made.status_code == 201, made.content
    assert (made["Location"].endswith("/features/OWN-02/"), made.json()["status"], made.json()["segments"]) == (
        True,
        "in_progress",
        [segment.pk],
    )
    url, tag = made["Location"], {"HTTP_IF_MATCH": made["ETag"]}
    changed = client.patch(url, {"stage": "launch", "effort_likely": "3"}, format="json", **tag)
    assert (changed.json()["status"], changed.json()["effort_likely"]) == ("shipped", "3.00")
    assert client.patch(url, {"title": "Late"}, format="json", **tag).status_code == 412
    assert client.delete(url).status_code == 428
    assert client.delete(url, HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("field", ["score", "status", "demand_people", "key", "product", "id", "version", "merged_into", "stage_since"])
def test_what_follows_from_other_things_cannot_be_set(cast, plan, program, field):
    answer = program(cast.maker).patch(f"{FEATURES}OWN-01/", {field: "1"}, format="json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_links_to_things_out_of_sight_answer_as_if_missing(cast, plan, program):
    client = program(cast.other_maker)
    hidden, missing = InitiativeFactory(product=cast.private).pk, 999_999
    answers = [client.patch(f"{FEATURES}FOREIGN-01/", {"initiative": pk}, format="json") for pk in (hidden, missing)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json()["errors"] == answers[1].json()["errors"]


def test_revenue_and_deals_are_masked_for_who_sees_no_such_class(cast, plan, program):
    Feature.objects.filter(pk=plan.own.pk).update(demand_revenue=1000)
    assert program(cast.leader).get(f"{FEATURES}OWN-01/").json()["demand_revenue"] == "1000.00"
    assert program(cast.contributor).get(f"{FEATURES}OWN-01/").json()["demand_revenue"] is None
    assert program(cast.contributor).get(FEATURES, {"demand_revenue__gte": "1"}).status_code == 400
    assert program(cast.contributor).get(FEATURES, {"order": "-demand_revenue"}).status_code == 400


def test_a_bulk_change_answers_what_it_left_and_why(cast, plan, program):
    other = FeatureFactory(product=cast.own)
    rows = [{"id": plan.own.pk, "version": 1}, {"id": plan.foreign.pk, "version": 1}, {"id": plan.private.pk, "version": 1}]
    answer = program(cast.maker).post(
        f"{FEATURES}bulk/", {"rows": [*rows, {"id": other.pk, "version": 1}], "set": {"kind": "deal"}}, format="json"
    )
    assert answer.status_code == 200, answer.content
    assert set(answer.json()["changed"]) == {plan.own.pk, other.pk, plan.private.pk}
    assert [left["key"] for left in answer.json()["left"]] == ["FOREIGN-01"]
    assert Event.objects.get().verb == "roadmaps.features_changed"


def test_a_feature_is_declined_with_a_reason(cast, plan, program):
    answer = program(cast.maker).post(f"{FEATURES}OWN-01/refusal/", {"why": "Too small"}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "declined")
    assert Event.objects.get().because_label == "Too small"


def test_a_release_without_a_product_is_a_train_and_not_for_makers(cast, program):
    train = {"version_name": "2027.2", "day": "2027-06-21"}
    made = program(cast.ops).post("/api/v1/releases/", train, format="json")
    assert (made.status_code, made.json()["product"]) == (201, None)
    assert program(cast.maker).post("/api/v1/releases/", train | {"product": None}, format="json").status_code == 403


def test_initiatives_carry_their_objectives_and_releases_their_state(cast, plan, program):
    client = program(cast.maker)
    made = client.post("/api/v1/initiatives/", {"product": "OWN", "name": "Theme"}, format="json")
    assert (made.status_code, made.json()["objectives"]) == (201, [])
    release = client.post("/api/v1/releases/", {"product": "OWN", "version_name": "2027.1", "day": "2027-03-01"}, format="json")
    url = release["Location"]
    assert client.post(f"{url}shipment/", {}, format="json").json()["state"] == "shipped"
    assert client.post(f"{url}rollback/", {"why": ""}, format="json").status_code == 400
    assert client.post(f"{url}rollback/", {"why": "Broken"}, format="json").json()["state"] == "rolled_back"
    assert program(cast.leader).post(f"{url}shipment/", {}, format="json").status_code == 403
    hidden = ReleaseFactory(product=cast.private)
    assert program(cast.leader).get(f"/api/v1/releases/{hidden.pk}/").status_code == 404


def test_a_dependency_with_a_hidden_end_does_not_exist(cast, plan, program):
    row = DependencyFactory(predecessor=plan.private, successor=plan.foreign)
    assert program(cast.other_maker).get(f"/api/v1/dependencies/{row.pk}/").status_code == 404
    assert program(cast.other_maker).get("/api/v1/dependencies/").json()["items"] == []
    assert (
        program(cast.other_maker)
        .post("/api/v1/dependencies/", {"predecessor": "HIDDEN-01", "successor": "FOREIGN-01"}, format="json")
        .status_code
        == 400
    )


def test_dependencies_are_agreed_through_the_api(cast, plan, program):
    made = program(cast.maker).post("/api/v1/dependencies/", {"predecessor": "FOREIGN-01", "successor": "OWN-01"}, format="json")
    assert (made.status_code, made.json()["agreement"], made.json()["broken_by"]) == (201, "requested", None)
    url = made["Location"]
    assert program(cast.maker).post(f"{url}acceptance/", {}, format="json").status_code == 403
    giver, waiter = program(cast.other_maker), program(cast.maker)
    steps = [
        (giver, "refusal", {"why": "No room before March"}, "refused"), (waiter, "reopening", {}, "requested"),
        (giver, "acceptance", {"promised_for": "2027-03-01"}, "accepted"), (giver, "commitment", {}, "committed"),
        (waiter, "fulfilment", {}, "met"), (giver, "reopening", {}, "requested"),
    ]  # fmt: skip
    for client, name, body, state in steps:
        answer = client.post(f"{url}{name}/", body, format="json")
        assert (answer.status_code, answer.json()["agreement"]) == (200, state)
        assert answer.json()["promised_for"] == ("2027-03-01" if state in ("accepted", "committed", "met") else None)
        assert answer.json()["refused_why"] == ("No room before March" if state == "refused" else "")
    assert giver.post(f"{url}refusal/", {}, format="json").status_code == 400
    assert giver.post(f"{url}reopening/", {}, format="json").status_code == 422
    circle = program(cast.other_maker).post("/api/v1/dependencies/", {"predecessor": "OWN-01", "successor": "FOREIGN-01"}, format="json")
    assert (circle.status_code, "circle" in circle.json()["detail"]) == (422, True)


def test_statement_counts_of_features_stay_within_their_budget(cast, plan, program):
    client = program(cast.maker)
    FeatureFactory.create_batch(60, product=cast.own)
    Feature.objects.update(score=1)
    client.post(FEATURES, {"product": "OWN", "title": "So many writes are counted at once"}, format="json")
    with CaptureQueriesContext(connection) as queries:
        assert len(client.get(FEATURES).json()["items"]) == 50
    assert len(statements(queries)) <= 5, statements(queries)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{FEATURES}OWN-01/")
    assert len(statements(queries)) <= 6, statements(queries)
    with CaptureQueriesContext(connection) as queries:
        assert client.post(FEATURES, {"product": "OWN", "title": "New"}, format="json").status_code == 201
    assert len(statements(queries)) <= 14, statements(queries)
    with CaptureQueriesContext(connection) as queries:
        assert client.patch(f"{FEATURES}OWN-01/", {"title": "Newer"}, format="json").status_code == 200
    assert len(statements(queries)) <= 12, statements(queries)


def test_the_statement_count_of_a_list_does_not_grow_with_its_page(cast, plan, program):
    client = program(cast.maker)
    FeatureFactory.create_batch(120, product=cast.own)
    Feature.objects.update(score=1)
    client.get(FEATURES)
    counts = []
    for limit in (10, 100):
        with CaptureQueriesContext(connection) as queries:
            client.get(FEATURES, {"limit": limit})
        counts.append(len(statements(queries)))
    assert counts[0] == counts[1]

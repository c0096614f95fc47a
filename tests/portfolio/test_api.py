"""The portfolio by API: what is read, made and changed, and how it is masked."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio import services
from tests.factories.portfolio import AccountFactory, KeyResultFactory, MetricFactory, ObjectiveFactory, ProductLineFactory, SegmentFactory

API = "/api/v1/"


def items(response) -> list[dict]:
    assert response.status_code == 200, response.content
    return response.json()["items"]


def post(client, path, data, status=201) -> dict:
    response = client.post(f"{API}{path}", data, format="json")
    assert response.status_code == status, response.content
    return response.json()


def test_an_account_is_made_changed_and_removed(cast, program):
    client = program(cast.ops)
    made = post(client, "accounts/", {"name": "Brightwater", "annual_revenue": "412000.00", "outside_id": "crm-1"})
    url = f"{API}accounts/{made['id']}/"
    assert made["annual_revenue"] == "412000.00"
    changed = client.patch(url, {"state": "churned"}, format="json", headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["state"], changed["ETag"]) == (200, "churned", '"2"')
    assert client.patch(url, {"state": "lost"}, format="json", headers={"If-Match": '"1"'}).status_code == 412
    assert client.delete(url).status_code == 428
    assert client.delete(url, headers={"If-Match": '"2"'}).status_code == 204
    assert items(client.get(f"{API}accounts/")) == []


def test_revenue_is_masked_but_for_a_contributors_own_accounts(cast, program):
    AccountFactory(name="Theirs", annual_revenue=412_000)
    AccountFactory(name="Mine", annual_revenue=267_000, owner=cast.contributor)
    client = program(cast.contributor)
    found = {item["name"]: item["annual_revenue"] for item in items(client.get(f"{API}accounts/"))}
    assert found == {"Theirs": None, "Mine": "267000.00"}
    assert client.get(f"{API}accounts/", {"order": "annual_revenue"}).status_code == 400
    assert client.get(f"{API}accounts/", {"annual_revenue__gte": 1}).status_code == 400
    assert {item["annual_revenue"] for item in items(program(cast.maker).get(f"{API}accounts/"))} == {"412000.00", "267000.00"}
    narrow = items(client.get(f"{API}accounts/", {"fields": "name", "name__contains": "min"}))
    assert narrow == [{"name": "Mine"}]


def test_a_line_says_which_of_its_products_one_sees(cast, program):
    made = post(program(cast.leader), "lines/", {"name": "Money", "purpose": "From tap to statement"})
    post(program(cast.leader), f"lines/{made['id']}/places/", {"product": "OWN"}, 200)
    post(program(cast.maker), f"lines/{made['id']}/places/", {"product": "HIDDEN", "is_home": True}, 200)
    assert items(program(cast.maker).get(f"{API}lines/"))[0]["products"] == ["HIDDEN", "OWN"]
    assert items(program(cast.leader).get(f"{API}lines/"))[0]["products"] == ["OWN"]
    refused = program(cast.leader).post(f"{API}lines/{made['id']}/places/", {"product": "HIDDEN"}, format="json")
    missing = program(cast.leader).post(f"{API}lines/{made['id']}/places/", {"product": "MISSING"}, format="json")
    assert refused.status_code == missing.status_code == 400
    assert refused.json()["errors"] == missing.json()["errors"]


def test_an_objective_with_key_results_and_check_ins(cast, program):
    client = program(cast.maker)
    period = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    objective = post(client, "objectives/", {"title": "Paid in a day", "product": "OWN", **period})
    assert (objective["product"], objective["line"]) == ("OWN", None)
    result = post(client, "key-results/", {"objective": objective["id"], "title": "Volume", "start": "4", "target": "50"})
    assert (result["current"], result["progress"]) == (None, None)
    checked = post(client, f"key-results/{result['id']}/check-ins/", {"value": "27", "confidence": "0.65"}, 200)
    assert (checked["current"], checked["progress"]) == ("27.0000", 0.5)
    assert [item["id"] for item in items(client.get(f"{API}key-results/", {"product": "OWN"}))] == [result["id"]]
    unknown = client.patch(f"{API}key-results/{result['id']}/", {"current": "50"}, format="json")
    assert unknown.status_code == 400
    assert "cannot be set" in unknown.json()["errors"][0]["message"]


def test_points_are_recorded_in_one_event_and_key_results_follow(cast, program):
    client = program(cast.maker)
    metric = post(client, "metrics/", {"name": "Same-day volume", "product": "OWN", "unit": "%", "normal_low": "20", "normal_high": "30"})
    row = KeyResultFactory(objective=ObjectiveFactory(product=cast.own), metric_id=metric["id"])
    points = [{"day": "2026-01-05", "value": "21"}, {"day": "2026-01-12", "value": "33", "note": "Pilot"}]
    said = post(client, f"metrics/{metric['id']}/points/", {"points": points}, 200)
    assert [point["day"] for point in said["points"]] == ["2026-01-05", "2026-01-12"]
    row.refresh_from_db()
    assert row.current == 33
    listed = items(client.get(f"{API}metric-points/", {"metric": metric["id"]}))
    assert [(point["day"], point["note"]) for point in listed] == [("2026-01-12", "Pilot"), ("2026-01-05", "")]
    masked = items(program(cast.contributor).get(f"{API}metric-points/", {"metric": metric["id"]}))
    assert {point["note"] for point in masked} == {None}
    future = client.post(f"{API}metrics/{metric['id']}/points/", {"points": [{"day": "2999-01-01", "value": "1"}]}, format="json")
    assert future.status_code == 422


@pytest.mark.parametrize("noun", ["objectives", "key-results", "metrics", "metric-points"])
def test_what_hangs_on_a_private_product_does_not_exist_for_others(cast, program, noun):
    metric = MetricFactory(product=cast.private, name="Hidden metric")
    services.record_points(actor=cast.maker, metric=metric, points=[services.Point(date(2026, 1, 5), Decimal(4))])
    KeyResultFactory(objective=ObjectiveFactory(product=cast.private), metric=metric)
    (mine,) = items(program(cast.maker).get(f"{API}{noun}/"))
    for who in ("admin", "leader", "contributor", "stranger"):
        client = program(getattr(cast, who))
        assert items(client.get(f"{API}{noun}/")) == []
        assert client.get(f"{API}{noun}/{mine['id']}/").status_code == 404


def test_an_open_key_result_cannot_follow_a_private_metric_by_its_id(cast, program):
    hidden, objective = MetricFactory(product=cast.private), ObjectiveFactory(product=cast.own)
    values = {"objective": objective.pk, "title": "Leak", "target": "5", "metric": hidden.pk}
    assert program(cast.maker).post(f"{API}key-results/", values, format="json").status_code == 422
    stranger = program(cast.leader).post(f"{API}key-results/", values, format="json")
    assert stranger.status_code == 400


@pytest.mark.parametrize(
    ("noun", "most"), [("accounts", 3), ("lines", 4), ("objectives", 3), ("metrics", 3), ("key-results", 3), ("segments", 3), ("teams", 4)]
)
def test_a_list_takes_as_many_statements_for_fifty_rows_as_for_one(cast, program, noun, most):
    for _ in range(55):
        AccountFactory(segment=SegmentFactory(), owner=cast.leader)
        ProductLineFactory()
        KeyResultFactory(objective=ObjectiveFactory(product=cast.own), metric=MetricFactory())
        services.create_team(actor=cast.ops, name=f"Team {_}")
    client = program(cast.leader)
    client.get(f"{API}{noun}/")
    with CaptureQueriesContext(connection) as queries:
        assert len(items(client.get(f"{API}{noun}/"))) == 50
    assert len(queries) <= most, [query["sql"] for query in queries]

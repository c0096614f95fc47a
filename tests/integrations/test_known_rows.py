"""What is known under its id in another system is changed by the API instead of made twice."""

import pytest

from core.models import Event
from feedback.models import Feedback, Requester
from portfolio.models import Account
from roadmaps.models import Feature
from tests.factories.roadmaps import FeatureFactory, make_stages

KINDS = [
    (Account, "accounts", {"outside_id": "crm-7", "name": "Brightwater"}, {"name": "Brightwater Ltd"}),
    (Requester, "requesters", {"outside_id": "crm-9", "name": "Dana"}, {"name": "Dana Frey", "job": "Controller"}),
    (Feature, "features", {"outside_id": "JIRA-12", "product": "OWN", "title": "Payouts"}, {"title": "Payouts on weekends"}),
    (Feedback, "feedback", {"source": "Zendesk", "source_id": "88214", "text": "First words"}, {"text": "Other words"}),
]


@pytest.mark.parametrize(("model", "address", "body", "more"), KINDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_post_of_a_known_row_changes_it_and_sent_again_changes_nothing(cast, program, model, address, body, more):
    make_stages()
    client = program(cast.maker)
    made = client.post(f"/api/v1/{address}/", body, format="json")
    assert made.status_code == 201, made.content
    changed = client.post(f"/api/v1/{address}/", body | more, format="json")
    assert (changed.status_code, changed.json()["id"]) == (200, made.json()["id"]), changed.content
    assert {name: changed.json()[name] for name in more} == more
    assert int(changed["ETag"].strip('"')) == made.json()["version"] + 1
    events = Event.objects.count()
    again = client.post(f"/api/v1/{address}/", body | more, format="json")
    assert (again.status_code, again.json()) == (200, changed.json())
    assert (Event.objects.count(), model.objects.count()) == (events, 1)


def test_the_id_counts_within_its_product(cast, program):
    make_stages()
    client = program(cast.maker)
    body = {"outside_id": "12", "title": "One"}
    own = client.post("/api/v1/features/", body | {"product": "OWN"}, format="json")
    private = client.post("/api/v1/features/", body | {"product": "HIDDEN"}, format="json")
    assert (own.status_code, private.status_code) == (201, 201)


def test_who_may_not_change_a_known_row_is_refused(cast, program):
    feature = FeatureFactory(product=cast.own, outside_id="12", title="Kept")
    answer = program(cast.other_maker).post("/api/v1/features/", {"outside_id": "12", "product": "OWN", "title": "Lost"}, format="json")
    assert answer.status_code == 403
    assert Feature.objects.get(pk=feature.pk).title == "Kept"

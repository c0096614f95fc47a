"""Share links through the API: made, listed with their visits, changed and revoked by who made them; the address is told once."""

import pytest
from django.test import Client

from core.models import IdempotencyKey
from roadmaps import beginning
from roadmaps.models import ShareLink
from tests.factories.roadmaps import RoadmapFactory

pytestmark = pytest.mark.django_db
LINKS = "/api/v1/share-links/"


@pytest.fixture
def roadmap(cast, plan):
    beginning.begin_audiences()
    return RoadmapFactory(owner=cast.maker, product=cast.own, name="Plan", query="", layout="list")


def test_a_link_is_made_and_its_address_told_in_that_answer_alone(cast, roadmap, program):
    maker = program(cast.maker)
    sent = {"roadmap": roadmap.pk, "audience": "customers", "title": "What comes next", "ends_on": "2099-01-31"}
    made = maker.post(LINKS, sent, format="json")
    told = made.json()
    assert made.status_code == 201
    assert (told["audience"], told["title"], told["ends_on"]) == ("customers", "What comes next", "2099-01-31")
    assert (told["has_password"], told["embeds"], told["takes_answers"], told["opened"]) == (False, [], True, 0)
    assert Client().get(told["address"]).status_code == 200
    [listed] = maker.get(LINKS).json()["items"]
    assert listed == maker.get(made["Location"]).json()
    assert (listed["address"], listed["opened"]) == (None, 1)
    assert listed["last_opened_at"] is not None
    secret = told["address"].rsplit(".", 1)[1]
    assert secret not in str(listed)


def test_the_same_key_again_makes_no_other_link_and_tells_no_address(cast, roadmap, program):
    maker, key = program(cast.maker), {"HTTP_IDEMPOTENCY_KEY": "first link"}
    sent = {"roadmap": roadmap.pk, "audience": "customers"}
    first = maker.post(LINKS, sent, format="json", **key)
    again = maker.post(LINKS, sent, format="json", **key)
    secret = first.json()["address"].rstrip("/").rsplit(".", 1)[1]
    assert (again.status_code, again.json()) == (201, first.json() | {"address": None})
    assert ShareLink.objects.count() == 1
    assert secret.encode() not in bytes(IdempotencyKey.objects.get().body)


def test_a_link_is_changed_and_revoked_by_who_made_it(cast, roadmap, program):
    maker, other = program(cast.maker), program(cast.ops)
    made = maker.post(LINKS, {"roadmap": roadmap.pk, "audience": "public", "link_password": "correct horse"}, format="json").json()
    at = f"{LINKS}{made['id']}/"
    assert made["has_password"]
    assert other.get(at).status_code == other.delete(at, HTTP_IF_MATCH="*").status_code == 404
    assert maker.patch(at, {"takes_answers": False}, format="json").json()["takes_answers"] is False
    assert maker.patch(at, {"takes_answers": True}, format="json", HTTP_IF_MATCH='"1"').status_code == 412
    assert Client().get(made["address"]).status_code == 200
    assert maker.delete(at, HTTP_IF_MATCH='"2"').status_code == 204
    assert Client().get(made["address"]).status_code == 404
    assert maker.get(LINKS).json()["items"] == []


@pytest.mark.parametrize(
    ("sent", "status", "at_fault"),
    [
        ({"audience": "nobody"}, 400, "audience"),
        ({"ends_on": "2020-01-01"}, 422, "ends_on"),
        ({"link_password": "short"}, 422, "link_password"),
        ({"embeds": ["http://www.example.com"]}, 422, "embeds"),
        ({"made_by": 1}, 400, "made_by"),
    ],
)
def test_what_makes_no_link_is_refused_with_the_field_at_fault(cast, roadmap, program, sent, status, at_fault):
    answer = program(cast.maker).post(LINKS, {"roadmap": roadmap.pk, "audience": "customers"} | sent, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, at_fault)
    assert not ShareLink.objects.exists()


def test_somebody_elses_shared_roadmap_is_not_theirs_to_show_outside(cast, roadmap, program):
    type(roadmap).objects.filter(pk=roadmap.pk).update(is_shared=True)
    answer = program(cast.ops).post(LINKS, {"roadmap": roadmap.pk, "audience": "customers"}, format="json")
    assert answer.status_code == 403


def test_a_list_of_links_asks_as_much_however_long_it_is(cast, roadmap, program, django_assert_num_queries):
    maker = program(cast.maker)
    for _ in range(3):
        maker.post(LINKS, {"roadmap": roadmap.pk, "audience": "customers"}, format="json")
    maker.get(LINKS)
    with django_assert_num_queries(3):
        assert len(maker.get(LINKS).json()["items"]) == 3

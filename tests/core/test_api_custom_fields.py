"""Custom fields by API: made and changed, and filled and read with the rows that have them."""

import json

import pytest

from core import services
from core.models import CustomField
from tests.factories.core import MembershipFactory
from tests.factories.roadmaps import FeatureFactory, make_stages

URL = "/api/v1/custom-fields/"
HELD = {"note": "words", "size": "2.5", "due": "2027-02-27", "risk": "High", "pilot": False}


@pytest.fixture
def fields(cast, program) -> None:
    """A field of several kinds on every feature."""
    make_stages()
    client = program(cast.ops, scopes=["read", "write"])
    for key, kind in {"note": "text", "size": "number", "due": "date", "risk": "choice", "sponsor": "person", "pilot": "flag"}.items():
        choices = {"choices": ["Low", "High"]} if kind == "choice" else {}
        made = client.post(URL, {"key": key, "label": key.title(), "kind": kind, **choices}, format="json")
        assert made.status_code == 201, made.data


@pytest.fixture
def client(cast, program):
    return program(cast.maker, scopes=["read", "write"])


def test_a_feature_is_made_changed_and_read_with_its_fields(cast, fields, client):
    given = HELD | {"sponsor": cast.leader.pk}
    made = client.post("/api/v1/features/", {"product": "OWN", "title": "Whole", "custom": given}, format="json")
    assert (made.status_code, made.data["custom"]) == (201, given)
    address = f"/api/v1/features/{made.data['key']}/"
    changed = client.patch(address, {"custom": {"note": None, "risk": "low", "size": 3}}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert changed.data["custom"] == {name: value for name, value in given.items() if name != "note"} | {"risk": "Low", "size": "3"}
    assert changed["ETag"] != made["ETag"]
    stale = client.patch(address, {"custom": {"note": "late"}}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert stale.status_code == 412


def test_lists_tell_what_fields_hold_where_it_is_asked_for(cast, fields, client, django_assert_max_num_queries):
    for _ in range(3):
        feature = FeatureFactory(product=cast.own)
        services.set_custom_values(actor=cast.maker, row=feature, values={"note": "words"}, verb="roadmaps.feature_changed")
    FeatureFactory(product=cast.own)
    rows = client.get("/api/v1/features/?filter=note:words").data["items"]
    assert [row["custom"] for row in rows] == [{"note": "words"}] * 3
    assert "custom" not in client.get("/api/v1/features/?fields=key").data["items"][0]
    assert [row["custom"] for row in client.get("/api/v1/features/?fields=custom&filter=note:none").data["items"]] == [{}]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"risk": "Medium"}, "Known are: Low, High"),
        ({"size": "many"}, "is no number"),
        ({"size": True}, "cannot be read"),
        ({"due": "May"}, "is no day"),
        ({"pilot": "perhaps"}, "is yes or no"),
        ({"sponsor": "Nobody"}, "is nobody"),
        ({"note": 5}, "cannot be read"),
        ({"unheard": 1}, "no field “unheard”"),
        ({"note": "a\x00b"}, "characters that can be read"),
        ({"sponsor": "a\x00b"}, "characters that can be read"),
        ({"note": "a\ud800b"}, "characters that can be read"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_word(cast, fields, client, given, sentence):
    body = json.dumps({"product": "OWN", "title": "Whole", "custom": given})  # which spells what no program of ours could send
    answer = client.post("/api/v1/features/", body, content_type="application/json")
    assert answer.status_code == 400
    assert sentence in str(answer.data)
    assert next(iter(given)) in str(answer.data)


def test_many_features_are_filled_at_once(cast, fields, client):
    feature = FeatureFactory(product=cast.own)
    body = {"rows": [{"id": feature.pk, "version": 1}], "set": {"custom": {"risk": "High"}}}
    assert client.post("/api/v1/features/bulk/", body, format="json").data["changed"] == [feature.pk]
    assert client.get(f"/api/v1/features/{feature.key}/").data["custom"] == {"risk": "High"}


def test_choices_are_renamed_by_id_and_those_in_use_stay(cast, fields, client, program):
    field = CustomField.objects.get(key="risk")
    FeatureFactory(product=cast.own)
    client.post("/api/v1/features/", {"product": "OWN", "title": "Whole", "custom": {"risk": "High"}}, format="json")
    ops, address = program(cast.ops, scopes=["read", "write"]), f"{URL}{field.pk}/"
    answer = ops.patch(address, {"choices": [{"id": 2, "label": "Grave"}, {"label": "Nothing"}]}, format="json")
    assert answer.data["choices"] == [{"id": 2, "label": "Grave"}, {"id": 3, "label": "Nothing"}]
    assert client.get("/api/v1/features/").data["items"][0]["custom"] in ({"risk": "Grave"}, {})
    assert ops.patch(address, {"choices": [{"id": 3, "label": "Nothing"}]}, format="json").status_code == 422
    assert ops.patch(address, {"kind": "text"}, format="json").status_code == 400


def test_an_internal_field_is_no_part_of_what_a_guest_reads(cast, fields, program):
    CustomField.objects.filter(key="note").update(is_internal=True)
    feature = FeatureFactory(product=cast.own)
    services.set_custom_values(actor=cast.maker, row=feature, values={"note": "canary", "size": None}, verb="roadmaps.feature_changed")
    MembershipFactory(product=cast.own, user=cast.guest)
    guest = program(cast.guest)
    for address in (f"/api/v1/features/{feature.key}/", "/api/v1/features/", URL, "/api/v1/events/"):
        answer = guest.get(address)
        assert "canary" not in str(answer.content), address
        assert "note" not in str(getattr(answer, "data", {}).get("custom", "")), address

"""Templates and documents through the API."""

import pytest

from documents.models import Document, DocumentRevision
from tests.factories.documents import DocumentFactory, TemplateFactory

pytestmark = pytest.mark.django_db
DOCUMENTS = "/api/v1/documents/"


def test_a_document_is_made_read_changed_and_deleted(cast, plan, program):
    client = program(cast.maker)
    made = client.post(DOCUMENTS, {"template": TemplateFactory().pk, "feature": plan.own.key}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["missing"] == ["Problem", "Outcome"]
    url, tag = made["Location"], {"HTTP_IF_MATCH": made["ETag"]}
    values = {"sections": [{"heading": "Problem", "text": "It hurts."}], "state": "in_review"}
    changed = client.patch(url, values, format="json", **tag)
    assert (changed.status_code, changed.json()["missing"], changed.json()["state"]) == (200, ["Outcome"], "in_review")
    assert DocumentRevision.objects.filter(document=made.json()["id"]).count() == changed.json()["revision"] == 2
    assert client.patch(url, {"state": "draft"}, format="json", **tag).status_code == 412
    assert client.delete(url, HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"sections": [{"heading": "A", "text": ""}, {"heading": "a", "text": ""}]},
        {"sections": [{"heading": "A"}]},
        {"sections": "text"},
        {"state": "approved"},
        {"revision": 7},
        {"feature": "FOREIGN-1"},
    ],
)
def test_bad_values_are_refused_by_name(cast, plan, program, wrong):
    row = DocumentFactory(feature=plan.own)
    answer = program(cast.maker).patch(f"{DOCUMENTS}{row.pk}/", wrong, format="json")
    assert answer.status_code in (400, 422), answer.content
    assert Document.objects.get().revision == 1


def test_documents_of_a_private_product_do_not_exist_for_others(cast, plan, program):
    own, hidden = DocumentFactory(feature=plan.own), DocumentFactory(feature=plan.private)
    client = program(cast.admin)
    assert [item["id"] for item in client.get(DOCUMENTS).json()["items"]] == [own.pk]
    assert client.get(f"{DOCUMENTS}{hidden.pk}/").status_code == 404
    assert client.get(DOCUMENTS, {"product": "HIDDEN"}).json()["items"] == []
    answers = [client.post(DOCUMENTS, {"template": own.template_id, "feature": key}, format="json") for key in (plan.private.key, "NONE-1")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    assert program(cast.maker).get(f"{DOCUMENTS}{hidden.pk}/").status_code == 200


def test_templates_are_read_by_members_only(cast, program):
    row = TemplateFactory(name="Product requirements")
    listed = program(cast.contributor).get("/api/v1/templates/", {"name": "Product requirements"}).json()["items"]
    assert [section["is_required"] for section in listed[0]["sections"]] == [True, True, False]
    assert program(cast.guest).get(f"/api/v1/templates/{row.pk}/").status_code == 404
    assert program(cast.ops).post("/api/v1/templates/", {}, format="json").status_code == 405


def test_a_list_takes_the_same_number_of_statements_however_long(cast, plan, program, django_assert_max_num_queries):
    for _ in range(5):
        DocumentFactory(feature=plan.own)
    client = program(cast.maker)
    client.get(DOCUMENTS)
    with django_assert_max_num_queries(4):
        assert len(client.get(DOCUMENTS).json()["items"]) == 5

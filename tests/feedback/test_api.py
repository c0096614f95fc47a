"""The API of feedback: rights, masking, outside ids, doing a thing once."""

import pytest

from feedback import services
from feedback.models import Evidence, Feedback
from tests.factories.feedback import EvidenceFactory, FeedbackFactory

URL = "/api/v1/feedback/"


@pytest.fixture
def ask(program):
    """`ask(user).get(…)`: a program of this person; bodies are JSON."""

    def make(user, **token):
        client = program(user, **token)
        client.default_format = "json"
        client.post_json = lambda url, body, **headers: client.post(url, body, format="json", headers=headers)
        return client

    return make


def items(response) -> list[dict]:
    assert response.status_code == 200, response.content
    return response.json()["items"]


def test_a_message_known_by_source_and_id_is_changed_not_doubled(cast, market, ask):
    client = ask(cast.maker)
    body = {"source": "zendesk", "source_id": "88214", "text": "First words", "product": "OWN", "requester": market.dana.pk}
    made = client.post_json(URL, body)
    assert made.status_code == 201
    again = client.post_json(URL, body | {"text": "Other words", "kind": "problem"})
    assert again.status_code == 200
    assert again.json()["id"] == made.json()["id"]
    row = Feedback.objects.get()
    assert (row.text, row.kind, row.submitter) == ("Other words", "problem", cast.maker)
    assert client.post_json(URL, {**body, "kind": "nothing"}).status_code == 400


def test_a_repeated_post_with_a_key_makes_one_message(cast, ask):
    client = ask(cast.contributor)
    answers = [client.post_json(URL, {"text": "Once"}, **{"Idempotency-Key": "k-1"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Feedback.objects.count() == 1


def test_money_reasons_and_hidden_products_are_masked_by_role(cast, market, ask):
    mine = services.submit_feedback(
        actor=cast.ops, submitter=cast.ops, text="Of my account", requester=market.dana, deal_size=5, product=cast.own
    )
    services.decline_feedback(actor=cast.maker, feedback=mine, reason="Too far")
    FeedbackFactory(
        title="Sent", submitter=cast.contributor, requester=market.jan, product=cast.private, deal_size=7, account_revenue=355_000
    )
    rows = {row["title"]: row for row in items(ask(cast.contributor).get(URL))}
    assert set(rows) == {"Of my account", "Sent"}
    assert (rows["Of my account"]["account_revenue"], rows["Of my account"]["deal_size"]) == ("412000.00", "5.00")
    assert rows["Of my account"]["declined_because"] is None
    assert (rows["Sent"]["product"], rows["Sent"]["deal_size"], rows["Sent"]["account_revenue"]) == (None, "7.00", None)
    full = {row["title"]: row for row in items(ask(cast.maker).get(URL))}
    assert full["Of my account"]["declined_because"] == "Too far"
    assert full["Sent"]["product"] == "HIDDEN"


def test_filters_do_not_tell_of_what_is_hidden(cast, market, ask):
    FeedbackFactory(title="Sent", submitter=cast.contributor, product=cast.private)
    client = ask(cast.contributor)
    assert items(client.get(f"{URL}?product=HIDDEN")) == []
    assert client.get(f"{URL}?declined_because=x").status_code == 400
    assert len(items(client.get(f"{URL}?submitter={cast.contributor.pk}"))) == 1


def test_messages_are_filtered_by_account_state_and_source(cast, market, ask):
    FeedbackFactory(product=cast.own, requester=market.dana, source="slack", title="A")
    FeedbackFactory(product=cast.own, requester=market.jan, state="closed", title="B")
    client = ask(cast.leader)
    for query, expected in (
        (f"account={market.mine.pk}", ["A"]),
        ("state=closed", ["B"]),
        ("source=mail", ["B"]),
        ("source__in=slack,x", ["A"]),
    ):
        assert [row["title"] for row in items(client.get(f"{URL}?{query}"))] == expected


def test_evidence_is_linked_weighed_and_unlinked_with_versions(cast, plan, market, ask):
    client = ask(cast.maker)
    message = FeedbackFactory(product=cast.own, requester=market.dana)
    made = client.post_json(
        "/api/v1/evidence/", {"feedback": message.pk, "feature": plan.own.key, "importance": "critical", "start": 0, "end": 8}
    )
    assert made.status_code == 201
    assert made.json()["quote"] == "We close"
    url = f"/api/v1/evidence/{made.json()['id']}/"
    assert client.patch(url, {"importance": "nice"}, format="json", headers={"If-Match": '"9"'}).status_code == 412
    assert client.patch(url, {"importance": "nice"}, format="json").json()["importance"] == "nice"
    assert client.delete(url).status_code == 428
    assert client.delete(url, headers={"If-Match": '"2"'}).status_code == 204
    assert not Evidence.objects.alive().exists()


def test_evidence_of_other_peoples_messages_is_nowhere_for_a_contributor(cast, plan, market, ask):
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.jan), feature=plan.own)
    own = EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.own)
    assert [row["id"] for row in items(ask(cast.contributor).get("/api/v1/evidence/"))] == [own.pk]


def test_events_tell_the_words_of_a_message_only_to_who_may_read_it(cast, market, ask):
    services.submit_feedback(actor=cast.maker, submitter=cast.maker, text="words canary", requester=market.jan)
    services.submit_feedback(actor=cast.maker, submitter=cast.maker, text="words canary", requester=market.jan, product=cast.own)
    told = ask(cast.contributor).get("/api/v1/events/")
    assert "canary" not in told.content.decode()
    assert "canary" in ask(cast.leader).get("/api/v1/events/").content.decode()


def test_a_token_for_one_product_reaches_no_further(cast, market, ask):
    FeedbackFactory(title="Own", product=cast.own)
    FeedbackFactory(title="Foreign", product=cast.foreign, submitter=cast.maker)
    client = ask(cast.maker, product=cast.own)
    assert [row["title"] for row in items(client.get(f"{URL}?product=OWN"))] == ["Own"]
    assert "Foreign" not in client.get(URL).content.decode()


def test_requesters_are_found_made_and_changed(cast, market, ask):
    client = ask(cast.maker)
    made = client.post_json("/api/v1/requesters/", {"name": "Noor Aziz", "email": "Noor@Example.com", "account": market.other.pk})
    assert made.status_code == 201
    assert made.json()["email"] == "noor@example.com"
    assert client.post_json("/api/v1/requesters/", {"email": "noor@example.com"}).status_code == 422
    assert client.post_json("/api/v1/requesters/", {}).status_code == 422
    assert [row["name"] for row in items(client.get(f"/api/v1/requesters/?account={market.other.pk}&order=name"))] == [
        "Jan Reuter",
        "Noor Aziz",
    ]
    assert client.patch(f"/api/v1/requesters/{made.json()['id']}/", {"job": "COO"}, format="json").json()["job"] == "COO"
    assert items(ask(cast.guest).get("/api/v1/requesters/")) == []

"""The pages of governance: checks, decisions, the audit log."""

import pytest

from core.acts import act
from core.models import ChainHead
from core.services.tokens import create_token
from governance import services
from governance.models import Check, Decision, Waiver
from roadmaps import services as plan_services
from roadmaps.models import Feature
from tests.factories.governance import CheckFactory, DecisionFactory, DecisionLinkFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


# --- checks ---------------------------------------------------------------------------------------------------------


def test_product_operations_adds_changes_and_removes_a_check(cast, plan, browse):
    client, stage = browse(cast.ops), plan.stages["delivery"]
    sent = {"stage": stage.pk, "kind": "evidence", "least": 3, "field": "", "template": ""}
    assert client.post("/settings/checks/", sent).status_code == 302
    row = Check.objects.get()
    assert "At least 3 people asked for it" in client.get("/settings/checks/").content.decode()
    changed = client.post(f"/settings/checks/{row.pk}/", sent | {"least": 5, "is_blocking": "on", "version": row.version})
    assert changed.status_code == 302
    clash = client.post(f"/settings/checks/{row.pk}/", sent | {"least": 7, "version": row.version})
    assert clash.status_code == 409
    for wrong in ({"least": ""}, {"least": "-1"}, {"kind": "magic"}, {"stage": 9999}):
        assert client.post("/settings/checks/", sent | wrong).status_code == 422
    assert client.post(f"/settings/checks/{row.pk}/removal/").status_code == 302
    assert not Check.objects.alive().exists()


def test_others_read_the_checks_and_may_not_set_them(cast, plan, browse):
    row = CheckFactory()
    assert "Effort is estimated" in browse(cast.maker).get("/settings/checks/").content.decode()
    for address in ("/settings/checks/", f"/settings/checks/{row.pk}/", f"/settings/checks/{row.pk}/removal/"):
        assert browse(cast.leader).post(address, {}).status_code == 403
    assert browse(cast.guest).get(f"/settings/checks/{row.pk}/").status_code == 404


def test_the_feature_shows_what_the_next_stage_asks_for_and_lets_it_in_for_a_reason(cast, plan, browse):
    CheckFactory()
    client, page = browse(cast.maker), f"/features/{plan.own.key}/"
    shown = client.get(page).content.decode()
    assert "Ready for Validation" in shown
    assert "Effort is not estimated." in shown
    assert client.post(f"{page}next-stage/", {"stage": "validation"}).status_code == 422
    assert client.post(f"{page}next-stage/", {"stage": "validation", "reason": "A pilot."}).status_code == 302
    assert Feature.objects.get(pk=plan.own.pk).stage.slug == "validation"
    assert "A pilot." in client.get(page).content.decode()
    assert "A pilot." not in browse(cast.contributor).get(page).content.decode()
    assert browse(cast.contributor).post(f"{page}next-stage/", {"stage": "launch"}).status_code == 403
    assert browse(cast.admin).post(f"/features/{plan.private.key}/next-stage/", {"stage": "launch"}).status_code == 404
    assert client.post(f"{page}next-stage/", {"stage": "nowhere"}).status_code == 404


# --- decisions ------------------------------------------------------------------------------------------------------


def sent(**values):
    known = {"question": "One ledger?", "outcome": "One", "decided_on": "2026-03-01", "options": "One\r\nTwo", "features": ""}
    return {name: value for name, value in (known | values).items() if value is not None}


def test_a_decision_is_logged_read_changed_and_deleted(cast, plan, browse):
    client = browse(cast.maker)
    made = client.post(
        "/decisions/new/", sent(product=cast.own.pk, decided_by=cast.leader.pk, features=f"{plan.own.key} ; {plan.foreign.key.lower()}")
    )
    row = Decision.objects.get()
    assert (made.status_code, made["Location"], row.options) == (302, f"/decisions/{row.pk}/", ["One", "Two"])
    shown = client.get(made["Location"]).content.decode()
    assert "Foreign feature" in shown
    form = client.get(f"/decisions/{row.pk}/change/").content.decode()
    assert f"{plan.own.key}, {plan.foreign.key}" in form
    values = sent(decided_by=cast.leader.pk, outcome="Two", version=row.version, features=plan.own.key)
    assert client.post(f"/decisions/{row.pk}/change/", values).status_code == 302
    clash = client.post(f"/decisions/{row.pk}/change/", values | {"outcome": "Three"})
    assert clash.status_code == 409
    chosen = {"only": "outcome", "outcome": "Three", "version": clash.context["conflict"]["version"]}
    assert client.post(f"/decisions/{row.pk}/change/", chosen).status_code == 302
    row.refresh_from_db()
    assert row.outcome == "Three"
    assert "One ledger?" in client.get(f"/features/{plan.own.key}/").content.decode()
    assert client.post(f"/decisions/{row.pk}/removal/").status_code == 302
    assert client.get(f"/decisions/{row.pk}/").status_code == 404


@pytest.mark.parametrize("wrong", [{"question": ""}, {"decided_on": "soon"}, {"features": "NONE-1"}, {"look_again_on": "2026-02-01"}])
def test_what_cannot_be_logged_comes_back_with_a_sentence(cast, browse, wrong):
    answer = browse(cast.leader).post("/decisions/new/", sent(decided_by=cast.leader.pk, **wrong))
    assert (answer.status_code, Decision.objects.count()) == (422, 0)
    assert "errorlist" in answer.content.decode()


def test_a_hidden_feature_reads_like_a_missing_one(cast, plan, browse):
    client = browse(cast.leader)
    hidden, missing = (
        client.post("/decisions/new/", sent(decided_by=cast.leader.pk, features=key)) for key in (plan.private.key, "NONEXIST-1")
    )
    assert f"There is no feature {plan.private.key}, or it is not yours to see." in hidden.content.decode()
    assert "There is no feature NONEXIST-1, or it is not yours to see." in missing.content.decode()


def test_private_decisions_are_seen_by_members_and_reasons_by_who_sees_internal(cast, browse):
    private = DecisionFactory(product=cast.private, question="canary?")
    open_one = DecisionFactory(product=cast.own, why="Because of the margin.", look_again_on="2026-03-02")
    assert browse(cast.admin).get(f"/decisions/{private.pk}/").status_code == 404
    assert browse(cast.maker).get(f"/decisions/{private.pk}/").status_code == 200
    listed = browse(cast.leader).get("/decisions/?due=on&q=question").content.decode()
    assert open_one.question in listed
    assert "canary" not in listed
    assert "the margin" in browse(cast.leader).get(f"/decisions/{open_one.pk}/").content.decode()
    assert "the margin" not in browse(cast.contributor).get(f"/decisions/{open_one.pk}/").content.decode()


def test_a_feature_is_moved_from_the_decision(cast, plan, browse):
    row = DecisionFactory(product=cast.own, question="Go on?")
    DecisionLinkFactory(decision=row, feature=plan.own)
    CheckFactory()
    client, values = browse(cast.maker), {"feature": plan.own.key, "stage": "validation"}
    assert client.post(f"/decisions/{row.pk}/consequences/", values).status_code == 422
    assert client.post(f"/decisions/{row.pk}/consequences/", values | {"reason": "Agreed."}).status_code == 302
    assert Waiver.objects.get().reason == "Agreed."
    assert "Discovery → Validation" in client.get(f"/decisions/{row.pk}/").content.decode()
    assert client.post(f"/decisions/{row.pk}/consequences/", values | {"feature": "NONE-1"}).status_code == 404


# --- the audit log --------------------------------------------------------------------------------------------------


@pytest.fixture
def record(cast, plan):
    """Three events: the maker renames the own and the hidden feature, the leader logs a decision."""
    plan_services.change_feature(actor=cast.maker, feature=plan.own, title="Renamed")
    plan_services.change_feature(actor=cast.maker, feature=plan.private, title="Renamed canary")
    return services.log_decision(actor=cast.leader, question="Why?", outcome="So", decided_on="2026-03-01", why="Inner reasons")


def numbers(client, query=""):
    return [event.number for event in client.get(f"/audit/{query}").context["events"]]


@pytest.mark.parametrize("name", ["leader", "maker", "contributor", "guest"])
def test_only_administrators_and_product_operations_read_the_audit_log(cast, record, browse, name):
    client = browse(getattr(cast, name))
    assert [client.get("/audit/").status_code, client.get("/audit/1/").status_code, client.post("/audit/verification/").status_code] == [
        403
    ] * 3


def test_events_come_newest_first_without_those_of_private_products(cast, record, browse):
    assert numbers(browse(cast.admin)) == [3, 1]
    assert browse(cast.admin).get("/audit/2/").status_code == 404
    assert "canary" not in browse(cast.admin).get("/audit/").content.decode()


def test_each_filter_narrows(cast, plan, record, browse):
    client = browse(cast.ops)
    for query, expected in {
        f"actor={cast.maker.pk}": [1],
        f"product={cast.own.pk}": [1],
        "kind=governance.decision": [3],
        f"kind=roadmaps.feature&row={plan.own.pk}": [1],
        f"kind=roadmaps.feature&row={plan.private.pk}": [],
        "verb=governance.decision_logged": [3],
        "door=command": [3, 1],
        "door=api": [],
        "since=2001-01-01&until=2100-01-01": [3, 1],
        "until=2001-01-01": [],
        "before=3": [1],
        f"product={cast.private.pk}": [3, 1],  # unknown to ops: narrows nothing, and the form says so
        "actor=x&since=soon&row=-1&before=y&verb=z": [3, 1],
    }.items():
        assert numbers(client, f"?{query}") == expected, query


def test_a_long_log_is_paged_by_the_last_number(cast, plan, browse):
    for turn in range(55):
        plan_services.change_feature(actor=cast.maker, feature=plan.own, title=f"Title {turn}")
    client = browse(cast.admin)
    assert (len(numbers(client)), client.get("/audit/").context["next"]) == (50, 6)
    assert numbers(client, "?before=6") == [5, 4, 3, 2, 1]


def test_an_event_shows_its_changes_in_words(cast, plan, record, browse):
    shown = browse(cast.ops).get("/audit/1/", headers=HTMX).content.decode()
    assert "<del>Own feature</del> → <ins>Renamed</ins>" in shown
    assert "Inner reasons" in browse(cast.ops).get("/audit/3/").content.decode()
    assert browse(cast.ops).get("/audit/99/").status_code == 404


def test_an_event_tells_no_values_of_what_is_somebodys_own(cast, browse):
    create_token(actor=cast.maker, user=cast.maker, name="Canary", scopes=["read"])
    client = browse(cast.ops)
    assert "Added this token" in client.get("/audit/1/").content.decode()
    assert "Canary" not in client.get("/audit/1/").content.decode()
    api = browse(cast.ops).get("/api/v1/events/1/").content.decode()
    assert "core.apitoken" in api
    assert "Canary" not in api


def test_an_event_of_two_products_shows_the_visible_half(cast, plan, browse):
    with act(cast.maker):
        plan_services.change_feature(actor=cast.maker, feature=plan.own, title="Seen")
        plan_services.change_feature(actor=cast.maker, feature=plan.private, title="Canary")
    shown = browse(cast.admin).get("/audit/1/").content.decode()
    assert "Seen" in shown
    assert "Canary" not in shown


def test_verification_says_whether_the_record_is_whole(cast, record, browse):
    client = browse(cast.admin)
    assert "The record is whole." in client.post("/audit/verification/").content.decode()


def test_verification_says_what_is_wrong(cast, record, browse):
    ChainHead.objects.update(number=7)
    shown = browse(cast.admin).post("/audit/verification/", headers=HTMX).content.decode()
    assert "The chain ends at event 3, its head says 7." in shown
    assert "<html" not in shown

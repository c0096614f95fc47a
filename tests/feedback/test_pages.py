"""Pages of feedback: the inbox, linking, the form for sales and support, and what became of it."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import Event
from core.services import search as index
from core.undo import undo_event
from feedback import services
from feedback.models import Evidence, Feedback
from portfolio.models import Account
from roadmaps.models import Feature
from tests.factories.feedback import EvidenceFactory, FeedbackFactory
from tests.factories.roadmaps import FeatureFactory

HTMX = {"HX-Request": "true"}


def titles(response) -> list[str]:
    """The lines of the list, in their order."""
    assert response.status_code == 200
    return re.findall(r'<span class="line cut">([^<]*)</span>', response.content.decode())


@pytest.fixture
def messages(cast, market) -> list[Feedback]:
    """Three new messages of the maker's product, the newest first."""
    now = clock.now()
    return [
        FeedbackFactory(title=f"Wish {n}", product=cast.own, requester=market.dana, received_at=now - timedelta(hours=n)) for n in range(3)
    ]


# --- the inbox -------------------------------------------------------------------------------------------------------------------


def test_tabs_hold_what_waits_what_sleeps_and_everything(cast, messages, browse):
    services.snooze_feedback(actor=cast.maker, feedback=messages[0], until=clock.now() + timedelta(days=2))
    services.assign_feedback(actor=cast.maker, feedback=messages[1], assignee=cast.maker)
    client = browse(cast.maker)
    assert titles(client.get("/feedback/")) == ["Wish 1", "Wish 2"]
    assert titles(client.get("/feedback/?tab=mine")) == ["Wish 1"]
    assert titles(client.get("/feedback/?tab=snoozed")) == ["Wish 0"]
    assert titles(client.get("/feedback/?tab=all")) == ["Wish 0", "Wish 1", "Wish 2"]


def test_new_is_what_one_sorts_oneself_and_all_is_what_one_may_read(cast, messages, browse):
    assert titles(browse(cast.other_maker).get("/feedback/")) == []
    assert len(titles(browse(cast.other_maker).get("/feedback/?tab=all"))) == 3
    assert len(titles(browse(cast.ops).get("/feedback/"))) == 3


def test_the_list_respects_filters_scope_and_words(cast, messages, market, browse):
    FeedbackFactory(title="A problem with lockers", kind="problem", product=cast.foreign, requester=market.jan)
    index.reindex()
    client = browse(cast.ops)
    assert titles(client.get("/feedback/?kind=problem")) == ["A problem with lockers"]
    assert titles(client.get("/feedback/?q=locker")) == ["A problem with lockers"]
    assert titles(client.get(f"/feedback/?account={market.mine.pk}")) == ["Wish 0", "Wish 1", "Wish 2"]
    client.post("/scope/", {"product": "FOREIGN"})
    assert titles(client.get("/feedback/")) == ["A problem with lockers"]


@pytest.mark.parametrize("query", ["tab=nothing", "q=%00", "account=x", "account=99999999999999999999", "kind=x", "after=junk", "state=²"])
def test_an_address_nobody_can_read_still_shows_the_inbox(cast, messages, browse, query):
    assert browse(cast.maker).get(f"/feedback/?{query}").status_code == 200


def test_a_private_product_leaves_no_trace_in_the_inbox(cast, market, browse):
    hidden = FeedbackFactory(title="Private canary", text="canary text of four entities", product=cast.private, requester=market.dana)
    FeedbackFactory(title="Beside it", text="text of four entities", product=cast.own, requester=market.dana)
    index.reindex()
    for person in (cast.leader, cast.ops, cast.contributor):
        client = browse(person)
        for url in ("/feedback/", "/feedback/?tab=all", "/feedback/?q=entities", "/feedback/mine/", f"/companies/{market.mine.pk}/"):
            assert b"canary" not in client.get(url, follow=True).content.lower(), url
        assert client.get(f"/feedback/{hidden.pk}/").status_code == 404
        similar = client.get("/feedback/new/similar/?text=canary+text+of+four+entities")
        assert b"Private" not in similar.content
    assert b"Private canary" in browse(cast.maker).get("/feedback/?tab=all").content


def test_one_opens_after_the_other_and_the_place_is_said(cast, messages, browse):
    page = browse(cast.maker).get(f"/feedback/{messages[1].pk}/?tab=all").content.decode()
    assert f'href="/feedback/{messages[0].pk}/?tab=all" hx-get' in page
    assert f'href="/feedback/{messages[2].pk}/?tab=all" hx-get' in page
    assert "2 of 3" in page


def test_the_inbox_costs_as_many_statements_with_many_lines_as_with_few(cast, messages, browse, market):
    client = browse(cast.maker)
    for n in range(5):
        FeedbackFactory(product=cast.own, requester=market.dana, title=f"Some {n}")
    client.get("/feedback/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/feedback/{messages[0].pk}/", headers=HTMX)
    for n in range(40):
        FeedbackFactory(product=cast.own, requester=market.dana, title=f"More {n}")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/feedback/{messages[0].pk}/", headers=HTMX)
    assert len(many) == len(few)
    assert len(many) <= 22


# --- sorting ---------------------------------------------------------------------------------------------------------------------


def test_sorting_opens_the_next_message_and_offers_to_undo(cast, messages, browse):
    client = browse(cast.maker)
    url = f"/feedback/{messages[0].pk}/"
    answer = client.post(f"{url}refusal/?tab=new", {"reason": "Not our market"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == f"/feedback/{messages[1].pk}/?tab=new"
    assert "Declined: Wish 0" in json.loads(answer.headers["HX-Trigger"])["waymark:undo"]["label"]
    assert titles(answer) == ["Wish 1", "Wish 2"]
    messages[0].refresh_from_db()
    assert (messages[0].state, messages[0].declined_because) == ("declined", "Not our market")
    undo_event(actor=cast.maker, event=Event.objects.first())
    messages[0].refresh_from_db()
    assert messages[0].state == "new"


def test_forms_work_without_a_script(cast, messages, browse):
    client = browse(cast.maker)
    first, second, third = messages
    assert client.post(f"/feedback/{first.pk}/closure/").headers["Location"] == f"/feedback/{second.pk}/"
    assert client.post(f"/feedback/{second.pk}/snooze/", {"days": "7"}).headers["Location"] == f"/feedback/{third.pk}/"
    facts = {"product": cast.own.pk, "kind": "problem", "tags": "Month-end, audit", "assignee": cast.maker.pk, "version": 1}
    assert client.post(f"/feedback/{third.pk}/facts/", facts).headers["Location"] == f"/feedback/{third.pk}/"
    third.refresh_from_db()
    assert (third.kind, third.tags, third.assignee) == ("problem", ["month-end", "audit"], cast.maker)
    assert client.post(f"/feedback/{third.pk}/closure/").headers["Location"] == "/feedback/"
    assert client.post(f"/feedback/{third.pk}/reopening/").status_code == 302
    third.refresh_from_db()
    assert third.state == "new"


@pytest.mark.parametrize(
    ("where", "body", "sentence"),
    [
        ("refusal", {"reason": " "}, "Say why"),
        ("snooze", {}, "Choose a day from tomorrow on"),
        ("snooze", {"until": "2020-01-01"}, "Choose a day from tomorrow on"),
        ("snooze", {"until": "soon"}, "Choose a day from tomorrow on"),
        ("evidence", {"feature": "NONE-1", "importance": "nice"}, "Choose a feature from the list"),
        ("evidence", {"feature": "new", "importance": "nice"}, "needs a title and a product"),
        ("evidence", {"feature": "OWN-01"}, "how important"),
        ("facts", {"kind": "nothing"}, "nothing"),
    ],
)
def test_a_refusal_is_a_sentence(cast, plan, messages, browse, where, body, sentence):
    answer = browse(cast.maker).post(f"/feedback/{messages[0].pk}/{where}/", body, headers=HTMX)
    assert answer.status_code == 422
    assert "data-refusal" in answer.content.decode()
    assert sentence in answer.content.decode()


def test_two_people_sorting_the_same_message_are_told(cast, messages, browse):
    row = messages[0]
    services.change_feedback(actor=cast.ops, feedback=row, kind="question")
    body = {"product": cast.own.pk, "kind": "problem", "tags": "", "version": 1}
    answer = browse(cast.maker).post(f"/feedback/{row.pk}/facts/", body, headers=HTMX)
    assert answer.status_code == 422
    assert "Someone else changed kind" in answer.content.decode()


# --- linking ---------------------------------------------------------------------------------------------------------------------


def test_a_passage_is_linked_and_marked(cast, plan, messages, browse):
    row, client = messages[0], browse(cast.maker)
    answer = client.post(
        f"/feedback/{row.pk}/evidence/", {"feature": plan.own.key, "importance": "critical", "start": "0", "end": "43"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert (
        '<mark class="is-linked" data-start="0" data-sentence="0">We close four entities by hand every month.</mark>'
        in answer.content.decode()
    )
    assert "Wish 0" in titles(answer)  # it keeps its place while it is open
    assert Evidence.objects.get().importance == "critical"


def test_sentences_are_chosen_without_a_script(cast, plan, messages, browse):
    client, row = browse(cast.maker), messages[0]
    page = client.get(f"/feedback/{row.pk}/evidence/?q=own").content.decode()
    assert "It takes three days." in page
    assert f'value="{plan.own.key}"' in page
    client.post(f"/feedback/{row.pk}/evidence/", {"feature": plan.own.key, "importance": "nice", "sentence": ["0", "1"]})
    assert Evidence.objects.get().quote == row.text


def test_a_feature_is_made_of_what_was_typed(cast, plan, messages, browse):
    body = {"feature": "new", "q": "Statements per entity", "product": "OWN", "importance": "important"}
    browse(cast.maker).post(f"/feedback/{messages[0].pk}/evidence/", body)
    made = Feature.objects.get(title="Statements per entity")
    assert (made.product, made.demand_people) == (cast.own, 1)


def test_features_are_found_by_key_or_words_where_one_sees_them(cast, plan, messages, browse):
    url = f"/feedback/{messages[0].pk}/candidates/"
    client = browse(cast.ops)
    assert plan.own.key.encode() in client.get(f"{url}?q=own-").content
    assert plan.foreign.key.encode() in client.get(f"{url}?q=foreign+feat").content
    assert b"canary" not in client.get(f"{url}?q=hidden").content
    assert b"canary" not in client.get(url).content


def test_importance_is_changed_and_a_link_ended_from_the_rail(cast, plan, messages, browse):
    link = services.link_evidence(actor=cast.maker, feedback=messages[0], feature=plan.own)
    client = browse(cast.maker)
    client.post(f"/evidence/{link.pk}/", {"importance": "nice"}, headers=HTMX)
    link.refresh_from_db()
    assert link.importance == "nice"
    client.post(f"/evidence/{link.pk}/", {"remove": "1"})
    assert not Evidence.objects.alive().exists()
    assert browse(cast.other_maker).post(f"/evidence/{link.pk}/", {"remove": "1"}).status_code == 404


def test_similar_messages_stand_beside_with_a_reason_and_merge(cast, market, browse):
    one = FeedbackFactory(title="Statement per legal entity", text="Each legal entity needs its own statement.", product=cast.own)
    two = FeedbackFactory(title="One statement for each entity", text="Our legal entities want a statement each.", product=cast.own)
    FeedbackFactory(title="Driver app", text="The driver forgets the depot at login.", product=cast.own)
    index.reindex()
    client = browse(cast.maker)
    page = client.get(f"/feedback/{one.pk}/").content.decode()
    rail = page[page.index("Similar requests") :]
    assert "One statement for each entity" in rail
    assert "names “statement”" in rail
    assert "Driver app" not in rail
    client.post(f"/feedback/{one.pk}/merge/", {"into": two.pk})
    assert titles(client.get("/feedback/")) == ["Driver app", "One statement for each entity"]
    client.post(f"/feedback/{one.pk}/merge/")
    assert len(titles(client.get("/feedback/"))) == 3


def test_a_feature_shows_what_was_said_with_the_money_the_reader_may_see(cast, plan, market, browse):
    quote = {"quote": "We close four entities by hand.", "start": 0, "end": 31}
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.own, importance="critical", **quote)
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.jan), feature=plan.own)
    for url in (f"/features/{plan.own.key}/", f"/features/{plan.own.key}/evidence/"):
        full = browse(cast.leader).get(url).content.decode()
        assert "Brightwater Foods · €412k · Dana Whitfield" in full
        assert "Vantage Pharma · €355k" in full
        own = browse(cast.contributor).get(url).content.decode()
        assert "Brightwater Foods · €412k · Dana Whitfield" in own  # an account of theirs
        assert "Vantage" not in own
    critical = browse(cast.leader).get(f"/features/{plan.own.key}/evidence/?importance=critical").content.decode()
    assert "Dana Whitfield" in critical
    assert "Jan Reuter" not in critical


# --- the form for sales and support -----------------------------------------------------------------------------------------------------


def test_a_request_is_sent_and_its_page_says_what_became_of_it(cast, plan, browse):
    client = browse(cast.contributor)
    body = {
        "account_name": "Otto & Lund Retail", "person": "Freja Lund, CFO", "text": "Payouts per legal entity.", "importance": "critical",
        "deal_size": "90000", "deal_closes_on": "2027-01-29", "kind": "request",
    }  # fmt: skip
    answer = client.post("/feedback/new/", body)
    row = Feedback.objects.get()
    assert answer.headers["Location"] == f"/feedback/{row.pk}/outcome/"
    assert (row.requester.name, row.requester.job, str(row.deal_size), row.importance) == ("Freja Lund", "CFO", "90000.00", "critical")
    assert Account.objects.get().owner == cast.contributor
    assert "It waits to be read" in client.get(f"/feedback/{row.pk}/outcome/").content.decode()
    services.link_evidence(actor=cast.maker, feedback=row, feature=plan.own)
    page = client.get(f"/feedback/{row.pk}/outcome/").content.decode()
    assert plan.own.title in page
    assert "Nothing is planned yet." in page


def test_an_account_is_taken_by_its_name_and_asked_about_where_two_share_it(cast, market, browse):
    client = browse(cast.contributor)
    body = {"account_name": "brightwater foods", "text": "Something", "importance": "nice", "kind": "request"}
    client.post("/feedback/new/", body)
    assert Feedback.objects.get().account == market.mine
    Account.objects.create(name="Brightwater Foods")
    answer = client.post("/feedback/new/", body)
    assert answer.status_code == 422
    assert "More than one account is called" in answer.content.decode()
    assert client.post("/feedback/new/", body | {"account": market.mine.pk, "account_name": "Brightwater Foods"}).status_code == 302


def test_a_refused_request_keeps_what_was_typed(cast, browse):
    answer = browse(cast.contributor).post("/feedback/new/", {"account_name": "Otto", "text": "", "deal_size": "much", "kind": "request"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Otto"' in page
    assert 'value="much"' in page
    assert not Account.objects.exists()


def test_what_others_asked_appears_while_one_writes_and_takes_ones_own(cast, plan, market, browse):
    feature = FeatureFactory(
        product=cast.own, title="Split settlement by entity", description="Payouts land per legal entity with a statement."
    )
    services.link_evidence(actor=cast.maker, feedback=FeedbackFactory(product=cast.own, requester=market.jan), feature=feature)
    index.reindex()
    client = browse(cast.contributor)
    text = "They need settlement split for each legal entity, with a statement."
    aside = client.get("/feedback/new/similar/", {"text": text, "account": market.mine.pk}, headers=HTMX).content.decode()
    assert "Already asked by 1 account" in aside
    assert "<b>2 accounts</b>" in aside
    assert "€" not in aside  # a contributor does not see what others pay
    body = {"account_name": market.mine.name, "text": text, "importance": "critical", "kind": "request", "add": feature.key}
    client.post("/feedback/new/", body)
    feature.refresh_from_db()
    assert (feature.demand_people, feature.demand_accounts) == (2, 2)
    again = client.get("/feedback/new/similar/", {"text": text, "account": market.mine.pk}, headers=HTMX).content.decode()
    assert "has asked already" in again
    boss = browse(cast.leader).get("/feedback/new/similar/", {"text": text}, headers=HTMX).content.decode()
    assert "Already asked by 2 accounts" in boss


def test_features_out_of_sight_are_not_suggested_nor_added_to(cast, plan, browse):
    index.reindex()
    client = browse(cast.contributor)
    assert b"canary" not in client.get("/feedback/new/similar/?text=Hidden+feature+canary").content.split(b"typed")[0]
    body = {"text": "Hidden feature canary", "importance": "nice", "kind": "request", "add": plan.private.key}
    assert client.post("/feedback/new/", body).status_code == 422
    assert not Evidence.objects.exists()


def test_accounts_are_found_while_typing_ones_own_first(cast, market, browse):
    Account.objects.create(name="Bright Horizons", annual_revenue=9_000_000)
    page = browse(cast.contributor).get("/feedback/new/accounts/?account_name=bright").content.decode()
    assert page.index("Brightwater Foods") < page.index("Bright Horizons")
    assert "€412k" in page
    assert "€9" not in page
    assert "New account “bright”" in page


def test_my_requests_are_mine_and_my_accounts(cast, market, browse):
    FeedbackFactory(title="Sent", submitter=cast.contributor, requester=market.jan)
    FeedbackFactory(title="Of my account", requester=market.dana)
    FeedbackFactory(title="Of others", requester=market.jan)
    client = browse(cast.contributor)
    page = client.get("/feedback/mine/").content.decode()
    assert "Sent" in page
    assert "Of my account" in page
    assert "Of others" not in page
    assert "Of my account" not in client.get("/feedback/mine/?from=me").content.decode()
    assert client.get("/feedback/").headers["Location"] == "/feedback/mine/"


def test_a_contributor_reads_no_reason_and_no_product_out_of_sight(cast, market, browse):
    row = FeedbackFactory(title="Sent", submitter=cast.contributor, requester=market.dana, product=cast.private)
    services.decline_feedback(actor=cast.maker, feedback=row, reason="canary of a reason")
    page = browse(cast.contributor).get(f"/feedback/{row.pk}/outcome/").content.decode()
    assert "Declined" in page
    assert "canary" not in page
    assert b"canary of a reason" in browse(cast.maker).get(f"/feedback/{row.pk}/").content

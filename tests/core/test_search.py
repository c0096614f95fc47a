"""Search: keys first, words by their beginnings, slips forgiven, and nothing anybody may not see."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import consumers, hits, services
from core.acts import act
from core.models import Membership, SearchEntry, SearchWord, User
from core.search import RANKED
from core.services.search import reindex
from core.writes import remove, update
from tests.factories.documents import DocumentFactory
from tests.factories.feedback import FeedbackFactory, RequesterFactory
from tests.factories.governance import DecisionFactory
from tests.factories.portfolio import AccountFactory, ObjectiveFactory
from tests.factories.roadmaps import FeatureFactory, InitiativeFactory, ReleaseFactory


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def find(person, query: str, limit: int = 20, **asked) -> list[hits.Hit]:
    return hits.find(fresh(person), query, limit, **asked)[0]


def keys(person, query: str) -> list[str]:
    return [hit.key for hit in find(person, query)]


@pytest.fixture
def plan(cast):
    FeatureFactory(product=cast.own, number=4, key="OWN-4", title="Settle on the same day", description="For marketplaces in Córdoba.")
    FeatureFactory(product=cast.own, number=42, key="OWN-42", title="Instant refunds")
    FeatureFactory(product=cast.private, number=4, key="HIDDEN-4", title="Settle canary secretly")
    reindex()


def test_an_exact_key_comes_first_whatever_its_case(cast, plan):
    assert keys(cast.leader, "own-4") == ["OWN-4", "OWN-42"]
    assert keys(cast.leader, "OWN-42")[0] == "OWN-42"


@pytest.mark.parametrize("query", ["OWN-7", "own-07", "OWN-007"])
def test_a_key_is_known_however_many_zeros_it_is_written_with(cast, plan, query):
    for number, key in ((7, "OWN-07"), (70, "OWN-70"), (71, "OWN-71")):
        FeatureFactory(product=cast.own, number=number, key=key)
    reindex()
    assert keys(cast.leader, query)[0] == "OWN-07"


@pytest.mark.parametrize("query", ["settle", "SETTLE", "sett", "same day", "day same", "cordoba", "CÓRDOBA", "marketpl", "settle, same!"])
def test_words_are_found_by_their_beginnings_in_any_order(cast, plan, query):
    assert keys(cast.leader, query) == ["OWN-4"]


@pytest.mark.parametrize("query", ["setle", "refnds", "instnt"])
def test_a_slip_is_forgiven(cast, plan, query):
    assert len(keys(cast.leader, query)) == 1


def test_how_a_slip_is_read_tells_nothing_of_words_out_of_sight(cast, plan):
    FeatureFactory(product=cast.private, number=5, key="HIDDEN-5", title="Setler, instnt and refnds")
    reindex()
    for query in ("setle", "refnds", "instnt"):
        assert len(keys(cast.leader, query)) == 1


def test_what_is_out_of_sight_is_not_found(cast, plan):
    for person in (cast.admin, cast.ops, cast.leader, cast.other_maker, cast.contributor):
        assert keys(person, "canary") == []
        assert keys(person, "HIDDEN-4") == []
        assert keys(person, "secretli") == []
    assert keys(cast.guest, "settle") == []
    assert keys(cast.maker, "canary") == ["HIDDEN", "HIDDEN-4"]


def test_who_is_let_in_finds_and_who_left_does_not(cast, plan):
    membership = services.set_membership(actor=cast.maker, product=cast.private, user=cast.guest, level=Membership.Level.VIEWER)
    assert keys(cast.guest, "canary secret") == ["HIDDEN-4"]
    services.end_membership(actor=cast.maker, membership=membership)
    assert keys(cast.guest, "canary") == []


def test_comments_are_found_by_who_may_read_them(cast, plan):
    feature = FeatureFactory(product=cast.own)
    services.add_comment(actor=cast.maker, subject=feature, text="Zebra crossing")
    consumers.follow_events()
    assert [hit.noun for hit in find(cast.leader, "zebra")] == ["comment"]
    assert find(cast.contributor, "zebra") == []


def test_the_index_follows_changes_and_removals(cast):
    feature = FeatureFactory(product=cast.own, title="Old words")
    with act(cast.maker):
        update(feature, {"title": "Novel phrase"}, "roadmaps.feature_changed")
    consumers.follow_events()
    assert (keys(cast.leader, "novel"), keys(cast.leader, "old words")) == ([feature.key], [])
    with act(cast.maker):
        remove(feature, "roadmaps.feature_deleted")
    consumers.follow_events()
    assert keys(cast.leader, "novel") == []


@pytest.mark.parametrize("typed", ["settle sme day", "setlte same dya", "settel mareketplaces", "seettle same day", "marketplcaes smae"])
def test_a_slip_in_one_word_of_several_is_forgiven(cast, plan, typed):
    assert keys(cast.leader, typed) == ["OWN-4"]


def test_a_slip_is_forgiven_in_texts_as_in_titles(cast, plan):
    assert keys(cast.leader, "marketplases") == ["OWN-4"]
    assert keys(cast.leader, "amrketplaces cordoba") == ["OWN-4"]


def test_where_not_all_words_are_found_most_of_them_are_looked_for(cast, plan):
    assert keys(cast.leader, "settle same zeppelin") == ["OWN-4"]
    assert keys(cast.leader, "instant zeppelin") == ["OWN-42"]


def test_titles_come_before_texts_and_whole_words_before_beginnings(cast):
    features = [
        FeatureFactory(product=cast.own, title="Refund", description=""),
        FeatureFactory(product=cast.own, title="Refund what was paid twice", description=""),
        FeatureFactory(product=cast.own, title="Money back", description="A refund within a day."),
        FeatureFactory(product=cast.own, title="Refundable deposits", description=""),
    ]
    for other in ("Terms", "Prices", "Limits"):
        FeatureFactory(product=cast.own, title=other, description="Nothing of the kind.")
    reindex()
    assert keys(cast.leader, "refund") == [feature.key for feature in features]


def test_kind_and_product_narrow_what_is_found(cast):
    mine = FeatureFactory(product=cast.own, title="Settle")
    FeatureFactory(product=cast.foreign, title="Settle")
    InitiativeFactory(name="Settle sooner")
    reindex()
    assert [hit.noun for hit in find(cast.leader, "settle", kind="roadmaps.initiative")] == ["initiative"]
    assert [hit.key for hit in find(cast.leader, "settle", product=cast.own)] == [mine.key]
    assert find(cast.leader, "settle", kind="roadmaps.initiative", product=cast.own) == []


def test_a_contributor_finds_their_own_accounts_message_under_thousands_of_newer_ones(cast):
    account = AccountFactory(owner=cast.contributor)
    message = FeedbackFactory(product=cast.own, title="Settlement by noon", requester=RequesterFactory(account=account))
    other = FeedbackFactory(product=cast.own, title="Settlement canary")
    reindex()
    entry = {"subject_type": "feedback.feedback", "product": cast.own, "label": "Settlement canary", "text": "Settlement canary"}
    SearchEntry.objects.bulk_create(SearchEntry(subject_id=other.pk + number, **entry) for number in range(1, RANKED + 100))
    assert [hit.label for hit in find(cast.contributor, "settlement")] == [message.title]
    assert find(cast.contributor, "canary") == []
    assert [hit.label for hit in find(cast.leader, "settlement noon")] == [message.title]


def test_what_matched_is_marked_and_nothing_of_it_is_markup(cast, client):
    text = f"{'Long before. ' * 30}A **marketplace** <script>alert(1)</script> settles"
    FeatureFactory(product=cast.own, title="Pay <b>out</b> marketplaces", description=text)
    reindex()
    (hit,) = find(cast.leader, "marketplase")
    assert hit.name == [("Pay <b>out</b> ", False), ("marketplaces", True)]
    assert ("marketplace", True) in hit.excerpt
    assert len("".join(part for part, _ in hit.excerpt)) < 240
    client.force_login(cast.leader)
    page = client.get(reverse("search"), {"q": "marketplace"}).content.decode()
    assert "<mark>marketplace</mark>" in page
    assert "<script>alert" not in page
    assert "<b>out" not in page


def test_pages_follow_each_other_without_a_gap_or_a_repetition(cast, client):
    made = {FeatureFactory(product=cast.own, title=f"Settle {number}").key for number in range(70)}
    reindex()
    client.force_login(cast.leader)
    seen: list[str] = []
    for start in (0, 30, 60):
        page = client.get(reverse("search"), {"q": "settle", "from": start}).context
        seen += [hit.key for hit in page["hits"]]
        assert page["after"] == (start + 30 if start < 60 else None)
    assert (len(seen), set(seen)) == (70, made)


def test_words_nobody_says_any_more_are_forgotten(cast):
    feature = FeatureFactory(product=cast.own, title="Old zanzibar words", description="")
    FeatureFactory(product=cast.own, title="Old days", description="")
    reindex()
    with act(cast.maker):
        update(feature, {"title": "Novel phrase"}, "roadmaps.feature_changed")
    consumers.follow_events()
    known = dict(SearchWord.objects.filter(word__in=["old", "zanzibar", "novel", "days"]).values_list("word", "docs"))
    assert known == {"old": 1, "novel": 1, "days": 1}


def test_words_are_counted_alike_by_following_and_anew(cast):
    feature = FeatureFactory(product=cast.own, title="Settle, settle and settle", description="Same-day pay_outs for Córdoba")
    services.add_comment(actor=cast.maker, subject=feature, text="Settle it")
    with act(cast.maker):
        update(feature, {"title": "Settle and refund"}, "roadmaps.feature_changed")
    consumers.follow_events()
    followed = {word: docs for word, docs in SearchWord.objects.values_list("word", "docs") if docs}
    SearchEntry.objects.exclude(subject_type__in=["roadmaps.feature", "core.comment"]).delete()
    assert {"settle": 2, "refund": 1, "outs": 1, "cordoba": 1}.items() <= followed.items()
    reindex()
    anew = dict(SearchWord.objects.values_list("word", "docs"))
    assert {word: anew.get(word) for word in ("settle", "refund", "outs", "cordoba", "same")} == {
        word: followed[word] for word in ("settle", "refund", "outs", "cordoba", "same")
    }


def test_what_was_opened_lately_is_named_as_it_is_now_and_only_to_who_sees_it(cast, client):
    feature, hidden = FeatureFactory(product=cast.own, title="Newest name"), FeatureFactory(product=cast.private, title="Hidden canary")
    seen = f"roadmaps.feature:{feature.pk},roadmaps.feature:{hidden.pk},roadmaps.feature:x,nothing:1,core.event:1,core.membership:1,"
    client.force_login(cast.leader)
    options = client.get(reverse("search-recent"), {"seen": seen}, headers={"HX-Request": "true"}).content.decode()
    found, _, places = options.partition("<template")
    assert found.count('role="option"') == 1
    assert "Newest name" in found
    assert reverse("profile") in places
    assert "canary" not in options


def test_everything_with_words_is_found(cast):
    DecisionFactory(product=cast.own, question="Whether kumquat", outcome="Yes, papaya")
    ReleaseFactory(product=cast.own, version_name="9.1", notes="With guava")
    InitiativeFactory(name="Lychee", outcome="More durian")
    ObjectiveFactory(title="Fewer rambutan")
    AccountFactory(name="Tamarillo Ltd")
    FeedbackFactory(product=cast.own, title="Jackfruit", text="And soursop")
    DocumentFactory(feature=FeatureFactory(product=cast.own), sections=[{"heading": "Why", "text": "Because of feijoa"}])
    reindex()
    words = ["kumquat", "papaya", "guava", "lychee", "durian", "rambutan", "tamarillo", "jackfruit", "soursop", "feijoa", "fejioa"]
    nouns = [
        "decision",
        "decision",
        "release",
        "initiative",
        "initiative",
        "objective",
        "account",
        "message",
        "message",
        "document",
        "document",
    ]
    assert [hit.noun for word in words for hit in find(cast.leader, word)] == nouns
    assert [hit.noun for word in words for hit in find(cast.guest, word)] == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "'",
        '"',
        "* OR 1=1",
        "NEAR(a b)",
        "a AND",
        "(",
        "\x00",
        "-",
        "x" * 10_000,
        ":*",
        "\\",
        "& | !",
        "😀",
        "a:b",
        "%",
        "_",
        "col : x",
    ],
)
def test_nothing_typed_breaks_the_search(cast, plan, query, client):
    client.force_login(cast.leader)
    assert client.get(reverse("search"), {"q": query}).status_code == 200


def test_the_palette_gets_options_alone(cast, plan, client):
    client.force_login(cast.leader)
    headers = {"HX-Request": "true", "HX-Target": "div#palette-results"}
    part = client.get(reverse("search"), {"q": "settle"}, headers=headers).content.decode()
    assert 'role="option"' in part
    assert reverse("feature", args=["OWN-4"]) in part
    assert "<html" not in part
    assert "OWN-4" in client.get(reverse("search"), {"q": "settle"}).content.decode()


def test_reindexing_writes_what_following_had_written(cast):
    with act(cast.maker):
        services.create_product(actor=cast.leader, key="NEW", name="Novelty")
    consumers.follow_events()
    before = sorted(SearchEntry.objects.values_list("subject_type", "subject_id", "label"))
    call_command("reindex")
    assert set(before) <= set(SearchEntry.objects.values_list("subject_type", "subject_id", "label"))


def test_a_search_takes_few_statements_whatever_it_finds(cast, client):
    for number in range(60):
        FeatureFactory(product=cast.own, title=f"Settle {number}")
    reindex()
    person = fresh(cast.leader)
    assert person.rights.visible
    with CaptureQueriesContext(connection) as queries:
        assert len(hits.find(person, "settle", 50)[0]) == 50
    assert len(queries) <= 8

"""Search: keys first, words by their beginnings, slips forgiven, and nothing anybody may not see."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import consumers, services
from core.acts import act
from core.models import Membership, SearchEntry, User
from core.search import find
from core.services.search import reindex
from core.writes import remove, update
from tests.factories.roadmaps import FeatureFactory


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def keys(person, query: str) -> list[str]:
    return [hit.key for hit in find(fresh(person), query)]


@pytest.fixture
def plan(cast):
    FeatureFactory(product=cast.own, number=4, key="OWN-4", title="Settle on the same day", description="For marketplaces in Córdoba.")
    FeatureFactory(product=cast.own, number=42, key="OWN-42", title="Instant refunds")
    FeatureFactory(product=cast.private, number=4, key="HIDDEN-4", title="Settle canary secretly")
    reindex()


def test_an_exact_key_comes_first_whatever_its_case(cast, plan):
    assert keys(cast.leader, "own-4") == ["OWN-4", "OWN-42"]
    assert keys(cast.leader, "OWN-42")[0] == "OWN-42"


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
    assert [hit.noun for hit in find(fresh(cast.leader), "zebra")] == ["comment"]
    assert find(fresh(cast.contributor), "zebra") == []


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
        assert len(find(person, "settle", 50)) == 50
    assert len(queries) <= 6

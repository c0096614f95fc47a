"""What a move pushes: the pure arithmetic, and a bar moved with what waits for it."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Event
from roadmaps.dependencies import Dates, broken
from roadmaps.models import Dependency, Feature
from roadmaps.pushing import Link, downstream, push
from tests.factories.roadmaps import DependencyFactory, FeatureFactory

HTMX = {"HX-Request": "true"}
JAN = date(2027, 1, 1)


def span(start: int, end: int) -> Dates:
    return Dates(JAN + timedelta(days=start), JAN + timedelta(days=end))


@pytest.mark.parametrize(
    ("kind", "wanted", "expected"),
    [
        ("FS", span(0, 15), span(15, 25)),
        ("FS", span(0, 8), None),
        ("SS", span(12, 20), span(12, 22)),
        ("SS", span(4, 30), None),
        ("FF", span(0, 26), span(16, 26)),
        ("FF", span(9, 19), None),
        ("relates", span(90, 99), None),
    ],
)
def test_who_waits_gives_way_as_a_whole_and_only_as_far_as_it_must(kind, wanted, expected):
    dates = {1: span(0, 10), 2: span(10, 20)}
    assert push([Link(1, 2, kind)], dates, {1: wanted}).moved.get(2) == expected


def test_a_push_goes_on_along_the_chain_and_ends_at_what_may_not_be_moved():
    dates = {1: span(0, 10), 2: span(10, 20), 3: span(20, 30), 4: span(30, 40)}
    links = [Link(1, 2, "FS"), Link(2, 3, "FS"), Link(3, 4, "FS")]
    assert push(links, dates, {1: span(0, 15)}).moved == {2: span(15, 25), 3: span(25, 35), 4: span(35, 45)}
    found = push(links, dates, {1: span(0, 15)}, fixed={3})
    assert (found.moved, found.held) == ({2: span(15, 25)}, {3: 5})


def test_what_was_broken_before_stays_as_broken_and_no_more_is_moved():
    dates = {1: span(0, 14), 2: span(10, 20)}
    assert push([Link(1, 2, "FS")], dates, {1: span(0, 17)}).moved == {2: span(13, 23)}
    assert push([Link(1, 2, "FS")], dates, {1: span(0, 12)}).moved == {}


def test_a_feature_without_dates_neither_pushes_nor_is_pushed():
    dates = {1: span(0, 10), 2: Dates(None, None), 3: span(0, 5)}
    assert push([Link(1, 2, "FS"), Link(2, 3, "FS")], dates, {1: span(0, 99)}) == ({}, {})


spans = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda pair: span(pair[0], pair[0] + pair[1]))
kinds = st.sampled_from(["FS", "SS", "FF"])


@given(
    some=st.lists(spans, min_size=2, max_size=8),
    pairs=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), kinds), max_size=14),
    wanted=spans,
)
def test_no_dependency_is_worse_afterwards_no_length_changes_and_nothing_moves_back(some, pairs, wanted):
    dates = dict(enumerate(some))
    links = [Link(a, b, kind) for a, b, kind in pairs if a < b < len(some)]  # numbers only rise, so there is no circle
    found = push(links, dates, {0: wanted})
    now = {**dates, **found.moved, 0: wanted}
    for pk, new in found.moved.items():
        assert new.end - new.start == dates[pk].end - dates[pk].start
        assert new.start > dates[pk].start
        assert pk in downstream(links, 0)
    for link in links:
        if link.after != 0:
            before, after = (broken(link.kind, some[link.before], some[link.after]) for some in (dates, now))
            assert after <= before


@pytest.fixture
def chain(cast, plan) -> list[Feature]:
    """Three features of one's own, one of another maker's, each waiting for the one before."""
    rows = [
        FeatureFactory(product=product, start_date=JAN + timedelta(days=10 * n), target_date=JAN + timedelta(days=10 * n + 10))
        for n, product in enumerate((cast.own, cast.own, cast.own, cast.foreign))
    ]
    for before, after in pairwise(rows):
        DependencyFactory(predecessor=before, successor=after, kind="FS")
    return rows


def moved(first: Feature, **more) -> dict:
    return {"start_date": "2027-01-06", "target_date": "2027-01-16", "version": first.version, **more}


def test_the_preview_says_what_is_pushed_and_what_stays_and_moves_nothing(cast, chain, browse):
    page = browse(cast.maker).get(f"/features/{chain[0].key}/dates/", moved(chain[0]), headers=HTMX).content.decode()
    assert [f'data-pushed="{row.pk}" data-days="5"' in page for row in chain] == [False, True, True, False]
    assert f'data-held="{chain[3].pk}"' in page
    chain[1].refresh_from_db()
    assert chain[1].version == 1


def test_what_was_ticked_moves_along_in_one_event_and_one_undo_takes_all_back(cast, chain, browse):
    events = Event.objects.count()
    answer = browse(cast.maker).post(
        f"/features/{chain[0].key}/dates/", moved(chain[0], also=[chain[1].pk, chain[2].pk, chain[3].pk]), headers=HTMX
    )
    assert answer.status_code == 204
    assert Event.objects.count() == events + 1
    days = list(Feature.objects.filter(pk__in=[row.pk for row in chain]).order_by("pk").values_list("start_date", flat=True))
    assert [(day - row.start_date).days for day, row in zip(days, chain, strict=True)] == [5, 5, 5, 0]
    undo = json.loads(answer["HX-Trigger"])["waymark:undo"]
    assert "2 that wait" in undo["label"]
    assert browse(cast.maker).post(undo["url"]).status_code == 302
    back = Feature.objects.filter(pk__in=[row.pk for row in chain]).order_by("pk").values_list("start_date", flat=True)
    assert list(back) == [row.start_date for row in chain]


def test_a_bar_alone_moves_alone_and_not_over_what_somebody_else_changed(cast, chain, browse):
    client, path = browse(cast.maker), f"/features/{chain[0].key}/dates/"
    assert client.post(path, moved(chain[0]), headers=HTMX).status_code == 204
    chain[1].refresh_from_db()
    assert chain[1].version == 1
    again = client.post(path, moved(chain[0], target_date="2027-04-06"), headers=HTMX)
    assert (again.status_code, b"data-refusal" in again.content) == (409, True)
    turned = client.post(path, {"start_date": "2027-05-01", "target_date": "2027-04-06"}, headers=HTMX)
    assert turned.status_code == 422


def test_a_link_is_made_by_key_or_words_and_a_refusal_says_why(cast, plan, chain, browse):
    client, path = browse(cast.maker), f"/features/{chain[2].key}/link/"
    Feature.objects.filter(pk=chain[0].pk).update(title="Split settlement")
    assert client.post(path, {"to": chain[0].key, "kind": "FS"}, headers=HTMX).status_code == 422  # a circle
    Dependency.objects.all().delete()
    assert client.post(path, {"to": "settlement split", "kind": "SS"}, headers=HTMX).status_code == 204
    made = Dependency.objects.get()
    assert (made.predecessor_id, made.successor_id, made.kind) == (chain[2].pk, chain[0].pk, "SS")
    several = client.post(path, {"to": "Feature", "kind": "FS"}, headers=HTMX)
    assert (several.status_code, b"Several are called like this" in several.content) == (422, True)
    assert (
        b"no such feature"
        in browse(cast.other_maker).post(f"/features/{chain[3].key}/link/", {"to": plan.private.key, "kind": "FS"}, headers=HTMX).content
    )

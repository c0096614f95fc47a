"""The order of features by hand: keys that always leave room, moves that hold, one event and one undo for many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exceptions import NotAllowed, RuleBroken
from core.models import Change, Event
from core.undo import undo_event
from roadmaps import order, services
from roadmaps.models import Feature
from tests.factories.roadmaps import FeatureFactory

MOVE = "/api/v1/features/order/"


@pytest.fixture
def rows(cast, plan) -> list[Feature]:
    """Four features of the maker's product, in the order of their numbers."""
    return [plan.own, *(FeatureFactory(product=cast.own) for _ in range(3))]


def by_hand(product) -> list[str]:
    return list(Feature.objects.filter(product=product, deleted_at=None).order_by("sort_key").values_list("key", flat=True))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), max_size=60))
def test_between_any_two_keys_there_is_room_for_more(moves):
    keys = [order.first_key(number) for number in range(1, 8)]
    for place, count in moves:
        at = place % (len(keys) + 1)
        if at == 0:
            new = order.keys_above(keys[0], count)
        elif at == len(keys):
            new = order.keys_below(keys[-1], 7, count)
        else:
            new = order.keys_between(keys[at - 1], keys[at], count)
        keys[at:at] = new
        assert sorted(set(keys)) == keys
    assert keys[-1] < order.first_key(8)


def test_moving_to_the_top_or_the_bottom_over_and_over_keeps_keys_short():
    top, bottom = order.first_key(1), order.first_key(9)
    for _ in range(1_000):
        (top,) = order.keys_above(top, 1)
        (bottom,) = order.keys_below(bottom, 9, 1)
    assert len(top) <= 14
    assert len(bottom) <= 24


def test_features_stand_where_they_are_put_in_one_event(cast, rows):
    one, two, three, four = (row.key for row in rows)
    services.move_features(actor=cast.maker, features=[rows[3], rows[1]], before=rows[0])
    assert by_hand(cast.own) == [four, two, one, three]
    services.move_features(actor=cast.maker, features=[rows[3]], after=rows[0])
    assert by_hand(cast.own) == [two, one, four, three]
    assert list(Event.objects.values_list("verb", flat=True)) == ["roadmaps.features_moved"] * 2
    assert Change.objects.filter(event=Event.objects.earliest("number")).count() == 2


def test_a_move_of_many_is_taken_back_and_done_again_as_one(cast, rows):
    before = by_hand(cast.own)
    services.move_features(actor=cast.maker, features=rows[2:], before=rows[0])
    moved = by_hand(cast.own)
    back = undo_event(actor=cast.maker, event=Event.objects.get())
    assert by_hand(cast.own) == before
    undo_event(actor=cast.maker, event=back)
    assert by_hand(cast.own) == moved


def test_what_stands_there_already_is_no_event(cast, rows):
    services.move_features(actor=cast.maker, features=rows[1:3], after=rows[0])
    services.move_features(actor=cast.maker, features=rows[1:3], before=rows[3])
    assert not Event.objects.exists()


def test_a_new_feature_comes_last_whatever_was_moved(cast, rows):
    for row in rows[:3]:
        services.move_features(actor=cast.maker, features=[row], after=Feature.objects.filter(product=cast.own).latest("sort_key"))
    made = services.create_feature(actor=cast.maker, product=cast.own, title="New")
    assert by_hand(cast.own) == [*(row.key for row in (rows[3], *rows[:3])), made.key]


def test_keys_that_grew_too_long_are_dealt_out_anew_and_keep_the_order(cast, rows, monkeypatch):
    services.move_features(actor=cast.maker, features=[rows[3]], before=rows[1])
    monkeypatch.setattr(order, "MOST", 13)
    services.move_features(actor=cast.maker, features=[rows[2]], before=rows[3])
    monkeypatch.undo()
    assert by_hand(cast.own) == [rows[place].key for place in (0, 2, 3, 1)]
    told = Change.objects.of(Feature.objects.get(pk=rows[1].pk)).last()
    assert told.after["sort_key"] == Feature.objects.get(pk=rows[1].pk).sort_key
    assert {row.version for row in Feature.objects.filter(pk=rows[0].pk)} == {told.version_after + rows[0].version - 1}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (lambda own, foreign: {"features": own[:1]}, "before or after which"),
        (lambda own, foreign: {"features": own[:1], "before": own[1], "after": own[2]}, "before or after which"),
        (lambda own, foreign: {"features": [], "before": own[1]}, "Choose the features"),
        (lambda own, foreign: {"features": own[:2], "before": own[1]}, "before or after itself"),
        (lambda own, foreign: {"features": [own[0], own[0]], "before": own[1]}, "before or after itself"),
        (lambda own, foreign: {"features": [foreign], "before": own[1]}, "within one product"),
    ],
)
def test_a_move_that_means_nothing_is_refused(cast, plan, rows, given, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        services.move_features(actor=cast.maker, **given(rows, plan.foreign))


def test_only_who_edits_the_product_orders_its_features(cast, rows):
    with pytest.raises(NotAllowed):
        services.move_features(actor=cast.leader, features=rows[1:2], before=rows[0])


def test_a_move_meets_an_edit_without_clashing(cast, rows):
    seen = Feature.objects.get(pk=rows[2].pk)
    services.move_features(actor=cast.maker, features=[rows[2]], before=rows[0])
    services.change_feature(actor=cast.maker, feature=seen, seen=1, title="Renamed meanwhile")
    assert Feature.objects.get(pk=seen.pk).title == "Renamed meanwhile"
    assert by_hand(cast.own)[0] == seen.key


def test_who_moved_it_meanwhile_is_no_clash(cast, rows):
    seen = Feature.objects.get(pk=rows[3].pk)
    services.move_features(actor=cast.maker, features=[rows[3]], before=rows[0])
    services.move_features(actor=cast.maker, features=[seen], before=rows[2])
    assert by_hand(cast.own) == [rows[place].key for place in (0, 1, 3, 2)]


def test_programs_move_features_and_read_them_in_order(cast, rows, program):
    client = program(cast.maker)
    moved = client.post(MOVE, {"features": [rows[3].key], "before": rows[0].key}, format="json")
    assert (moved.status_code, moved.json()) == (200, {"features": [rows[3].key], "event": Event.objects.get().number})
    listed = client.get("/api/v1/features/", {"product": "OWN", "order": "sort_key", "fields": "key", "limit": 2}).json()
    rest = client.get(listed["next"]).json()
    assert [item["key"] for page in (listed, rest) for item in page["items"]] == by_hand(cast.own)
    assert client.post(MOVE, {"features": [rows[3].key]}, format="json").status_code == 422
    assert client.post(MOVE, {"features": ["HIDDEN-99"], "before": rows[0].key}, format="json").status_code == 400


def test_the_grid_shows_the_position_in_the_product(cast, rows, browse):
    services.move_features(actor=cast.maker, features=[rows[3]], before=rows[0])
    rows[1].deleted_at = rows[1].created_at
    rows[1].save(update_fields=["deleted_at"])
    page = browse(cast.maker).get("/features/?sort=order&columns=order").content.decode()
    shown = [part.split("<")[0].split(">")[-1] for part in page.split('class="n">')[1:]]
    keys = [part.split("/")[0] for part in page.split('data-panel href="/features/')[1:]]
    assert [place for key, place in zip(keys, shown, strict=False) if key.startswith("OWN")] == ["1", "2", "3"]
    assert [key for key in keys if key.startswith("OWN")] == by_hand(cast.own)


def test_history_names_a_move_without_its_key(cast, rows, browse):
    services.move_features(actor=cast.maker, features=[rows[3]], before=rows[0])
    page = browse(cast.maker).get(f"/features/{rows[3].key}/").content.decode()
    assert "changed place by hand" in page
    assert Feature.objects.get(pk=rows[3].pk).sort_key not in page


@pytest.mark.parametrize(
    ("place", "key", "expected"),
    [("top", "", [3, 0, 1, 2]), ("bottom", "", [0, 1, 2, 3]), ("before", 1, [0, 3, 1, 2]), ("after", 0, [0, 3, 1, 2])],
)
def test_a_page_moves_to_an_end_or_beside_another(cast, rows, browse, place, key, expected):
    client = browse(cast.maker)
    sent = {"feature": rows[3].key, "place": place, "key": key if key == "" else rows[key].key.lower()}
    answer = client.post("/features/order/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert by_hand(cast.own) == [rows[at].key for at in expected]
    assert f"{rows[3].key} is number {expected.index(3) + 1} by hand" in answer["HX-Trigger"]
    assert ("waymark:undo" in answer["HX-Trigger"]) == (place != "bottom")


def test_a_page_asks_where_to_and_refuses_another_products_feature(cast, plan, rows, browse):
    client = browse(cast.maker)
    asked = client.get(f"/features/order/?feature={rows[0].key},{rows[1].key}").content.decode()
    assert "Move 2 features" in asked
    refused = client.post("/features/order/", {"feature": rows[0].key, "place": "before", "key": plan.foreign.key})
    assert (refused.status_code, "another feature of the same product" in refused.content.decode()) == (422, True)
    assert client.get(f"/features/order/?feature={rows[0].key},HIDDEN-99").status_code == 404
    plain = client.post("/features/order/", {"feature": rows[1].key, "place": "top"})
    assert plain["Location"] == "/features/?sort=order"


def test_rows_are_movable_where_one_product_is_listed_by_hand_alone(cast, rows, browse):
    def is_movable(query: str) -> bool:
        return "data-order=" in browse(cast.maker).get(f"/features/?{query}").content.decode()

    assert is_movable("sort=order&filter=product:OWN")
    assert not any(
        is_movable(query)
        for query in ("sort=order", "sort=order&filter=product:FOREIGN", "sort=-order&filter=product:OWN", "filter=product:OWN",
                      "sort=order,title&filter=product:OWN", "sort=order&group=stage&filter=product:OWN")
    )  # fmt: skip

"""Custom fields: who makes them, what they hold, and who knows of them."""

from datetime import date
from decimal import Decimal

import pytest

from core import consumers, services
from core.custom_fields import cells_of
from core.exceptions import Conflict, NotAllowed, Outdated, OutOfSight, RuleBroken
from core.history import explain_conflict, of_event, of_row
from core.models import Change, CustomField, CustomValue, Event
from core.search import search
from core.undo import undo_event
from roadmaps.events import FEATURE_CHANGED
from roadmaps.models import Feature
from roadmaps.services import change_feature, change_features, create_feature, create_features
from tests.factories.core import CustomFieldFactory
from tests.factories.roadmaps import FeatureFactory, make_stages

FEATURE = "roadmaps.feature"


def make(actor, **values) -> CustomField:
    return services.create_custom_field(actor=actor, **{"subject": FEATURE, "key": "risk", "label": "Risk", "kind": "text", **values})


def fill(actor, feature, **values) -> None:
    services.set_custom_values(actor=actor, row=feature, values=values, verb=FEATURE_CHANGED)


def held(feature, user) -> dict:
    rows = CustomValue.objects.visible_to(user).filter(subject_id=feature.pk).select_related("field", "person")
    return {value.field.key: value.held for value in rows if value.held is not None}


def test_operations_make_fields_everywhere_and_owners_those_of_their_product(cast):
    make(cast.ops)
    make(cast.maker, key="own_risk", product=cast.own)
    with pytest.raises(NotAllowed):
        make(cast.maker, key="other")
    with pytest.raises(NotAllowed):
        make(cast.maker, key="other", product=cast.foreign)
    with pytest.raises(OutOfSight):
        make(cast.other_maker, key="other", product=cast.private)


@pytest.mark.parametrize("key", ["title", "score", "in_stage", "target_date"])
def test_no_field_takes_a_word_of_waymarks_own(cast, key):
    with pytest.raises(RuleBroken, match="Waymark's own"):
        make(cast.ops, key=key)


@pytest.mark.parametrize("key", ["9lives", "two words", "ümlaut", ""])
def test_a_word_is_one_that_filters_can_read(cast, key):
    with pytest.raises(RuleBroken, match="small letters"):
        make(cast.ops, key=key)


def test_a_word_means_one_thing_wherever_it_is_read(cast):
    made = [make(cast.maker, product=cast.own), make(cast.other_maker, product=cast.foreign), make(cast.ops)]
    assert [field.key for field in made] == ["own_risk", "foreign_risk", "risk"]
    for product in (None, cast.own):
        with pytest.raises(RuleBroken, match="field of this word already"):
            make(cast.ops, product=product)


def test_a_word_taken_since_keeps_a_removed_field_away(cast):
    field = make(cast.ops)
    services.delete_custom_field(actor=cast.ops, field=field)
    removal = Event.objects.order_by("-number").first()
    make(cast.ops)
    with pytest.raises(RuleBroken, match="field of this word already"):
        undo_event(actor=cast.ops, event=removal)


def test_a_field_of_a_private_product_is_unknown_to_who_does_not_see_it(cast):
    make(cast.maker, product=cast.private)
    assert [f.key for f in CustomField.objects.visible_to(cast.maker)] == ["hidden_risk"]
    assert not CustomField.objects.visible_to(cast.other_maker).exists()


def test_an_internal_field_is_unknown_to_guests_with_its_values(cast):
    make(cast.ops, is_internal=True)
    make(cast.ops, key="plain")
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk="canary", plain="told")
    assert held(feature, cast.maker) == {"risk": "canary", "plain": "told"}
    assert [f.key for f in CustomField.objects.visible_to(cast.guest)] == ["plain"]
    assert "risk" not in held(feature, cast.guest)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("text", "words"), ("number", Decimal("2.5")), ("money", Decimal(1200)), ("date", date(2026, 5, 1)), ("choice", 2), ("flag", False)],
)
def test_a_field_holds_what_its_kind_says(cast, kind, value):
    make(cast.ops, kind=kind, choices=["Low", "High"] if kind == "choice" else [])
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk=value)
    assert held(feature, cast.maker) == {"risk": value}


def test_a_person_is_held_by_who_they_are(cast):
    make(cast.ops, kind="person")
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk=cast.leader)
    assert held(feature, cast.maker) == {"risk": cast.leader.pk}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("text", "x" * 501),
        ("number", "many"),
        ("number", True),
        ("number", Decimal("NaN")),
        ("money", Decimal(10) ** 16),
        ("date", "May"),
        ("choice", 9),
        ("flag", "yes"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_the_fields_name(cast, kind, value):
    make(cast.ops, kind=kind, choices=["Low"] if kind == "choice" else [])
    with pytest.raises(RuleBroken, match="Risk"):
        fill(cast.maker, FeatureFactory(product=cast.own), risk=value)


def test_an_unknown_word_is_refused_by_name_like_one_out_of_reach(cast):
    make(cast.maker, product=cast.private)
    for key in ("risk", "nowhere"):
        with pytest.raises(RuleBroken, match=f"no field “{key}”"):
            fill(cast.maker, FeatureFactory(product=cast.own), **{key: "x"})


def test_only_who_edits_the_product_fills_a_field(cast):
    make(cast.ops)
    with pytest.raises(NotAllowed):
        fill(cast.other_maker, FeatureFactory(product=cast.own), risk="x")


def test_renaming_a_choice_keeps_what_rows_hold(cast):
    field = make(cast.ops, kind="choice", choices=["Low", "High"])
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk=2)
    choices = [{"id": 2, "label": "Grave"}, {"label": "Some"}, {"id": 1, "label": "Low"}]
    services.change_custom_field(actor=cast.ops, field=field, choices=choices)
    assert CustomField.objects.visible_to(cast.ops).get().choices == [
        {"id": 2, "label": "Grave"},
        {"id": 3, "label": "Some"},
        {"id": 1, "label": "Low"},
    ]
    assert cells_of(cast.maker, FEATURE, feature.pk, cast.own.pk)[0].said == "Grave"


@pytest.mark.parametrize(
    "choices", [["x" * 61], [f"Choice {number}" for number in range(101)], ["Twice", "twice"], [" "], [], ["None"], ["#2"]]
)
def test_choices_are_few_short_and_told_apart(cast, choices):
    with pytest.raises(RuleBroken) as refused:
        make(cast.ops, kind="choice", choices=choices)
    assert refused.value.field == "choices"


def test_a_choice_in_use_is_not_taken_away(cast):
    field = make(cast.ops, kind="choice", choices=["Low", "High"])
    fill(cast.maker, FeatureFactory(product=cast.own), risk=2)
    with pytest.raises(RuleBroken, match="in use"):
        services.change_custom_field(actor=cast.ops, field=field, choices=[{"id": 1, "label": "Low"}])


def test_taking_back_a_change_of_choices_keeps_those_in_use(cast):
    field = make(cast.ops, kind="choice", choices=["Low"])
    services.change_custom_field(actor=cast.ops, field=field, choices=[*field.choices, {"label": "High"}])
    added = Event.objects.order_by("-number").first()
    fill(cast.maker, FeatureFactory(product=cast.own), risk=2)
    with pytest.raises(RuleBroken, match="in use"):
        undo_event(actor=cast.ops, event=added)


def test_a_removed_field_comes_back_with_its_values(cast):
    field = make(cast.ops)
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk="grave")
    services.delete_custom_field(actor=cast.ops, field=field)
    assert held(feature, cast.maker) == {}
    services.restore_custom_field(actor=cast.ops, field=field)
    assert held(feature, cast.maker) == {"risk": "grave"}


def test_a_field_left_blank_and_filled_again_is_taken_back_step_by_step(cast):
    make(cast.ops)
    feature = FeatureFactory(product=cast.own)
    for value in ("first", None):
        fill(cast.maker, feature, risk=value)
    undo_event(actor=cast.maker, event=Event.objects.order_by("-number").first())
    assert held(feature, cast.maker) == {"risk": "first"}


def test_the_record_tells_both_values(cast):
    make(cast.ops)
    feature = FeatureFactory(product=cast.own)
    for value in ("first", "second"):
        fill(cast.maker, feature, risk=value)
    change = Change.objects.filter(subject_type="core.customvalue").order_by("-pk").first()
    assert (change.before, change.after, change.product_id) == ({"text": "first"}, {"text": "second"}, cast.own.pk)


def test_the_same_field_changed_by_both_shows_both_values_and_another_merges(cast):
    make(cast.ops)
    make(cast.ops, key="plain", label="Plain")
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk="first", plain="first")
    seen = Feature.objects.get(pk=feature.pk).version
    fill(cast.maker, feature, risk="theirs")
    change_feature(actor=cast.maker, feature=feature, seen=seen, plain="mine", risk="first", title="Both kinds")
    assert held(feature, cast.maker) == {"risk": "theirs", "plain": "mine"}
    with pytest.raises(Conflict) as refused:
        change_feature(actor=cast.maker, feature=feature, seen=seen, risk="mine")
    assert [(clash.mine, clash.theirs, clash.base) for clash in refused.value.clashes] == [("mine", "theirs", "first")]
    assert [(side["mine_text"], side["theirs_text"]) for side in explain_conflict(feature, refused.value)["fields"]] == [("mine", "theirs")]


def test_two_who_fill_a_blank_at_once_see_both_words(cast):
    make(cast.ops)
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk="theirs")
    with pytest.raises(Conflict) as refused:
        change_feature(actor=cast.maker, feature=feature, seen=1, risk="mine")
    assert [(clash.mine, clash.theirs, clash.base) for clash in refused.value.clashes] == [("mine", "theirs", None)]


def test_a_whole_form_with_an_older_version_of_another_field_is_refused_where_merging_is(cast):
    make(cast.ops)
    feature = FeatureFactory(product=cast.own)
    fill(cast.maker, feature, risk="theirs")
    with pytest.raises(Outdated):
        change_feature(actor=cast.maker, feature=Feature.objects.get(pk=feature.pk), seen=1, merge=False, risk="mine")


def test_a_change_of_a_value_is_a_change_of_its_feature_and_so_is_taking_it_back(cast):
    make(cast.ops)
    feature = FeatureFactory(product=cast.own)
    change_feature(actor=cast.maker, feature=feature, risk="grave")
    event = Event.objects.order_by("-number").first()
    assert (event.verb, Feature.objects.get(pk=feature.pk).version) == (FEATURE_CHANGED, 2)
    undo_event(actor=cast.maker, event=event)
    assert (held(feature, cast.maker), Feature.objects.get(pk=feature.pk).version) == ({}, 3)


def test_the_history_of_a_feature_tells_what_its_fields_held(cast):
    make(cast.ops, kind="choice", choices=["Low", "High"])
    feature = FeatureFactory(product=cast.own)
    for value in (1, 2, None):
        change_feature(actor=cast.maker, feature=feature, risk=value)
    entries = [entry for entry in of_row(feature, cast.maker) if entry.changes]
    assert [[(one.label, one.before, one.after) for one in entry.changes] for entry in entries] == [
        [("Risk", "High", "blank")],
        [("Risk", "Low", "High")],
        [("Risk", "blank", "Low")],
    ]
    assert all(entry.undo_url for entry in entries[:1])
    told = of_event(Event.objects.order_by("-number").first(), cast.maker)
    assert [(one.noun, [change.label for change in one.changes]) for one in told] == [("feature", ["Risk"])]


def test_no_history_tells_a_guest_of_an_internal_field(cast):
    make(cast.ops, is_internal=True)
    feature = FeatureFactory(product=cast.own)
    change_feature(actor=cast.maker, feature=feature, risk="canary")
    told = [*of_row(feature, cast.guest), *of_event(Event.objects.order_by("-number").first(), cast.guest)]
    assert "canary" not in str(told)
    assert "Risk" not in str(told)


def test_a_feature_is_made_with_its_fields_filled(cast):
    make(cast.ops)
    make(cast.ops, key="size", kind="number")
    make_stages()
    made = create_feature(actor=cast.maker, product=cast.own, title="Made whole", risk="grave")
    both = create_features(actor=cast.maker, product=cast.own, rows=[{"title": "One", "risk": "x"}, {"title": "Two", "size": Decimal(2)}])
    assert [held(feature, cast.maker) for feature in (made, *both)] == [{"risk": "grave"}, {"risk": "x"}, {"size": Decimal(2)}]


def test_cells_of_several_fields_are_changed_together(cast):
    make(cast.ops)
    make(cast.ops, key="size", kind="number")
    features = [FeatureFactory(product=cast.own) for _ in range(2)]
    result = change_features(actor=cast.maker, seen={feature.pk: 1 for feature in features}, risk="same", size=Decimal(3))
    assert len(result.done) == 2
    assert all(held(feature, cast.maker) == {"risk": "same", "size": Decimal(3)} for feature in features)


def test_filling_many_fields_reads_fields_and_values_once(cast, django_assert_max_num_queries):
    feature = FeatureFactory(product=cast.own)
    keys = [CustomFieldFactory().key for _ in range(5)]
    fill(cast.maker, feature, **dict.fromkeys(keys, "x"))
    with django_assert_max_num_queries(7):
        fill(cast.maker, feature, **dict.fromkeys(keys, "x"))


def test_search_finds_features_by_the_texts_their_fields_hold_until_they_may_not_be_told(cast):
    field = make(cast.ops)
    change_feature(actor=cast.maker, feature=FeatureFactory(product=cast.own), risk="zebrastripes")
    for is_found, change in ((True, {"label": "Danger"}), (False, {"is_internal": True}), (True, {"is_internal": False})):
        services.change_custom_field(actor=cast.ops, field=field, **change)
        consumers.follow_events()
        assert bool(search(cast.leader, "zebrastripes", 5).ids) == is_found

"""Undo and redo of one's own last hour: from the newest to older ones and back, in words, over every kind of thing."""

import json
import re
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from core import clock, edits, services
from core.acts import act
from core.exceptions import ChangedSince, RuleBroken
from core.models import Event, Product, User
from core.registry import subjects
from core.undo import _may_edit, undo_event
from core.writes import remove, update
from roadmaps.models import Feature
from roadmaps.services import change_feature, change_features
from tests.architecture import world as worlds
from tests.factories.roadmaps import FeatureFactory


@pytest.fixture
def feature(cast) -> Feature:
    return FeatureFactory(product=cast.own, title="First")


def title(feature: Feature, text: str, actor: User) -> Event:
    change_feature(actor=actor, feature=Feature.objects.get(pk=feature.pk), title=text)
    return Event.objects.latest("number")


def now(feature: Feature) -> str:
    return Feature.objects.get(pk=feature.pk).title


def test_undo_goes_back_edit_by_edit_and_redo_comes_forward_again(cast, feature):
    for text in ("Second", "Third", "Fourth"):
        title(feature, text, cast.maker)
    seen = []
    for step in (edits.undo_last, edits.undo_last, edits.redo_last, edits.undo_last, edits.undo_last, *[edits.redo_last] * 3):
        step(actor=cast.maker)
        seen.append(now(feature))
    assert seen == ["Third", "Second", "Third", "Second", "First", "Second", "Third", "Fourth"]
    with pytest.raises(RuleBroken, match="nothing to do again"):
        edits.redo_last(actor=cast.maker)
    edits.undo_last(actor=cast.maker)
    assert now(feature) == "Third"


def test_a_new_edit_makes_what_was_undone_a_thing_of_the_past(cast, feature):
    title(feature, "Second", cast.maker)
    edits.undo_last(actor=cast.maker)
    title(feature, "Another", cast.maker)
    with pytest.raises(RuleBroken, match="something was changed since"):
        edits.redo_last(actor=cast.maker)
    edits.undo_last(actor=cast.maker)
    assert now(feature) == "First"


def test_an_hour_is_remembered_and_no_longer(cast, feature):
    event = title(feature, "Second", cast.maker)
    with clock_at(clock.now() + timedelta(minutes=59)):
        assert [edit.first for edit in edits.edits_of(cast.maker)] == [event]
    with clock_at(clock.now() + timedelta(minutes=61)), pytest.raises(RuleBroken, match="history of the thing"):
        edits.undo_last(actor=cast.maker)


@contextmanager
def clock_at(moment: datetime):
    """The clock shows this moment inside."""
    token = clock.moment.set(moment)
    yield
    clock.moment.reset(token)


def test_what_others_and_programs_did_is_not_mine_to_undo(cast, feature, program):
    title(feature, "Second", cast.maker)
    program(cast.maker).patch(f"/api/v1/features/{feature.key}/", {"description": "By a program"}, format="json")
    change_feature(actor=User.objects.get(pk=cast.maker.pk), feature=Feature.objects.get(pk=feature.pk), kind="platform")
    edits.undo_last(actor=cast.maker)
    edits.undo_last(actor=cast.maker)
    row = Feature.objects.get(pk=feature.pk)
    assert (row.title, row.description, row.kind) == ("First", "By a program", "growth")


def test_what_is_never_taken_back_is_passed_over(cast, feature):
    title(feature, "Second", cast.maker)
    services.set_membership(actor=cast.maker, product=cast.own, user=cast.stranger, level="viewer")
    edits.undo_last(actor=cast.maker)
    assert now(feature) == "First"


def test_somebody_elses_change_since_is_named_and_nothing_is_lost(cast, feature, client):
    services.set_membership(actor=cast.maker, product=cast.own, user=cast.stranger, level="editor")
    title(feature, "Mine", cast.maker)
    title(feature, "Theirs", User.objects.get(pk=cast.stranger.pk))
    with pytest.raises(ChangedSince, match="Stranger changed title since"):
        edits.undo_last(actor=cast.maker)
    client.force_login(cast.maker)
    refused = client.post(reverse("undo"), headers={"HX-Request": "true"})
    assert (refused.status_code, now(feature)) == (422, "Theirs")
    assert f'<a href="{reverse("feature", args=[feature.key])}">See its history</a>' in refused.content.decode()


def test_many_changed_together_are_one_edit(cast, feature):
    other = FeatureFactory(product=cast.own)
    change_features(actor=cast.maker, seen={feature.pk: 1, other.pk: 1}, kind="platform")
    done = edits.undo_last(actor=cast.maker)
    assert re.fullmatch(r"Kind of OWN-0\d .+: Growth, and 1 more again\.", done.text)
    assert set(Feature.objects.filter(product=cast.own).values_list("kind", flat=True)) == {"growth"}
    assert ": Platform, and 1 more again." in edits.redo_last(actor=cast.maker).text


def test_the_page_undoes_redoes_and_says_so(cast, feature, client):
    change_feature(actor=cast.maker, feature=feature, target_date="2027-03-03")
    change_feature(actor=cast.maker, feature=Feature.objects.get(pk=feature.pk), target_date="2027-04-10")
    client.force_login(cast.maker)
    told = json.loads(client.post(reverse("undo"), headers={"HX-Request": "true"})["HX-Trigger"])["waymark:undo"]
    assert told["label"] == f"Target date of {feature.key} First: 3 Mar 2027 again."
    assert told["link"] == reverse("feature", args=[feature.key])
    told = json.loads(client.post(reverse("redo"), headers={"HX-Request": "true"})["HX-Trigger"])["waymark:undo"]
    assert told["label"] == f"Target date of {feature.key} First: 10 Apr 2027 again."
    plain = client.post(reverse("undo"), headers={"Referer": "http://testserver/features/"}, follow=True)
    assert plain.redirect_chain == [("/features/", 302)]
    assert "3 Mar 2027 again" in plain.content.decode()


def test_my_changes_stand_in_a_list_with_what_each_came_to(cast, feature, client, django_assert_max_num_queries):
    for number in range(12):
        title(FeatureFactory(product=cast.own), f"Title {number}", cast.maker)
    services.set_membership(actor=cast.maker, product=cast.own, user=cast.stranger, level="viewer")
    edits.undo_last(actor=cast.maker)
    client.force_login(cast.maker)
    with django_assert_max_num_queries(30):
        page = client.get(reverse("my-changes")).content.decode()
    assert page.count(">Undo</button></form>") == 11
    assert page.count(">Redo</button></form>") == 1
    assert "stays" in page
    assert "Ctrl Shift Z</kbd> redoes this" in page
    client.force_login(cast.leader)
    assert "You changed nothing in the last hour" in client.get(reverse("my-changes")).content.decode()


def test_what_went_out_of_sight_is_not_told(cast, client):
    services.change_product(actor=cast.maker, product=Product.objects.get(pk=cast.own.pk), name="Mine")
    hidden = FeatureFactory(product=cast.private, title="Hidden canary")
    membership = services.set_membership(actor=cast.maker, product=cast.private, user=cast.stranger, level="editor")
    title(hidden, "Canary in words", User.objects.get(pk=cast.stranger.pk))
    services.end_membership(actor=cast.maker, membership=membership)
    client.force_login(cast.stranger)
    assert "anary" not in client.get(reverse("my-changes")).content.decode()
    assert client.post(reverse("undo")).status_code == 404


@pytest.mark.usefixtures("db")
def test_every_kind_of_thing_that_is_undoable_is_undone_and_done_again():
    world, tried, wrong = worlds.build(), 0, []
    for label, subject in subjects.items():
        if not subject.undoable or label == "core.organisation":  # of which the world makes none
            continue
        row = world.own.row(subject.model)
        people = (User.objects.get(pk=world.people[name].pk) for name in ("maker", "ops", "admin"))
        actor = next(person for person in people if (subject.may_undo or _may_edit)(person, row))
        text = next((f.name for f in row.recorded_fields() if f.name in ("title", "name", "question", "note")), None)
        row.refresh_from_db()
        before = stored(row)
        with act(actor) as done:
            update(row, {text: "Written anew"}, "test.changed") if text else remove(row, "test.removed")
        after = stored(row)
        undo_event(actor=actor, event=done.event)
        undone = stored(row)
        edits.redo_last(actor=actor)
        redone = stored(row)
        tried += 1
        if not (before == undone != after == redone):
            wrong.append(label)
    assert wrong == []
    assert tried > 20


def stored(row) -> dict:
    fresh = type(row)._base_manager.get(pk=row.pk)
    return {f.name: getattr(fresh, f.attname) for f in row.recorded_fields()}

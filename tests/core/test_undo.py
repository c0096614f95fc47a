"""Taking back: whole or not at all, by who did it, while they may, where nobody changed the same since."""

import json

import pytest
from django.urls import reverse

from core import audit, services
from core.acts import act
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event, Membership, Product, User
from core.undo import undo_event
from core.writes import update


def last_event() -> Event:
    return Event.objects.order_by("-number").first()


def rename(product: Product, name: str, actor: User) -> Event:
    services.change_product(actor=actor, product=Product.objects.get(pk=product.pk), name=name)
    return last_event()


def name_of(product: Product) -> str:
    return Product.objects.get(pk=product.pk).name


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_a_change_is_taken_back_and_done_again(cast):
    event = rename(cast.own, "Renamed", cast.maker)
    back = undo_event(actor=cast.maker, event=event)
    assert (name_of(cast.own), back.undoes) == ("Own", event.number)
    again = undo_event(actor=cast.maker, event=back)
    assert (name_of(cast.own), again.undoes) == ("Renamed", back.number)
    assert list(audit.broken_links()) == []


def test_an_act_over_many_rows_is_taken_back_as_one(cast):
    with act(cast.maker) as bulk:
        for product in (cast.own, cast.private):
            update(product, {"name": f"{product.name} 2"}, "core.product_changed")
    undo_event(actor=cast.maker, event=bulk.event)
    assert (name_of(cast.own), name_of(cast.private)) == ("Own", "Hidden canary")
    assert Change.objects.filter(event=last_event()).count() == 2


def test_one_row_changed_since_leaves_all_of_the_act_as_it_is(cast):
    with act(cast.maker) as bulk:
        for product in (cast.own, cast.private):
            update(product, {"name": f"{product.name} 2"}, "core.product_changed")
    rename(cast.private, "Changed since", cast.maker)
    with pytest.raises(RuleBroken, match="changed name since"):
        undo_event(actor=cast.maker, event=bulk.event)
    assert (name_of(cast.own), name_of(cast.private)) == ("Own 2", "Changed since")


def test_another_field_changed_since_is_no_hindrance(cast):
    event = rename(cast.own, "Renamed", cast.maker)
    services.change_product(actor=cast.maker, product=Product.objects.get(pk=cast.own.pk), visibility="private")
    undo_event(actor=cast.maker, event=event)
    kept = Product.objects.get(pk=cast.own.pk)
    assert (kept.name, kept.visibility) == ("Own", "private")


def test_what_was_added_is_removed_again_and_comes_back(cast):
    made = services.create_product(actor=cast.leader, key="NEW", name="New")
    with pytest.raises(RuleBroken, match="membership cannot be taken back"):
        undo_event(actor=cast.leader, event=last_event())
    assert Product.objects.get(pk=made.pk).deleted_at is None


def test_nobody_takes_back_what_another_did(cast):
    event = rename(cast.own, "Renamed", cast.maker)
    with pytest.raises(NotAllowed, match="your own changes only"):
        undo_event(actor=cast.admin, event=event)


def test_who_lost_the_right_cannot_take_back(cast):
    services.set_membership(actor=cast.maker, product=cast.own, user=cast.stranger, level=Membership.Level.EDITOR)
    event = rename(cast.own, "Renamed", fresh(cast.stranger))
    services.set_membership(actor=cast.maker, product=cast.own, user=cast.stranger, level=Membership.Level.VIEWER)
    with pytest.raises(NotAllowed, match="any more"):
        undo_event(actor=fresh(cast.stranger), event=event)
    assert name_of(cast.own) == "Renamed"


def test_what_went_out_of_sight_cannot_be_taken_back(cast, client):
    membership = services.set_membership(actor=cast.maker, product=cast.private, user=cast.stranger, level=Membership.Level.EDITOR)
    event = rename(cast.private, "Renamed", fresh(cast.stranger))
    services.end_membership(actor=cast.maker, membership=membership)
    with pytest.raises(OutOfSight):
        undo_event(actor=fresh(cast.stranger), event=event)
    client.force_login(cast.stranger)
    assert client.post(reverse("event-undo", args=[event.number])).status_code == 404


def test_nothing_is_taken_back_twice(cast):
    event = rename(cast.own, "Renamed", cast.maker)
    undo_event(actor=cast.maker, event=event)
    with pytest.raises(RuleBroken, match="already"):
        undo_event(actor=cast.maker, event=event)


def test_an_owner_who_is_gone_is_not_brought_back(cast):
    services.change_product(actor=cast.maker, product=cast.own, owner=cast.ops)
    services.change_product(actor=cast.maker, product=cast.own, owner=cast.leader)
    event = last_event()
    User.objects.filter(pk=cast.ops.pk).update(deleted_at="2026-01-01T00:00:00Z")
    with pytest.raises(RuleBroken, match="not there any more"):
        undo_event(actor=cast.maker, event=event)


def test_the_organisation_is_the_administrators_to_restore(cast):
    services.change_organisation(actor=cast.admin, name="Renamed")
    event = last_event()
    User.objects.filter(pk=cast.admin.pk).update(role="ops")
    with pytest.raises(NotAllowed):
        undo_event(actor=fresh(cast.admin), event=event)


def test_the_page_takes_back_and_offers_to_do_it_again(cast, client):
    event = rename(cast.own, "Renamed", cast.maker)
    client.force_login(cast.maker)
    answer = client.post(reverse("event-undo", args=[event.number]), headers={"HX-Request": "true"})
    offer = json.loads(answer["HX-Trigger"])["waymark:undo"]
    assert (answer.status_code, name_of(cast.own), offer["label"]) == (200, "Own", "Name of Own: Own again.")
    client.post(offer["url"], headers={"HX-Request": "true"})
    assert name_of(cast.own) == "Renamed"


def test_without_scripts_the_page_one_came_from_opens_again(cast, client):
    event = rename(cast.own, "Renamed", cast.maker)
    client.force_login(cast.maker)
    there = client.post(reverse("event-undo", args=[event.number]), headers={"Referer": "http://testserver/settings/products/OWN/"})
    assert there["Location"] == "/settings/products/OWN/"
    event = rename(cast.own, "Renamed", cast.maker)
    foreign = client.post(reverse("event-undo", args=[event.number]), headers={"Referer": "http://evil.example//x"})
    assert foreign["Location"] == "/"


def test_a_refusal_says_why_and_changes_nothing(cast, client):
    event = rename(cast.own, "Renamed", cast.maker)
    rename(cast.own, "Again", cast.maker)
    client.force_login(cast.maker)
    answer = client.post(reverse("event-undo", args=[event.number]), headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "data-refusal" in answer.content.decode()
    assert name_of(cast.own) == "Again"


def test_the_history_offers_ones_own_changes_only(cast, client):
    mine, address = rename(cast.own, "Mine", cast.maker), reverse("settings-product", args=["OWN"])
    client.force_login(cast.maker)
    assert reverse("event-undo", args=[mine.number]) in client.get(address).content.decode()
    client.force_login(cast.leader)
    assert "/events/" not in client.get(address).content.decode()
    undo_event(actor=cast.maker, event=mine)
    client.force_login(cast.maker)
    assert reverse("event-undo", args=[mine.number]) not in client.get(address).content.decode()

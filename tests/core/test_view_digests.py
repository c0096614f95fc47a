"""What changed in a saved view, by mail: in the reader's rights and zone, once a period, and not at all where nothing changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from core import clock, deliveries, services
from core.acts import Because, act
from core.exceptions import NotAllowed, RuleBroken
from core.models import Delivery, Membership, SavedView, User, ViewDigest, ViewSubscription
from core.services.subscriptions import collect_digests
from core.unsubscribing import token_for
from core.writes import remove, update
from roadmaps.models import Feature
from tests.factories.core import MembershipFactory
from tests.factories.roadmaps import FeatureFactory

START = datetime(2026, 3, 2, 5, tzinfo=UTC)  # a Monday, before anybody's hour


@pytest.fixture(autouse=True)
def morning(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


def fresh(person) -> User:
    return User.objects.get(pk=person.pk)


def view_of(owner, **values) -> SavedView:
    return services.save_view(
        actor=owner, **{"page": "features", "name": "Open", "query": "filter=kind:growth", "is_shared": True, **values}
    )


def change(actor, feature: Feature, because: str = "", **values) -> None:
    with act(actor, because=Because("core.comment", 1, because) if because else Because()):
        update(feature, values, "roadmaps.feature_changed")


def next_day(time_machine, days: int = 1) -> list[str]:
    """A day later, an hour past eight: what was mailed."""
    time_machine.move_to(clock.now() + timedelta(days=days) if clock.now().hour > 5 else clock.now().replace(hour=9), tick=False)
    mail.outbox.clear()
    collect_digests()
    deliveries.send_due()
    return [message.body for message in mail.outbox]


def test_the_hour_is_the_persons_own_and_stays_when_clocks_change():
    zone = "Europe/Lisbon"
    assert clock.next_hour(zone, 8, datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert clock.next_hour(zone, 8, datetime(2026, 3, 28, 7, tzinfo=UTC)) == datetime(2026, 3, 28, 8, tzinfo=UTC)
    assert clock.next_hour(zone, 8, datetime(2026, 3, 30, 7, tzinfo=UTC), weekday=0) == datetime(2026, 4, 6, 7, tzinfo=UTC)


def test_a_digest_says_what_came_left_and_changed_by_whom_and_why(cast, morning):
    staying, leaving, coming = (FeatureFactory(product=cast.own, title=title, kind=kind) for title, kind in
                                (("Stays", "growth"), ("Leaves", "growth"), ("Comes", "platform")))  # fmt: skip
    view = view_of(cast.maker)
    services.subscribe_to_view(actor=fresh(cast.leader), view=view, cadence="daily")
    change(cast.maker, staying, "the carrier's letter", title="Stays put")
    change(cast.maker, leaving, kind="platform")
    change(cast.maker, coming, kind="growth")
    (said,) = next_day(morning)
    assert f"+ {coming.key} Comes" in said
    assert f"- {leaving.key} Leaves" in said
    assert f"* {staying.key} Stays put" in said
    assert "title: Stays → Stays put" in said
    assert "Maker, 2 Mar 05:00, because of the carrier's letter" in said
    assert view.get_absolute_url() in said
    assert mail.outbox[0].subject == "Open: what changed"


def test_nothing_is_sent_when_nothing_changed_and_nothing_is_told_twice(cast, morning):
    feature = FeatureFactory(product=cast.own, kind="growth")
    services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker), cadence="daily")
    assert next_day(morning) == []
    change(cast.maker, feature, title="New words")
    assert len(next_day(morning)) == 1
    assert next_day(morning) == []
    assert Delivery.objects.count() == 1


def test_each_period_is_sent_once_however_often_the_worker_looks(cast, morning):
    feature = FeatureFactory(product=cast.own, kind="growth")
    services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker), cadence="daily")
    change(cast.maker, feature, title="New words")
    assert len(next_day(morning)) == 1
    change(cast.maker, feature, title="Newer words")
    ViewSubscription.objects.update(due_at=clock.now())
    assert collect_digests() == 0
    assert (ViewDigest.objects.count(), Delivery.objects.count()) == (1, 1)
    assert "New words → Newer words" in next_day(morning)[0]


def test_a_weekly_digest_comes_on_monday(cast, morning):
    feature = FeatureFactory(product=cast.own, kind="growth")
    subscription = services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker), cadence="weekly")
    assert subscription.due_at == START.replace(hour=8)
    change(cast.maker, feature, title="New words")
    assert len(next_day(morning)) == 1
    change(cast.maker, feature, title="Newer words")
    assert next_day(morning, days=6) == []
    assert len(next_day(morning)) == 1


def test_who_lost_sight_is_told_nothing_even_of_a_letter_on_its_way(cast, morning):
    membership = MembershipFactory(product=cast.private, user=cast.leader)
    secret = FeatureFactory(product=cast.private, kind="growth", title="Secret canary")
    open_one = FeatureFactory(product=cast.own, kind="growth", title="Plain")
    services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker), cadence="daily")
    change(cast.maker, secret, title="Secret canary two")
    change(cast.maker, open_one, title="Plain two")
    morning.move_to(START.replace(hour=9), tick=False)
    assert collect_digests() == 1
    Membership.objects.filter(pk=membership.pk).delete()
    deliveries.send_due()
    (message,) = mail.outbox
    assert "Plain two" in message.body
    assert "canary" not in message.body + message.subject
    change(cast.maker, secret, title="Secret canary three")
    assert next_day(morning) == []


def test_a_view_out_of_sight_sends_nothing(cast, morning):
    membership = MembershipFactory(product=cast.private, user=cast.leader)
    secret = FeatureFactory(product=cast.private, kind="growth", title="Secret canary")
    view = view_of(cast.maker, product=cast.private, name="Canary view")
    services.subscribe_to_view(actor=fresh(cast.leader), view=view, cadence="daily")
    Membership.objects.filter(pk=membership.pk).delete()
    change(cast.maker, secret, title="Moved")
    assert next_day(morning) == []


def test_a_products_view_is_about_that_product(cast, morning):
    mine = FeatureFactory(product=cast.own, kind="growth", title="Mine")
    other = FeatureFactory(product=cast.foreign, kind="growth", title="Other")
    services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker, product=cast.own), cadence="daily")
    change(cast.maker, mine, title="Mine two")
    change(cast.other_maker, other, title="Other two")
    (said,) = next_day(morning)
    assert "Mine two" in said
    assert "Other" not in said


def test_a_deleted_row_has_left_and_is_not_named(cast, morning):
    feature = FeatureFactory(product=cast.own, kind="growth", title="Gone")
    services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker), cadence="daily")
    with act(cast.maker):
        remove(feature, "roadmaps.feature_deleted")
    assert next_day(morning) == []


def test_the_link_asks_first_and_then_ends_the_mails_without_signing_in(cast, client, morning):
    feature = FeatureFactory(product=cast.own, kind="growth")
    view = view_of(cast.maker)
    services.subscribe_to_view(actor=fresh(cast.leader), view=view, cadence="daily")
    change(cast.maker, feature, title="New words")
    next_day(morning)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in mail.outbox[0].body
    path = reverse("unsubscription", args=[token_for(cast.leader, f"view:{view.pk}")])
    assert address.endswith(path)
    assert client.get(path).status_code == 200
    assert ViewSubscription.objects.count() == 1
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not ViewSubscription.objects.exists()
    assert client.post(path).status_code == 200
    assert client.post(reverse("unsubscription", args=[path.split("/")[2][:-2] + "xx"])).status_code == 404


def test_a_new_hour_moves_what_is_due(cast):
    subscription = services.subscribe_to_view(actor=fresh(cast.leader), view=view_of(cast.maker), cadence="daily")
    services.change_user(actor=cast.leader, user=cast.leader, digest_hour=18, timezone="Asia/Tokyo")
    subscription.refresh_from_db()
    assert subscription.due_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_page_and_a_program_ask_for_a_view_and_end_it(cast, client, program):
    view = view_of(cast.maker)
    client.force_login(cast.leader)
    client.post(reverse("view-subscription", args=[view.pk]), {"cadence": "weekly"})
    assert 'value="weekly" selected' in client.get(view.get_absolute_url(), follow=True).content.decode()
    client.post(reverse("view-subscription", args=[view.pk]), {"cadence": ""})
    assert not ViewSubscription.objects.exists()
    api = program(cast.leader)
    asked = api.post(f"/api/v1/views/{view.pk}/subscription/", {"cadence": "daily"}, format="json")
    assert (asked.status_code, asked.json()["cadence"]) == (200, "daily")
    assert api.post(f"/api/v1/views/{view.pk}/subscription/", {"cadence": "hourly"}, format="json").status_code == 400
    assert api.delete(f"/api/v1/views/{view.pk}/subscription/").status_code == 204
    assert not ViewSubscription.objects.exists()


def test_what_cannot_be_looked_into_is_not_sent(cast):
    view = view_of(cast.maker, page="decisions", query="")
    with pytest.raises(RuleBroken, match="cannot be sent"):
        services.subscribe_to_view(actor=cast.leader, view=view, cadence="daily")
    with pytest.raises(RuleBroken, match="daily or weekly"):
        services.subscribe_to_view(actor=cast.leader, view=view_of(cast.maker), cadence="hourly")


def test_who_may_not_change_a_person_moves_no_hour_of_theirs(cast):
    with pytest.raises(NotAllowed):
        services.change_user(actor=cast.maker, user=cast.leader, digest_hour=3)

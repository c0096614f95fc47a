"""Sending: leased, sent, marked; repeated with pauses, given up, sent again by hand; one lane never delays another."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from core import clock, deliveries, registry
from core.deliveries import PAUSES, post, redeliver, send_due
from core.exceptions import NotAllowed, NotDelivered, RuleBroken
from core.models import Delivery
from tests.installation import installation

HANGING = """
import threading, time
from core import deliveries, registry
from core.models import Delivery
release, done = threading.Event(), threading.Event()
def send(delivery):
    release.wait(10) if delivery.lane == "slow" else done.set()
    return True
registry.register_channel(registry.Channel("test", send))
for lane in ("slow", "fast"):
    Delivery.objects.create(channel="test", lane=lane, what=lane, receiver="them")
deliveries.dispatch()
print("served" if done.wait(5) else "delayed")
release.set()
until = time.monotonic() + 5
while Delivery.objects.filter(state="sent").count() < 2 and time.monotonic() < until:
    time.sleep(0.05)
print(Delivery.objects.filter(state="sent").count())
"""
State = Delivery.State


@pytest.fixture
def channel(monkeypatch):
    """A channel that does what `channel.does` says and notes what it sent."""

    class Recorded:
        does = staticmethod(lambda delivery: True)
        sent: list = []
        parked: list = []

        def send(self, delivery):
            self.sent.append(delivery.what)
            return self.does(delivery)

    recorded = Recorded()
    recorded.sent, recorded.parked = [], []
    monkeypatch.setitem(registry.channels, "test", registry.Channel("test", recorded.send, recorded.parked.append))
    return recorded


def queue(what="one", lane="a") -> Delivery:
    return Delivery.objects.create(channel="test", lane=lane, what=what, receiver="them")


def fail(delivery):
    raise NotDelivered("They were away.", status=503)


def make_due() -> None:
    Delivery.objects.filter(state=State.WAITING).update(due_at=clock.now())


def test_what_was_sent_is_marked_and_not_sent_again(db, channel):
    row = queue()
    assert (send_due(), send_due()) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.tries, channel.sent) == (State.SENT, 1, ["one"])


def test_a_failure_waits_longer_each_time_and_keeps_its_message_id(db, channel):
    row, channel.does = queue(), fail
    first_id, waits = row.message_id, []
    for _ in range(4):
        send_due()
        row.refresh_from_db()
        waits.append((row.due_at - clock.now()).total_seconds())
        make_due()
    assert waits == sorted(waits)
    assert waits[0] > 3
    assert (row.message_id, row.last_error, row.last_status) == (first_id, "They were away.", 503)


def test_after_the_last_try_it_is_parked_and_can_be_sent_again_by_hand(cast, channel):
    row, channel.does = queue(), fail
    for _ in range(len(PAUSES) + 1):
        make_due()
        send_due()
    row.refresh_from_db()
    assert (row.state, row.tries) == (State.PARKED, len(PAUSES) + 1)
    assert [d.pk for d in channel.parked] == [row.pk]
    with pytest.raises(NotAllowed):
        redeliver(actor=cast.maker, delivery=row)
    redeliver(actor=cast.admin, delivery=row)
    channel.does = lambda delivery: True
    send_due()
    row.refresh_from_db()
    assert row.state == State.SENT
    with pytest.raises(RuleBroken):
        redeliver(actor=cast.admin, delivery=row)


def test_a_receiver_may_ask_for_more_time(db, channel):
    row = queue()

    def ask(delivery):
        raise NotDelivered("Busy.", status=429, wait=3600)

    channel.does = ask
    send_due()
    row.refresh_from_db()
    assert row.due_at > clock.now() + timedelta(minutes=59)


def test_a_lane_keeps_its_order_and_holds_up_no_other(db, channel):
    queue("a1", "a"), queue("a2", "a"), queue("b1", "b")

    def refuse_a(delivery):
        return True if delivery.lane == "b" else fail(delivery)

    channel.does = refuse_a
    send_due()
    send_due()
    assert channel.sent == ["a1", "b1"]
    channel.does = lambda delivery: True
    make_due()
    send_due()
    assert channel.sent == ["a1", "b1", "a1", "a2"]


def test_what_another_worker_has_in_hand_is_left_to_it_until_its_lease_ends(db, channel):
    row = queue()
    Delivery.objects.filter(pk=row.pk).update(leased_until=clock.now() + timedelta(seconds=30), tries=1)
    assert send_due() == 0
    Delivery.objects.filter(pk=row.pk).update(leased_until=clock.now() - timedelta(seconds=1))
    assert send_due() == 1
    row.refresh_from_db()
    assert row.tries == 2


def test_who_lost_the_lease_does_not_mark(db, channel):
    row = queue()

    def lose(delivery):
        Delivery.objects.filter(pk=delivery.pk).update(tries=5, leased_until=None)
        return True

    channel.does = lose
    Delivery.objects.filter(pk=row.pk)
    deliveries._send(deliveries._lease("a"))
    row.refresh_from_db()
    assert row.state == State.WAITING


def test_an_error_of_our_own_is_no_reason_to_lose_it(db, channel):
    row, channel.does = queue(), lambda delivery: 1 / 0
    send_due()
    row.refresh_from_db()
    assert (row.state, row.last_error) == (State.WAITING, "It could not be sent: ZeroDivisionError.")


def test_the_same_is_queued_once(db, channel):
    rows = [Delivery(channel="test", lane="a", what="x", receiver="y", once="endpoint:1") for _ in range(2)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    assert Delivery.objects.count() == 1


def test_a_mail_server_that_is_away_is_tried_again_and_one_that_refuses_is_not(db, monkeypatch):
    refused = post("sign-in", None, receiver="a@example.com", payload={"subject": "S", "text": "T"})
    later = post("sign-in", None, receiver="b@example.com", payload={"subject": "S", "text": "T"})

    def away(message):
        if message.to == ["a@example.com"]:
            raise smtplib.SMTPRecipientsRefused({})
        raise ConnectionRefusedError

    monkeypatch.setattr("core.mail.EmailMessage.send", away)
    send_due()
    refused.refresh_from_db()
    later.refresh_from_db()
    assert (refused.state, later.state) == (State.PARKED, State.WAITING)


def test_a_letter_carries_its_id_and_its_words_are_forgotten_once_sent(db):
    row = post("sign-in", None, receiver="a@example.com", payload={"subject": "Hello", "text": "Words"})
    send_due()
    row.refresh_from_db()
    assert str(row.message_id) in mail.outbox[0].extra_headers["Message-ID"]
    assert (mail.outbox[0].subject, mail.outbox[0].body, row.payload) == ("Hello", "Words", {})


def test_the_log_is_for_administrators_and_operations(cast, client):
    row = Delivery.objects.create(channel="mail", lane="x", what="invitation", receiver="a@example.com", state=State.PARKED)
    for person, status in ((cast.admin, 200), (cast.ops, 200), (cast.leader, 403), (cast.maker, 403), (cast.guest, 403)):
        client.force_login(person)
        assert client.get(reverse("deliveries")).status_code == status
    assert client.post(reverse("redelivery", args=[row.pk])).status_code == 404
    client.force_login(cast.ops)
    assert client.post(reverse("redelivery", args=[row.pk])).status_code == 302


def test_a_receiver_that_hangs_delays_no_other_lane(tmp_path):
    with installation(tmp_path) as house:
        assert house.python(HANGING).split() == ["served", "2"]

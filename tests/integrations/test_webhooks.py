"""Webhooks: signed, in order, as far as their owner may see, disabled where nobody takes them."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.urls import reverse
from standardwebhooks import Webhook, WebhookVerificationError

from core import consumers, deliveries, services
from core.exceptions import NotAllowed, RuleBroken
from core.models import Change, Delivery, Event, User
from integrations.webhooks.models import WebhookEndpoint
from integrations.webhooks.services import create_endpoint, renew_secret


class Receiver(ThreadingHTTPServer):
    """Another system on this machine; `answers` are its next statuses, then 204."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taker)
        self.got: list[tuple[dict, bytes]] = []
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class Taker(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_LOOPBACK = True
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def rename(cast, product, name):
    services.change_product(actor=User.objects.get(pk=cast.maker.pk), product=type(product).objects.get(pk=product.pk), name=name)


def deliver() -> None:
    consumers.follow_events()
    deliveries.send_due()


def connect(cast, receiver, **values) -> WebhookEndpoint:
    return create_endpoint(actor=cast.ops, name="Data team", url=receiver.url, **values)


def test_a_change_arrives_signed_with_its_former_values(cast, receiver):
    endpoint = connect(cast, receiver, verbs=["core.product_changed"])
    rename(cast, cast.own, "Renamed")
    deliver()
    headers, body = receiver.got[0]
    said = Webhook(endpoint.secret).verify(body, headers)
    change = said["data"]["changes"][0]
    assert (said["type"], change["before"], change["after"]) == ("core.product_changed", {"name": "Own"}, {"name": "Renamed"})
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 43 + "=").verify(body, headers)


def test_an_event_is_told_once_and_only_the_wanted_ones(cast, receiver):
    connect(cast, receiver, verbs=["core.product_changed"])
    rename(cast, cast.own, "One")
    services.change_user(actor=cast.maker, user=User.objects.get(pk=cast.maker.pk), name="New")
    deliver()
    deliver()
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["core.product_changed"]


def test_nothing_of_a_product_out_of_the_owners_sight_leaves_the_house(cast, receiver):
    connect(cast, receiver)
    rename(cast, cast.private, "Canary")
    deliver()
    assert b"anary" not in b"".join(body for _, body in receiver.got)
    assert not Delivery.objects.filter(what="core.product_changed").exists()


def test_what_the_owner_lost_the_right_to_see_is_dropped_unsent(cast, receiver):
    membership = services.set_membership(actor=cast.maker, product=cast.private, user=cast.ops, level="viewer")
    connect(cast, receiver, verbs=["core.product_changed"])
    rename(cast, cast.private, "Canary")
    consumers.follow_events()
    services.end_membership(actor=cast.maker, membership=membership)
    deliveries.send_due()
    assert receiver.got == []
    assert Delivery.objects.get(what="core.product_changed").state == Delivery.State.DROPPED


def test_tries_carry_one_id_and_keep_the_order(cast, receiver):
    connect(cast, receiver, verbs=["core.product_changed"])
    rename(cast, cast.own, "One")
    rename(cast, cast.own, "Two")
    receiver.answers = [500]
    deliver()
    assert len(receiver.got) == 1
    Delivery.objects.update(due_at="2026-01-01T00:00:00Z")
    deliveries.send_due()
    names = [json.loads(body)["data"]["changes"][0]["after"]["name"] for _, body in receiver.got]
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert names == ["One", "One", "Two"]
    assert ids[0] == ids[1] != ids[2]


def test_a_receiver_that_is_gone_is_disabled_and_its_owner_told(cast, receiver):
    endpoint = connect(cast, receiver, verbs=["core.product_changed"])
    rename(cast, cast.own, "One")
    receiver.answers = [410]
    deliver()
    deliveries.send_due()
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert [letter.to for letter in mail.outbox] == [[cast.ops.email]]
    rename(cast, cast.own, "Two")
    deliver()
    assert len(receiver.got) == 1
    assert Event.objects.filter(verb="integrations.endpoint_disabled").count() == 1


def test_a_redirect_is_a_failure(cast, receiver):
    connect(cast, receiver, verbs=["core.product_changed"])
    rename(cast, cast.own, "One")
    receiver.answers = [302]
    deliver()
    assert Delivery.objects.get(what="core.product_changed").last_error == "The receiver answered 302."


def test_an_address_inside_is_refused_when_it_is_typed(cast):
    for url in ("http://example.com/", "https://127.0.0.1/", "https://169.254.169.254/", "https://[::1]/"):
        with pytest.raises(RuleBroken, match="public server"):
            create_endpoint(actor=cast.ops, name="Evil", url=url)


def test_only_administrators_and_operations_connect(cast, client):
    for person in (cast.leader, cast.maker, cast.contributor, cast.guest):
        with pytest.raises(NotAllowed):
            create_endpoint(actor=person, name="X", url="https://example.com/")
        client.force_login(person)
        assert client.get(reverse("webhooks")).status_code == 403


def test_the_secret_is_shown_once_and_lies_nowhere(cast, client, receiver):
    client.force_login(cast.ops)
    page = client.post(reverse("webhooks"), {"name": "Data team", "url": receiver.url, "verbs": ""}).content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert re.search(r"whsec_[\w+/]{43}=", page)[0] == endpoint.secret
    assert endpoint.secret not in client.get(reverse("webhook", args=[endpoint.pk])).content.decode()
    assert endpoint.secret[6:] not in str(list(Change.objects.values())) + str(list(WebhookEndpoint.objects.values()))
    renewed = renew_secret(actor=cast.ops, endpoint=endpoint)
    assert renewed.secret not in page


def test_the_pages_change_and_remove(cast, client, receiver):
    endpoint = connect(cast, receiver)
    client.force_login(cast.admin)
    posted = {"name": "Renamed", "url": receiver.url, "verbs": "core.product_changed\ncore.user_changed", "version": 1}
    assert client.post(reverse("webhook", args=[endpoint.pk]), posted).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.verbs) == ("Renamed", ["core.product_changed", "core.user_changed"])
    bad = client.post(reverse("webhook", args=[endpoint.pk]), {**posted, "verbs": "<script>", "version": 2})
    assert bad.status_code == 422
    assert client.post(reverse("webhook-secret", args=[endpoint.pk])).status_code == 200
    assert client.post(reverse("webhook-removal", args=[endpoint.pk])).status_code == 302
    assert client.get(reverse("webhook", args=[endpoint.pk])).status_code == 404

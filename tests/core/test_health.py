"""Readiness is work done, and its measure: nothing due waits for more than a minute."""

from datetime import timedelta

from core import clock, consumers, health, services
from core.derivation import steps
from core.models import Delivery, Stale
from tests.factories.roadmaps import FeatureFactory


def late(kind: str) -> float:
    return health.ages()[kind]


def test_a_fresh_installation_is_ready(db, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_a_mark_an_event_or_a_delivery_that_waits_too_long_is_told(cast, client):
    long_ago = clock.now() - timedelta(minutes=5)
    Stale.objects.create(kind="status", ref_id=cast.own.pk, marked_at=long_ago)
    assert late("mark") > 60
    assert client.get("/readyz").status_code == 503
    Stale.objects.all().delete()
    Delivery.objects.create(channel="mail", lane="x", what="x", receiver="x", due_at=long_ago)
    assert late("delivery") > 60
    Delivery.objects.all().delete()
    services.change_user(actor=cast.maker, user=cast.maker, name="New")
    assert 0 <= late("event") < 60
    consumers.follow_events()
    assert late("event") == 0


def test_a_row_that_stays_stale_is_timed_from_the_first_look(cast, time_machine):
    step = steps[0]
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    FeatureFactory(product=cast.own, **{step.counter: 2, step.mark: 1})
    assert late(f"step_{step.name}") == 0
    time_machine.shift(90)
    assert late(f"step_{step.name}") == 90
    step.model.objects.update(**{step.mark: 2})
    assert late(f"step_{step.name}") == 0


def test_metrics_are_there_for_the_token_alone(cast, client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a token of the environment"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer a token of the environment"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'waymark_oldest_due_seconds{kind="delivery"} 0.0' in text
    assert 'waymark_jobs{state="queued"} 0.0' in text

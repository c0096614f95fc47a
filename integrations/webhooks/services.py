"""Endpoints, and telling them what happened."""

import json
from datetime import UTC, datetime
from http import HTTPStatus

from django.conf import settings
from django.urls import reverse
from standardwebhooks import Webhook

from core import clock, deliveries, outbound
from core.acts import act, acts
from core.api.events import spoken_change, withheld
from core.api.serializers import hidden_classes
from core.exceptions import NotDelivered, RuleBroken
from core.models import Change, Delivery, Event, User
from core.permissions import can_shape_process, must
from core.registry import Letter
from core.writes import insert, remove, update
from integrations.webhooks import events
from integrations.webhooks.models import WebhookEndpoint

WHO = "Only administrators and product operations may connect other systems."
MOST_CHANGES = 100  # of one event; the receiver reads the rest of an import through the API


@acts
def create_endpoint(*, actor: User, name: str, url: str, verbs: list[str] | None = None) -> WebhookEndpoint:
    """An endpoint that is told of events from now on; its secret is `endpoint.secret`."""
    must(can_shape_process(actor), WHO)
    return insert(WebhookEndpoint(name=name.strip(), url=_checked(url), verbs=verbs or [], owner_id=actor.pk), events.ENDPOINT_CREATED)


@acts
def change_endpoint(*, actor: User, endpoint: WebhookEndpoint, seen: int | None = None, **values) -> WebhookEndpoint:
    """Name, address or events are as given; saved, a disabled endpoint is told again."""
    must(can_shape_process(actor), WHO)
    if "url" in values:
        values["url"] = _checked(values["url"])
    return update(endpoint, {**values, "disabled_at": None, "disabled_why": ""}, events.ENDPOINT_CHANGED, seen=seen)


@acts
def renew_secret(*, actor: User, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """A new secret signs from now on; the old one is worthless."""
    must(can_shape_process(actor), WHO)
    return update(endpoint, {"round": endpoint.round + 1}, events.SECRET_RENEWED, seen=endpoint.version, merge=False)


@acts
def delete_endpoint(*, actor: User, endpoint: WebhookEndpoint) -> None:
    """The endpoint is told nothing any more, not even what waits for it."""
    must(can_shape_process(actor), WHO)
    remove(endpoint, events.ENDPOINT_DELETED)


def fan_out(batch: list[tuple[Event, list[Change]]]) -> None:
    """A delivery for each event and each endpoint that wants it and whose owner may see it now."""
    rows = []
    for endpoint in WebhookEndpoint.objects.alive().filter(disabled_at=None).select_related("owner"):
        wanted = [e for e, _ in batch if e.at >= endpoint.created_at and (not endpoint.verbs or e.verb in endpoint.verbs)]
        seen = set(Event.objects.visible_to(endpoint.owner).filter(number__in=[e.number for e in wanted]).values_list("number", flat=True))
        for event in wanted:
            if event.number in seen:
                once = f"{endpoint.lane}:{event.number}"
                rows.append(
                    Delivery(channel="webhook", lane=endpoint.lane, receiver=endpoint.url, what=event.verb, ref=event.number, once=once)
                )
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def send(delivery: Delivery) -> bool:
    """Tell the endpoint; False where it is gone, disabled, or its owner may not see the event any more."""
    endpoint = _endpoint(delivery)
    body = None if endpoint is None or endpoint.disabled_at is not None else payload(endpoint, delivery.ref)
    if body is None:
        return False
    message_id, now = str(delivery.message_id), datetime.now(tz=UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(endpoint.secret).sign(message_id, now, body),
    }
    try:
        answer = outbound.post(endpoint.url, body.encode(), headers)
    except outbound.Refused as error:
        raise NotDelivered(str(error), is_final=True) from error
    except outbound.Unreached as error:
        raise NotDelivered(str(error)) from error
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        wait = answer.headers.get("retry-after", "")
        raise NotDelivered(
            f"The receiver answered {answer.status}.",
            status=answer.status,
            wait=float(wait) if wait.isdecimal() else None,
            is_final=answer.status == HTTPStatus.GONE,
        )
    return True


def payload(endpoint: WebhookEndpoint, number: int | None) -> str | None:
    """The event as JSON, with what the endpoint's owner may see of it now; None where that is nothing."""
    event = Event.objects.select_related("actor").get(number=number)
    changes = list(Change.objects.visible_to(endpoint.owner).filter(event=event).order_by("id")[: MOST_CHANGES + 1])
    hidden, secret = hidden_classes(endpoint.owner), withheld(endpoint.owner, changes)
    spoken = [spoken_change(change, hidden, secret) for change in changes]
    if not spoken:
        return None
    return json.dumps(
        {
            "type": event.verb,
            "timestamp": event.at.isoformat(),
            "data": {
                "number": event.number,
                "actor": event.actor_id,
                "door": event.door,
                "undoes": event.undoes,
                "changes": spoken[:MOST_CHANGES],
                "has_more_changes": len(spoken) > MOST_CHANGES,
            },
        },
        separators=(",", ":"),
    )


def give_up(delivery: Delivery) -> None:
    """Disable an endpoint that did not take a message in a day, or said it is gone, and tell its owner."""
    endpoint = _endpoint(delivery)
    if endpoint is None or endpoint.disabled_at is not None:
        return
    with act(None):
        update(endpoint, {"disabled_at": clock.now(), "disabled_why": delivery.last_error[:200]}, events.ENDPOINT_DISABLED)
        deliveries.post("webhook disabled", endpoint.pk, receiver=endpoint.owner.email)


def disabled_letter(ref: int) -> Letter | None:
    """What the owner of a disabled endpoint is told."""
    endpoint = WebhookEndpoint.objects.select_related("owner").get(pk=ref)
    if endpoint.disabled_at is None or endpoint.deleted_at is not None:
        return None
    link = settings.PUBLIC_BASE_URL + reverse("webhook", args=[endpoint.pk])
    text = (
        f"“{endpoint.name}” ({endpoint.url}) did not take what Waymark had to tell it, so it is told nothing any more.\n\n"
        f"The last answer: {endpoint.disabled_why}\n\nWhen it is mended, save it once more here:\n\n{link}\n\nWaymark\n"
    )
    return Letter(endpoint.owner.email, f"Waymark: the webhook “{endpoint.name}” was disabled", text)


def _endpoint(delivery: Delivery) -> WebhookEndpoint | None:
    pk = int(delivery.lane.removeprefix("webhook:"))
    return WebhookEndpoint.objects.alive().select_related("owner").filter(pk=pk).first()


def _checked(url: str) -> str:
    try:
        outbound.check_url(url.strip())
    except outbound.Refused as error:
        raise RuleBroken(str(error), "url") from error
    return url.strip()

"""Whether the work is done: since when the oldest of each kind of due work has waited. What `/readyz` and `/metrics` tell."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from core import clock, consumers, deliveries, derivation, guard
from core.models import ChainHead, Delivery, Job

# Step → (its first stale row, its counter, when this process saw both first). Counters carry no time, so a row that stays stale is timed
# from the first look at it.
_seen: dict[str, tuple[int, int, datetime]] = {}


def ages() -> dict[str, float]:
    """Seconds for which the oldest of each kind of due work has waited; 0 where nothing is due."""
    reads: dict[str, Callable[[], datetime | None]] = {
        "mark": derivation.oldest_due,
        "event": consumers.oldest_unfollowed,
        "delivery": deliveries.oldest_due,
        **{f"step_{step.name}": partial(_stale_since, step) for step in derivation.steps},
    }
    since = _measured(reads)
    now = clock.now()
    return {name: round((now - at).total_seconds(), 1) if at else 0.0 for name, at in since.items()}


def metrics() -> bytes:
    """Everything worth watching, in the form Prometheus reads. All of it lies in the database, so any web process may answer."""
    registry = CollectorRegistry()

    def tell(name: str, says: str, label: str, reads: Mapping[str, Callable[[], float]]) -> None:
        gauge = Gauge(f"waymark_{name}", says, [label], registry=registry)
        for value, number in _measured(reads).items():
            gauge.labels(value).set(number)

    waiting = Gauge("waymark_oldest_due_seconds", "Age of the oldest due work", ["kind"], registry=registry)
    for kind, age in ages().items():
        waiting.labels(kind).set(age)
    tell("stale_rows", "Rows whose derived value is not fresh", "step", {step.name: _stale(step).count for step in derivation.steps})
    sent = (Delivery.State.WAITING, Delivery.State.PARKED)
    tell("deliveries", "Deliveries by state", "state", {state: Delivery.objects.filter(state=state).count for state in sent})
    tell("jobs", "Jobs by state", "state", {state: Job.objects.filter(state=state).count for state in Job.OPEN})
    newest = _measured({"number": lambda: ChainHead.objects.get(pk=1).number})
    Gauge("waymark_events", "Number of the newest event", registry=registry).set(newest["number"])
    return generate_latest(registry)


def may_read_metrics(authorization: str) -> bool:
    """Whether the header carries the token of METRICS_TOKEN; never where none is set."""
    return bool(settings.METRICS_TOKEN) and constant_time_compare(authorization, f"Bearer {settings.METRICS_TOKEN}")


def _measured[T](reads: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """What each of these reads answers: how much there is and since when, whoever's it is; never what."""
    with guard.armed(False):
        return {name: read() for name, read in reads.items()}


def _stale(step: derivation.Step) -> QuerySet:
    """The rows whose value of this step is not fresh."""
    return step.model._base_manager.filter(derivation.stale_rows(step, step.also_due()))


def _stale_since(step: derivation.Step) -> datetime | None:
    """Since when this process has seen the step's first stale row so."""
    first = _stale(step).order_by("pk").values_list("pk", step.counter).first()
    if first is None:
        _seen.pop(step.name, None)
        return None
    known = _seen.get(step.name)
    if known is None or known[:2] != first:
        known = _seen[step.name] = (*first, clock.now())
    return known[2]

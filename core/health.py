"""Whether the work is done: since when the oldest of each kind of due work has waited. What `/readyz` and `/metrics` tell."""

from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from core import clock, consumers, deliveries, derivation, guard
from core.models import ChainHead, Delivery, Job

# Step → (its first stale row, its counter, when this process saw both first). Counters carry no time, so a row that stays stale is timed
# from the first look at it.
_seen: dict[str, tuple[int, int, datetime]] = {}


def ages() -> dict[str, float]:
    """Seconds for which the oldest of each kind of due work has waited; 0 where nothing is due."""
    with guard.armed(False):  # ages and counts of all work, whoever's it is
        since = {
            "mark": derivation.oldest_due(),
            "event": consumers.oldest_unfollowed(),
            "delivery": deliveries.oldest_due(),
            **{f"step_{step.name}": _stale_since(step) for step in derivation.steps},
        }
    now = clock.now()
    return {name: round((now - at).total_seconds(), 1) if at else 0.0 for name, at in since.items()}


@guard.armed(False)
def metrics() -> bytes:
    """Everything worth watching, in the form Prometheus reads. All of it lies in the database, so any web process may answer."""
    registry = CollectorRegistry()
    waiting = Gauge("waymark_oldest_due_seconds", "Age of the oldest due work", ["kind"], registry=registry)
    for name, age in ages().items():
        waiting.labels(name).set(age)
    stale = Gauge("waymark_stale_rows", "Rows whose derived value is not fresh", ["step"], registry=registry)
    for step in derivation.steps:
        stale.labels(step.name).set(step.model._base_manager.filter(derivation.stale_rows(step, step.also_due())).count())
    sent = Gauge("waymark_deliveries", "Deliveries by state", ["state"], registry=registry)
    for state in (Delivery.State.WAITING, Delivery.State.PARKED):
        sent.labels(state).set(Delivery.objects.filter(state=state).count())
    jobs = Gauge("waymark_jobs", "Jobs by state", ["state"], registry=registry)
    for open_state in Job.OPEN:
        jobs.labels(open_state).set(Job.objects.filter(state=open_state).count())
    Gauge("waymark_events", "Number of the newest event", registry=registry).set(ChainHead.objects.get(pk=1).number)
    return generate_latest(registry)


def may_read_metrics(authorization: str) -> bool:
    """Whether the header carries the token of METRICS_TOKEN; never where none is set."""
    return bool(settings.METRICS_TOKEN) and constant_time_compare(authorization, f"Bearer {settings.METRICS_TOKEN}")


def _stale_since(step: derivation.Step) -> datetime | None:
    """Since when this process has seen the step's first stale row so."""
    rows = step.model._base_manager.filter(derivation.stale_rows(step, step.also_due())).order_by("pk")
    first = rows.values_list("pk", step.counter).first()
    if first is None:
        _seen.pop(step.name, None)
        return None
    known = _seen.get(step.name)
    if known is None or known[:2] != first:
        known = _seen[step.name] = (*first, clock.now())
    return known[2]

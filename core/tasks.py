"""What the worker is rung for. One line each: the work itself is in services, due by the state of the database."""

from celery import shared_task

from core import worker


@shared_task(name="core.tasks.derive", ignore_result=True)
def derive() -> None:
    """All that is stale is computed, all new events are followed."""
    worker.work_off()


@shared_task(name="core.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """The same, by the clock: nothing depends on a ring having been heard."""
    worker.work_off()


@shared_task(name="core.tasks.tidy", ignore_result=True)
def tidy() -> None:
    """What has served its time is gone: old news, expired keys, sessions."""
    worker.tidy()

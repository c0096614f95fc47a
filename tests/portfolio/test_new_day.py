"""A day passes: what depends on the day is right again by itself, done once however many workers look."""

from datetime import timedelta

from core import clock, daily, worker
from core.idempotency import KEPT
from core.models import IdempotencyKey, Organisation, Stale
from portfolio.dashboard import Look, tiles, view_tiles
from portfolio.models import TileDay
from roadmaps.models.plan import Status
from tests.factories.roadmaps import FeatureFactory, make_stages

today = Organisation.today

DAY = timedelta(days=1)


def overdue(user) -> dict[str, int]:
    """How many features stand under each heading of the status tile."""
    look = Look(user, products=user.rights.visible, today=today())
    return {line["key"]: line["count"] for line in view_tiles([tiles["status"]], look)[0].shown["lines"]}


def test_a_date_that_passes_overnight_shows_on_the_dashboard_without_anybody_writing(cast, time_machine):
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    FeatureFactory(product=cast.own, stage=make_stages()[0], status=Status.PLANNED, target_date=today(), effort_likely=4)
    worker.work_off()
    before = overdue(cast.maker)
    assert before["on_time"] == 1
    time_machine.shift(DAY)
    worker.work_off()
    after = overdue(cast.maker)
    assert after["on_time"] == 0
    assert sum(after.values()) == sum(before.values())
    assert set(TileDay.objects.filter(kind="status", product=cast.own).values_list("day", flat=True)) == {today() - DAY, today()}
    assert not Stale.objects.exists()


def test_what_is_done_daily_is_done_once_a_day_and_what_breaks_is_tried_again(cast, time_machine, monkeypatch):
    done = []

    def once_broken():
        done.append(clock.now())
        assert len(done) > 1, "the first try"

    monkeypatch.setitem(daily.daily, "a", once_broken)
    monkeypatch.setitem(daily.daily, "b", lambda: done.append("b"))
    time_machine.move_to("2026-03-02T12:00:00Z", tick=False)
    tries = [daily.begin_day() for _ in range(3)]
    assert tries == [len(daily.daily) - 1, 1, 0]
    assert [what for what in done if what == "b"] == ["b"]
    time_machine.shift(11 * 3600)
    assert daily.begin_day() == 0
    time_machine.shift(3600)
    assert daily.begin_day() == len(daily.daily)


def test_a_worker_that_looked_before_another_was_done_does_nothing_again(cast, monkeypatch):
    done = []
    monkeypatch.setitem(daily.daily, "a", lambda: done.append("a"))
    assert daily.begin_day() == len(daily.daily)
    monkeypatch.setattr(daily, "begun", lambda names, day: set())  # both looked at the same moment
    assert daily.begin_day() == 0
    assert done == ["a"]


def test_tidying_forgets_the_keys_of_requests_long_answered(cast):
    for name, age in (("old", KEPT + DAY), ("young", DAY / 2)):
        IdempotencyKey.objects.create(user=cast.maker, who="x", key=name, digest="", status=201, created_at=clock.now() - age)
    worker.tidy()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["young"]

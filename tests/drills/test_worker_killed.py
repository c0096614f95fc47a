"""The worker is killed in the middle of its transactions, Redis too: every figure is right soon after the last change."""

import os
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
from redis import Redis

from core.worker import SWEEP
from tests.drills.client import Answer, Person

pytestmark = [pytest.mark.drill, pytest.mark.alone]
PEOPLE = 4
IS_LONG = os.environ.get("WAYMARK_DRILLS") == "long"
CHANGES, WIDE_CHANGES = (20_000, 20) if IS_LONG else (1000, 4)
KILLS, PROVEN = (50, 45) if IS_LONG else (5, 4)
OUTAGES = 10 if IS_LONG else 1
CATCH_UP = 60.0  # seconds after the last change
LISTENS = 30.0  # seconds after Redis came
ADDED = 0.25  # seconds a request may take longer while Redis is away
WAL_WRITE_LOCK = "120 120"  # the byte of the -shm file that SQLite's one writer holds from BEGIN to COMMIT
DERIVING = r"'roadmaps_feature|core_stale|core_pulse|portfolio_tileday'"


@dataclass
class Load:
    """People rating features as fast as they are answered, so many times at least, and until it is enough.

    `answers` holds when each answer came, its status and its time.
    """

    setup: object
    answers: list[tuple[float, Answer]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    is_enough: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        people = [Person(self.setup.port, email) for email in self.setup.facts["emails"]]
        self.threads = [threading.Thread(target=self._rate, args=(person, seed)) for seed, person in enumerate(people)]
        self.threads.append(threading.Thread(target=self._weigh))
        for thread in self.threads:
            thread.start()

    def _rate(self, person: Person, seed: int) -> None:
        chance = random.Random(seed)
        while len(self.answers) + len(self.errors) < CHANGES or not self.is_enough.is_set():
            key, criterion = chance.choice(self.setup.facts["keys"]), chance.choice(self.setup.facts["criteria"])
            try:
                answer = person.post(f"/features/{key}/ratings/", {"HX-Request": "true"}, criterion=criterion, value=chance.randint(1, 5))
            except OSError as error:
                self.errors.append(str(error))
                continue
            self.answers.append((time.monotonic(), answer))
            person.leave()

    def _weigh(self) -> None:
        """Now and then a weight changes, and with it every score."""
        for number in range(WIDE_CHANGES):
            self.wait_for((number + 1) * CHANGES // (WIDE_CHANGES + 1))
            self.setup.weigh(reach=3 + number)

    def wait_for(self, count: int) -> None:
        """Return when so many changes were made."""
        seen, until = -1, 0.0
        while (made := len(self.answers)) < count:
            if made > seen:
                seen, until = made, time.monotonic() + 60
            assert time.monotonic() < until, "The load does not move."
            time.sleep(0.01)

    def p95(self, since: float, until: float) -> float:
        """Of the answers that came in this stretch of time, in seconds."""
        found = [answer.seconds for at, answer in self.answers if since <= at <= until]
        assert len(found) >= 20, "Too few requests to speak of."
        return statistics.quantiles(found, n=20)[-1]


class OpenTransaction:
    """Says whether the worker holds an open transaction that has written."""

    def __init__(self, setup):
        self.setup = setup
        self.connection = None if setup.is_sqlite else psycopg2.connect(setup.database.url)
        if self.connection is not None:
            self.connection.autocommit = True

    def is_there(self) -> bool:
        return self._holds_wal_lock() if self.connection is None else self._is_in_postgres()

    def _holds_wal_lock(self) -> bool:
        shm = Path(f"{self.setup.sqlite_file}-shm")
        pid, inode = self.setup.installation.processes["worker"].pid, os.stat(shm).st_ino
        locks = Path("/proc/locks").read_text().splitlines()
        return any(f" WRITE {pid} " in line and f":{inode} " in line and line.endswith(WAL_WRITE_LOCK) for line in locks)

    def _is_in_postgres(self) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = 'worker' AND backend_xid IS NOT NULL "
                f"AND state <> 'idle' AND query ~ {DERIVING}"
            )
            return cursor.fetchone() is not None


def kill_worker_busy(setup) -> bool:
    """Freeze the worker inside a transaction, make sure it is inside, kill it, start another. False where it was never caught inside."""
    work, until = OpenTransaction(setup), time.monotonic() + 20
    while time.monotonic() < until:
        if not work.is_there():
            continue
        setup.installation.signal("worker", signal.SIGSTOP)
        if work.is_there():  # stopped: it can neither commit nor begin
            setup.installation.kill("worker")
            setup.installation.start("worker")
            return True
        setup.installation.signal("worker", signal.SIGCONT)
    setup.installation.kill("worker")
    setup.installation.start("worker")
    return False


def start_without_redis(setup) -> None:
    """Web and worker have started while Redis was not there, somebody has changed something all the same, and by now the worker listens."""
    setup.queue.kill()
    setup.installation.start("web", "worker")
    person = Person(setup.port, setup.facts["emails"][0])
    rating = {"criterion": setup.facts["criteria"][0], "value": 3}
    answer = person.post(f"/features/{setup.facts['keys'][0]}/ratings/", {"HX-Request": "true"}, **rating)
    assert answer.status == 200
    seconds_until(setup, lambda: "Cannot connect to redis" in setup.installation.log("worker"), LISTENS, "The worker missed no Redis")
    setup.queue.start()
    with Redis.from_url(setup.queue.url) as queue:

        def is_heard() -> bool:  # Redis began with nothing: a ring has come in, and none is left
            return "cmdstat_lpush" in queue.info("commandstats") and not queue.llen("celery")

        took = seconds_until(setup, is_heard, LISTENS, "Nobody took the ring")
    print(f"\nthe worker listens {took:.1f} s after Redis came")


def drop_redis(setup, load: Load, away: list[tuple[float, float]]) -> None:
    """Redis is gone now and then, for as many changes as it is there between; `away` gets the stretches of time it was gone."""
    parts = 2 * OUTAGES + 3
    for number in range(1, OUTAGES + 1):
        load.wait_for(CHANGES * 2 * number // parts)
        gone = time.monotonic()
        setup.queue.kill()
        load.wait_for(CHANGES * (2 * number + 1) // parts)
        away.append((gone, time.monotonic()))
        setup.queue.start()


@pytest.fixture(autouse=True)
def quick_switches():
    """The thread that hunts for an open transaction must not wait for those that make the load."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    yield
    sys.setswitchinterval(usual)


def test_no_figure_is_wrong_after_workers_and_redis_were_killed_under_many_changes(setup):
    setup.seed(features=2000, people=PEOPLE)
    if setup.is_sqlite:
        setup.installation.start("web", "worker")
    else:
        start_without_redis(setup)
    wait_until_fresh(setup)
    load = Load(setup)
    started = time.monotonic()
    load.start()
    away: list[tuple[float, float]] = []
    outage = threading.Thread(target=drop_redis, args=(setup, load, away))
    if not setup.is_sqlite:
        outage.start()
    proven = 0
    try:
        for number in range(KILLS):
            load.wait_for((2 * number + 1) * CHANGES // (2 * KILLS + 2))
            proven += kill_worker_busy(setup)
    finally:
        load.is_enough.set()
    for thread in load.threads:
        thread.join()
    if not setup.is_sqlite:
        outage.join()
    took = wait_until_fresh(setup)
    verified = setup.installation.manage("derive", "--verify")
    print(f"\n{proven} of {KILLS} kills inside a transaction; all fresh {took:.1f} s after the last change")
    statuses = {answer.status for _, answer in load.answers}
    assert (statuses, load.errors) == ({200}, [])
    assert len(load.answers) >= CHANGES
    assert proven >= PROVEN
    assert "0 differences" in verified
    assert len(away) == (0 if setup.is_sqlite else OUTAGES)
    for gone, back in away:
        floor, while_away = load.p95(started, away[0][0]), load.p95(gone, back)
        print(f"p95 with Redis {floor * 1000:.0f} ms, without it {while_away * 1000:.0f} ms over {back - gone:.1f} s")
        assert while_away <= floor + ADDED


def test_a_worker_that_starts_begins_with_what_is_due(setup):
    """Nobody rings for it: before the first sweep."""
    setup.seed(features=40, people=1)
    setup.installation.start("worker")
    wait_until_fresh(setup)
    setup.installation.kill("worker")
    setup.weigh(reach=5)
    assert setup.due()
    setup.installation.start("worker")
    seconds_until(setup, lambda: not setup.due(), SWEEP, "It waited")


def wait_until_fresh(setup) -> float:
    """Nothing is due any more; the seconds that took."""
    return seconds_until(setup, lambda: not setup.due(), CATCH_UP, "Not everything was computed")


def seconds_until(setup, is_so: Callable[[], bool], most: float, sentence: str) -> float:
    """It is so; the seconds that took. Fails with the sentence and the worker's log after the most it may take."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < most, f"{sentence}, {setup.due()} values are due.\n{setup.installation.log('worker')[-3000:]}"
        time.sleep(0.1)
    return time.monotonic() - began

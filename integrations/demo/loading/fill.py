"""The replay."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from heapq import heappop

from core import clock, derivation
from core.acts import Ledger, act, acts_together
from core.door import through
from core.exceptions import RuleBroken
from core.models import Product
from core.sql import refresh_statistics
from integrations.demo.loading import company, plan, talk
from integrations.demo.loading.book import Book
from integrations.demo.world import build_world
from portfolio.services import new_day

PASSWORD = "quayside demonstration"  # noqa: S105 - of a company that does not exist, shown on the sign-in page of a demonstration
EVENING = timedelta(hours=4)  # before midnight


def fill(today: date, tell: Callable[[str], None] = lambda text: None) -> Book:
    """The demonstration company is in an empty installation, as it grew until yesterday evening; refused in one that is in use."""
    if Product._base_manager.exists():
        raise RuleBroken("There are products already. The demonstration goes into an empty installation only.")
    book = Book(build_world(today))
    start = min(entry.at for entry in book.world.history) - timedelta(hours=1)
    with through("import"), acts_together() as ledger:
        _at(book, start, lambda: company.begin(book, PASSWORD), actor=None)
        for prepare in (plan.scoring_model, company.customers, company.aims, plan.themes_and_releases, plan.features):
            prepare(book)
        plan.dependencies(book)
        plan.statuses(book)
        talk.messages(book)
        talk.writing(book)
        _replay(book, start, tell, ledger)
        _close_day(clock.now(), ledger)
    return book


def _replay(book: Book, start: datetime, tell: Callable[[str], None], ledger: Ledger) -> None:
    """Everything on the timeline in order of time; what is put on it meanwhile takes its place."""
    due, done = _end_of_month(start), 0
    while book.timeline:
        at, _, actor, doing = heappop(book.timeline)
        while at >= due:
            _close_day(due, ledger)
            due = _end_of_month(due)
        _at(book, at, doing, actor)
        done += 1
    tell(f"{done} acts")


def _at(book: Book, at: datetime, doing: Callable[[], object], actor: str | None) -> None:
    with act(book.people[actor] if actor else None, at=at):
        doing()


def _end_of_month(after: datetime) -> datetime:
    """The evening of the month's last day, the next one after a moment; far enough from midnight to be that day in every zone we have."""
    end = (after + EVENING).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end + timedelta(days=31)).replace(day=1) - EVENING


def _close_day(at: datetime, ledger: Ledger) -> None:
    """What the worker has done by the end of a day, as of then."""
    token = clock.moment.set(at)
    try:
        ledger.flush()
        refresh_statistics()
        new_day()
        derivation.run_pass()
    finally:
        clock.moment.reset(token)

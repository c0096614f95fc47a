"""The replay."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop

from core import clock, derivation
from core.acts import Ledger, act, acts_together
from core.door import through
from core.exceptions import RuleBroken
from core.models import Product
from core.sql import refresh_statistics
from integrations.demo.loading import company, fields, plan, talk
from integrations.demo.loading.book import Book
from integrations.demo.world import build_world
from portfolio.services import new_day

PASSWORD = "quayside demonstration"  # noqa: S105 - of a company that does not exist, shown on the sign-in page of a demonstration
EVENING = time(20)  # far enough from midnight to be that day in every zone we have


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
        plan.freezes(book)
        fields.fields(book)
        plan.statuses(book)
        talk.messages(book)
        talk.writing(book)
        _replay(book, start, tell, ledger)
        _close_day(clock.now(), ledger)
    return book


def _replay(book: Book, start: datetime, tell: Callable[[str], None], ledger: Ledger) -> None:
    """Everything on the timeline in order of time; what is put on it meanwhile takes its place."""
    evenings, done = _evenings(start, book.world.today), 0
    while book.timeline:
        at, _, actor, doing = heappop(book.timeline)
        while evenings and at >= evenings[0]:
            _close_day(evenings.pop(0), ledger)
        _at(book, at, doing, actor)
        done += 1
    tell(f"{done} acts")


def _at(book: Book, at: datetime, doing: Callable[[], object], actor: str | None) -> None:
    with act(book.people[actor] if actor else None, at=at):
        doing()


def _evenings(start: datetime, today: date) -> list[datetime]:
    """When figures are brought up to date: on each month's last day, and a week ago, so that what moved since is this week's."""
    days = (start.date() + timedelta(days=n) for n in range((today - start.date()).days))
    return [datetime.combine(day, EVENING, UTC) for day in days if (day + timedelta(days=1)).day == 1 or day == today - timedelta(days=8)]


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

"""People, products, teams, customers, objectives and metrics."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import batched

from django.contrib.auth.hashers import make_password

from core import services as core
from core.models import Membership, Product, User
from integrations.demo.loading.book import Book
from integrations.demo.loading.plan import link_late
from integrations.demo.records import Account as Known
from integrations.demo.records import Metric, Objective
from portfolio import services
from portfolio.models import Account
from portfolio.periods import quarter_of
from roadmaps.beginning import STAGES, STEPS, begin_audiences
from roadmaps.services import create_stage, create_step

BEFORE = timedelta(minutes=1)
LIMITS = {"definition": 12, "delivery": 8}  # of features at once in a stage, on one board
POINTS_A_TIME = 4  # a metric's values are handed in monthly


def begin(book: Book, password: str) -> None:
    """The organisation on its first day: people who can sign in with this password, products with their members, lines, teams."""
    world = book.world
    for person in sorted(world.people, key=lambda p: p.role != "admin"):
        actor = book.admin if book.people else None
        book.people[person.email] = core.create_user(
            actor=actor, email=person.email, name=person.name, role=person.role, timezone=person.zone
        )
    # Hashing a password takes a third of a second by design: once is enough for twelve people with the same one.
    User.objects.update(password=make_password(password))
    core.change_organisation(
        actor=book.admin, name=world.organisation.name, currency=world.organisation.currency, timezone=world.organisation.zone
    )
    for position, (slug, name, status) in enumerate(STAGES):
        limit = LIMITS.get(slug)
        book.stages[slug] = create_stage(actor=book.ops, slug=slug, name=name, position=position, status=status, wip_limit=limit)
    for position, (text, days_before) in enumerate(STEPS):
        create_step(actor=book.ops, text=text, days_before=days_before, position=position)
    begin_audiences()
    _products(book)
    _lines(book)
    _segments_and_teams(book)


def _products(book: Book) -> None:
    for product in book.world.products:
        visibility = Product.Visibility.PRIVATE if product.is_private else Product.Visibility.OPEN
        made = core.create_product(
            actor=book.admin, key=product.key, name=product.name, visibility=visibility, owner=book.people[product.owner]
        )
        book.products[product.key] = made
    for member in book.world.memberships:
        if member.person != next(p.owner for p in book.world.products if p.key == member.product):
            core.set_membership(
                actor=book.admin,
                product=book.products[member.product],
                user=book.people[member.person],
                level=Membership.Level(member.role),
            )
    core.forget_rights(*book.people.values())
    for product in book.world.products:
        actor = book.people[product.owner]
        services.set_strategy(
            actor=actor,
            product=book.products[product.key],
            vision=product.vision,
            value_proposition=product.value_proposition,
            differentiation=product.differentiation,
            lifecycle=product.lifecycle,
        )
        for persona in product.personas:
            services.create_persona(actor=actor, product=book.products[product.key], name=persona)


def _lines(book: Book) -> None:
    for line in sorted(book.world.lines, key=lambda line: bool(line.parent)):
        parent = book.lines.get(line.parent)
        book.lines[line.slug] = services.create_line(
            actor=book.leader, name=line.name, purpose=line.purpose, leader=book.people[line.leader], parent=parent
        )
    for product in book.world.products:
        for slug in product.lines:
            services.place_product(
                actor=book.people[product.owner], product=book.products[product.key], line=book.lines[slug], is_home=slug == product.home
            )


def _segments_and_teams(book: Book) -> None:
    for segment in book.world.segments:
        book.segments[segment.slug] = services.create_segment(
            actor=book.leader, name=segment.name, description=segment.asks, owner=book.people[segment.owner]
        )
    shares = {capacity.team: capacity.unplanned for capacity in book.world.capacities}
    for team in book.world.teams:
        share = Decimal(shares.get(team.slug, 0)) / 100
        book.teams[team.slug] = services.create_team(actor=book.ops, name=team.name, lead=book.people[team.lead], unplanned_share=share)
    for capacity in book.world.capacities:
        weeks = Decimal(capacity.person_weeks - capacity.absences)
        services.set_capacity(actor=book.ops, team=book.teams[capacity.team], quarter=capacity.quarter, person_weeks=weeks)
    for quarter in sorted({allocation.quarter for allocation in book.world.allocations}):
        lines = [a for a in book.world.allocations if a.quarter == quarter]
        services.set_allocations(
            actor=book.leader,
            period=quarter_of(quarter),
            targets={line.kind: Decimal(line.target) / 100 for line in lines},
            ceilings={line.kind: Decimal(line.ceiling) / 100 for line in lines if line.ceiling is not None},
        )


def customers(book: Book) -> None:
    """Accounts on the day the company came to know them, at the latest before a deal hangs on a feature; they become customers, and
    leave, on their days.
    """
    deals = {f.deal_account: f.created_at for f in sorted(book.world.features, key=lambda f: f.created_at, reverse=True)}
    for account in book.world.accounts:
        at = min(account.created_at, deals.get(account.slug, account.created_at) - BEFORE)
        was_customer = account.customer_since is not None and account.customer_since <= at.date()
        book.later(at, book.admin.email, lambda a=account, was=was_customer: _account(book, a, was))
        if account.customer_since is not None and not was_customer:
            book.later(_morning(account.customer_since), account.owner, lambda a=account: _becomes(book, a, Account.State.CUSTOMER))
        if account.ended_on is not None:
            book.later(_morning(account.ended_on), account.owner, lambda a=account: _becomes(book, a, Account.State(a.state)))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)


def _account(book: Book, account: Known, was_customer: bool) -> None:
    book.accounts[account.slug] = services.create_account(
        actor=book.admin,
        name=account.name,
        segment=book.segments[account.segment],
        plan=account.plan,
        annual_revenue=Decimal(account.revenue),
        state=Account.State.CUSTOMER if was_customer else Account.State.PROSPECT,
        owner=book.people[account.owner],
        renewal_date=account.renews_on,
    )


def _becomes(book: Book, account: Known, state: Account.State) -> None:
    services.change_account(actor=book.admin, account=book.accounts[account.slug], state=state)


def aims(book: Book) -> None:
    """Objectives with their key results at the start of their period; metrics with their points."""
    start = min(act.at for act in book.world.history)
    for metric in book.world.metrics:
        book.later(start, metric.owner, lambda metric=metric: _metric(book, metric))
        points = [services.Point(p.day, Decimal(str(p.value)), p.note) for p in metric.points]
        early = [p for p in points if p.day <= start.date()]
        book.later(start, metric.owner, lambda m=metric, p=early: _points(book, m, p))
        for some in batched(points[len(early) :], POINTS_A_TIME):
            at = datetime.combine(some[-1].day, time(6, 30), UTC)
            book.later(at, metric.owner, lambda m=metric, p=some: _points(book, m, p))
    for objective in book.world.objectives:
        at = max(start, datetime.combine(objective.period_start, time(9), UTC))
        book.later(at, objective.owner, lambda o=objective: _objective(book, o))
        book.later(at + timedelta(minutes=5), objective.owner, lambda o=objective: link_late(book, o.slug))


def _keeper(book: Book, product: str) -> User:
    """Who may change a thing of this product, or of the organisation."""
    return book.people[next(p.owner for p in book.world.products if p.key == product)] if product else book.leader


def _metric(book: Book, metric: Metric) -> None:
    book.metrics[metric.slug] = services.create_metric(
        actor=_keeper(book, metric.product),
        name=metric.name,
        definition=metric.definition,
        unit=metric.unit,
        direction=metric.direction,
        owner=book.people[metric.owner],
        source=metric.source,
        cadence=metric.cadence,
        product=book.products.get(metric.product),
        normal_low=Decimal(str(metric.band_low)),
        normal_high=Decimal(str(metric.band_high)),
    )


def _points(book: Book, metric: Metric, points: Sequence[services.Point]) -> None:
    if points:
        services.record_points(actor=_keeper(book, metric.product), metric=book.metrics[metric.slug], points=points)


def _objective(book: Book, objective: Objective) -> None:
    product = book.products.get(objective.product)
    actor = _keeper(book, objective.product)
    row = services.create_objective(
        actor=actor,
        title=objective.title,
        product=product,
        line=book.lines.get(objective.line),
        owner=book.people[objective.owner],
        starts_on=objective.period_start,
        ends_on=objective.period_end,
        weight=Decimal(objective.weight),
    )
    book.objectives[objective.slug] = row
    for position, result in enumerate(objective.results):
        book.key_results[f"{objective.slug}/{result.slug}"] = services.create_key_result(
            actor=actor,
            objective=row,
            title=result.title,
            target=Decimal(str(result.target)),
            start=Decimal(str(result.start)),
            unit=result.unit,
            direction=result.direction,
            metric=book.metrics.get(result.metric),
            position=position,
        )

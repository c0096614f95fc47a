"""The demonstration company in the database: everything that was written of it is there, and its history is whole."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client

from core import audit, clock, derivation
from core.models import Change, Comment, Event, Organisation, Product, Recorded, SavedView, User
from core.past import values_at
from documents.models import Document, DocumentRevision, Template
from feedback.models import Evidence, Feedback, Requester
from governance.models import Check, Decision
from integrations.demo.loading import fill
from portfolio.models import Account, Allocation, CheckIn, KeyResult, Metric, MetricPoint, Objective, StatusUpdate, TeamCapacity, TileDay
from prioritization.models import Criterion, Rating, ScoringModel
from roadmaps.models import (
    Dependency,
    Feature,
    FeatureObjective,
    FeatureSegment,
    Initiative,
    LinkVisit,
    Release,
    Roadmap,
    ShareLink,
    Snapshot,
)

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 23, 7, tzinfo=UTC)
MOST_STATEMENTS = 20_000
# There before the first act, made with the database itself.
OF_THE_INSTALLATION = {Organisation, Template, ScoringModel, Criterion}


@pytest.fixture(scope="module")
def book(django_db_setup, django_db_blocker):
    """The company as the replay of its history left it, on a Monday morning; gone again afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(MORNING, tick=False):
        statements = Counter()

        def count(execute, sql, params, many, context):
            statements["all"] += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            found = fill(clock.today())
        yield found, statements["all"]
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(book):
    return book[0].world


def test_it_takes_no_more_statements_than_a_minute_holds(book):
    assert book[1] <= MOST_STATEMENTS


def test_there_are_as_many_rows_as_were_written(world):
    expected = {
        User: len(world.people), Product: len(world.products), Initiative: len(world.initiatives), Feature: len(world.features),
        Release: len(world.releases), Dependency: len(world.dependencies), Account: len(world.accounts),
        Requester: len({message.requester for message in world.feedback}), Feedback: len(world.feedback),
        Evidence: sum(len(message.evidence) for message in world.feedback), Rating: len(world.ratings),
        Objective: len(world.objectives), KeyResult: sum(len(objective.results) for objective in world.objectives),
        CheckIn: sum(len(result.check_ins) for objective in world.objectives for result in objective.results),
        Metric: len(world.metrics), MetricPoint: sum(len(metric.points) for metric in world.metrics),
        TeamCapacity: len(world.capacities), StatusUpdate: len(world.updates),
        Allocation: sum(1 + (allocation.ceiling is not None) for allocation in world.allocations),
        Document: len(world.documents), DocumentRevision: sum(len(document.revisions) for document in world.documents),
        Decision: len(world.decisions), Check: len(world.checks), Comment: len(world.comments), SavedView: len(world.views),
        Roadmap: len(world.roadmaps), Snapshot: sum(len(roadmap.boards) for roadmap in world.roadmaps),
        ShareLink: len(world.links),
        FeatureObjective: sum(len(feature.objectives) for feature in world.features),
        FeatureSegment: sum(len(feature.segments) for feature in world.features),
    }  # fmt: skip
    assert {model.__name__: model._base_manager.count() for model in expected} == {model.__name__: n for model, n in expected.items()}


def test_every_feature_stands_where_its_story_led_it(world):
    rows = {
        feature.key: feature
        for feature in Feature._base_manager.select_related("stage", "owner", "release", "initiative", "team", "deal_account", "product")
    }

    def stored(row: Feature) -> dict:
        effort = (row.effort_low, row.effort_likely, row.effort_high)
        return {
            "title": row.title, "product": row.product.key, "kind": row.kind, "stage": row.stage.slug,
            "owner": row.owner and row.owner.email,
            "start": row.start_date, "target": row.target_date, "confidence": row.date_confidence,
            "release": row.release.version_name if row.release else "", "initiative": row.initiative.name if row.initiative else "",
            "team": row.team.name if row.team else "", "deal": row.deal_account.name if row.deal_account else "",
            "effort": None if effort[1] is None else effort, "declined": row.status == "declined",
        }  # fmt: skip

    initiatives = {i.slug: i.title for i in world.initiatives}
    teams, accounts = {t.slug: t.name for t in world.teams}, {a.slug: a.name for a in world.accounts}

    def written(plan) -> dict:
        return {
            "title": plan.title, "product": plan.product, "kind": plan.kind, "stage": plan.stage, "owner": plan.owner or None,
            "start": plan.start, "target": plan.target, "confidence": plan.date_confidence,
            "release": plan.release, "initiative": initiatives.get(plan.initiative, ""), "team": teams.get(plan.team, ""),
            "deal": accounts.get(plan.deal_account, ""), "declined": bool(plan.declined_because),
            "effort": plan.effort and (plan.effort.low, plan.effort.likely, plan.effort.high),
        }  # fmt: skip

    wrong = {plan.key: (stored(rows[plan.key]), written(plan)) for plan in world.features if stored(rows[plan.key]) != written(plan)}
    assert wrong == {}


def test_customers_read_names_on_what_is_shared_with_them(book):
    [address] = book[0].addresses
    response = Client().get(f"{address}data.json")
    rows = response.json()["rows"]
    names = [row["Title"] for row in rows]
    assert len(names) > 40
    assert "Other work" not in names
    assert sum(name.startswith("Work on ") for name in names) < len(names) / 2
    assert LinkVisit._base_manager.aggregate(Sum("count"))["count__sum"] >= len(book[0].world.links[0].opened)


def test_messages_and_accounts_are_in_the_state_their_story_tells(world):
    states = Counter(message.state for message in world.feedback)
    praise = sum(message.state == "triaged" and not message.evidence for message in world.feedback)
    stored = Counter(Feedback._base_manager.values_list("state", flat=True))
    assert stored == {
        "linked": states["triaged"] - praise, "closed": praise, "new": states["new"],
        "declined": states["declined"], "snoozed": states["snoozed"],
    }  # fmt: skip
    assert dict(Account._base_manager.values_list("name", "state")) == {account.name: account.state for account in world.accounts}
    assert Evidence._base_manager.filter(start=None).count() == 0
    drafts = Counter(document.state == "draft" for document in world.documents)
    assert Counter(state == "draft" for state in Document._base_manager.values_list("state", flat=True)) == drafts


def test_nothing_is_stale_no_link_of_the_record_is_broken_and_every_figure_equals_a_fresh_one(book):
    assert not any(derivation.verify().values())
    assert not list(audit.broken_links())


def test_taken_back_to_the_day_before_the_first_it_is_empty(world):
    before = min(act.at for act in world.history) - timedelta(days=1)
    kept = [model for model in apps.get_models() if issubclass(model, Recorded) and model not in OF_THE_INSTALLATION]
    assert len(kept) > 30
    assert {model.__name__: len(values_at(model, before)) for model in kept if values_at(model, before)} == {}


def test_halfway_it_was_half_the_company_it_is(world):
    halfway = MORNING - timedelta(days=274)
    was, is_now = values_at(Feature, halfway), Feature._base_manager.count()
    assert 0.3 * is_now < len(was) < 0.9 * is_now
    assert Event.objects.filter(at__lt=halfway).count() > 0.3 * Event.objects.count()
    assert Change.objects.count() > Event.objects.count() > 4_000


def test_the_dashboard_has_a_row_of_every_month_s_end_of_a_week_ago_and_of_today(book):
    days = set(TileDay._base_manager.values_list("day", flat=True))
    lately = {MORNING.date(), MORNING.date() - timedelta(days=8)}
    assert len(days) >= 18
    assert lately <= days
    assert {(day + timedelta(days=1)).day for day in days - lately} == {1}

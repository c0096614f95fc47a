"""Who stands behind a feature: counted once, through what is merged, kept fresh by every input."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import derivation
from core.acts import act
from core.writes import remove, update
from feedback import services
from feedback.demand import write_demand
from feedback.models import Evidence, Feedback
from portfolio.services import change_account
from roadmaps.models import Feature
from roadmaps.services import merge_feature, unmerge_feature
from tests.factories.feedback import EvidenceFactory, FeedbackFactory, RequesterFactory
from tests.factories.portfolio import AccountFactory
from tests.factories.roadmaps import FeatureFactory

STEP = next(step for step in derivation.steps if step.name == "demand")


def demand(feature: Feature) -> tuple[int, int, Decimal]:
    feature.refresh_from_db()
    assert feature.demand_rev == feature.demand_in
    return feature.demand_people, feature.demand_accounts, feature.demand_revenue


def ask(cast, feature: Feature, requester, importance="important") -> Evidence:
    """The person asks for the feature; linked through the services."""
    message = FeedbackFactory(product=feature.product, requester=requester)
    return services.link_evidence(actor=cast.maker, feedback=message, feature=feature, importance=importance)


def test_a_person_and_an_account_count_once_however_often_they_ask(cast, plan, market):
    ask(cast, plan.own, market.dana)
    ask(cast, plan.own, market.dana)
    colleague = RequesterFactory(account=market.mine)
    ask(cast, plan.own, colleague)
    ask(cast, plan.own, market.jan)
    assert demand(plan.own) == (3, 2, Decimal(412_000 + 355_000))


def test_somebody_without_an_account_is_a_person_and_nobody_named_is_none(cast, plan):
    ask(cast, plan.own, RequesterFactory(account=None))
    ask(cast, plan.own, None)
    assert demand(plan.own) == (1, 0, 0)


@pytest.mark.parametrize(("state", "revenue"), [("customer", 50), ("prospect", 50), ("churned", 0), ("lost", 0)])
def test_revenue_is_that_of_customers_and_prospects(cast, plan, state, revenue):
    ask(cast, plan.own, RequesterFactory(account=AccountFactory(annual_revenue=50, state=state)))
    assert demand(plan.own) == (1, 1, revenue)


def test_an_account_without_a_known_revenue_adds_nothing(cast, plan, market):
    ask(cast, plan.own, RequesterFactory(account=AccountFactory(annual_revenue=None)))
    ask(cast, plan.own, market.dana)
    assert demand(plan.own) == (2, 2, Decimal(412_000))


def test_cents_add_up(cast, plan):
    for cents in ("0.10", "0.20", "1234567.89"):
        ask(cast, plan.own, RequesterFactory(account=AccountFactory(annual_revenue=Decimal(cents))))
    assert demand(plan.own)[2] == Decimal("1234568.19")


def test_unlinking_takes_the_person_back(cast, plan, market):
    link = ask(cast, plan.own, market.dana)
    services.unlink_evidence(actor=cast.maker, evidence=link)
    assert demand(plan.own) == (0, 0, 0)


# --- merges ----------------------------------------------------------------------------------------------------------------


def test_a_merged_feature_counts_at_the_canonical_one_and_back(cast, plan, market):
    twin = FeatureFactory(product=cast.own)
    ask(cast, plan.own, market.dana)
    ask(cast, twin, market.dana)
    ask(cast, twin, market.jan)
    merge_feature(actor=cast.maker, feature=twin, into=plan.own)
    assert demand(plan.own)[:2] == (2, 2)
    assert demand(twin) == (0, 0, 0)
    unmerge_feature(actor=cast.maker, feature=twin)
    assert demand(plan.own)[:2] == (1, 1)
    assert demand(twin)[:2] == (2, 2)


def test_a_link_to_a_merged_feature_is_made_to_the_canonical_one(cast, plan, market):
    twin = FeatureFactory(product=cast.own)
    merge_feature(actor=cast.maker, feature=twin, into=plan.own)
    assert ask(cast, twin, market.dana).feature == plan.own
    assert demand(plan.own)[0] == 1


def test_merged_messages_speak_for_the_same_features_and_back(cast, plan, market):
    link = ask(cast, plan.own, market.dana)
    echo = FeedbackFactory(product=cast.own, requester=market.jan)
    services.merge_feedback(actor=cast.maker, feedback=echo, into=link.feedback)
    assert demand(plan.own)[:2] == (2, 2)
    services.unmerge_feedback(actor=cast.maker, feedback=echo)
    assert demand(plan.own)[:2] == (1, 1)


def test_the_canonical_message_counts_through_the_link_of_one_merged_into_it(cast, plan, market):
    link = ask(cast, plan.own, market.dana)
    canonical = FeedbackFactory(product=cast.own, requester=market.jan)
    sibling = FeedbackFactory(product=cast.own, requester=RequesterFactory(account=market.other))
    services.merge_feedback(actor=cast.maker, feedback=link.feedback, into=canonical)
    services.merge_feedback(actor=cast.maker, feedback=sibling, into=canonical)
    assert demand(plan.own)[:2] == (3, 2)
    services.unmerge_feedback(actor=cast.maker, feedback=link.feedback)
    assert demand(plan.own)[:2] == (1, 1)


# --- fresh after every input ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(cast, plan, market) -> Evidence:
    link = ask(cast, plan.own, market.dana)
    FeatureFactory(product=cast.own)
    return link


def test_every_declared_input_has_a_change_that_is_seen(cast, plan, market, asked):
    """One change for each input the step declares; after each, the stored demand is what is computed from nothing."""
    account = AccountFactory(annual_revenue=7)
    echo = FeedbackFactory(product=cast.own, requester=market.jan)
    other = RequesterFactory(account=account)
    twin = FeatureFactory(product=cast.own)
    ask(cast, twin, other)
    changes = {
        ("portfolio.account", "annual_revenue"): lambda: change_account(actor=cast.leader, account=market.mine, annual_revenue=Decimal(9)),
        ("portfolio.account", "state"): lambda: change_account(actor=cast.leader, account=market.mine, state="lost"),
        ("feedback.requester", "account"): lambda: services.change_requester(actor=cast.maker, requester=market.dana, account=account),
        ("portfolio.account", "deleted_at"): lambda: write(cast, account, "remove"),
        ("feedback.feedback", "requester"): lambda: services.change_feedback(
            actor=cast.maker, feedback=asked.feedback, requester=market.jan
        ),
        ("feedback.feedback", "merged_into"): lambda: services.merge_feedback(actor=cast.maker, feedback=echo, into=asked.feedback),
        ("roadmaps.feature", "merged_into"): lambda: merge_feature(actor=cast.maker, feature=twin, into=plan.own),
        ("feedback.requester", "deleted_at"): lambda: write(cast, other, "remove"),
        ("feedback.feedback", "deleted_at"): lambda: write(cast, echo, "remove"),
        ("roadmaps.feature", "deleted_at"): lambda: write(cast, twin, "remove"),
        ("feedback.evidence", "deleted_at"): lambda: services.unlink_evidence(actor=cast.maker, evidence=asked),
    }
    declared = {(source.model._meta.label_lower, name) for source in STEP.inputs for name in source.fields}
    assert declared - set(changes) == {("feedback.evidence", "feature"), ("feedback.evidence", "feedback")}  # set when the link is made
    for change in changes.values():
        before = Feature.objects.get(pk=plan.own.pk).demand_in
        change()
        after = Feature.objects.get(pk=plan.own.pk)
        assert after.demand_in > before
        assert after.demand_rev == after.demand_in
        assert derivation.verify()["demand"] == 0


def write(cast, row, how: str) -> None:
    row.refresh_from_db()
    with act(cast.admin):
        remove(row, "test.removed") if how == "remove" else update(row, {}, "test.changed")


def test_a_change_of_many_is_left_to_the_worker_and_said_to_be_due(cast, plan, market):
    links = []
    with act(cast.maker):
        for _ in range(30):
            feature = FeatureFactory(product=cast.own)
            links.append(ask(cast, feature, market.dana))
    due = Feature.objects.filter(pk__in=[link.feature_id for link in links], demand_people=0)
    assert due.count() == 30
    derivation.run_pass()
    assert Feature.objects.filter(pk__in=[link.feature_id for link in links], demand_people=1).count() == 30


def test_more_demand_moves_the_score_in_the_same_act(cast, plan, market):
    before = Feature.objects.get(pk=plan.own.pk).score_in
    ask(cast, plan.own, market.dana)
    assert Feature.objects.get(pk=plan.own.pk).score_in > before


def test_the_demand_of_many_is_one_statement(cast, plan, market):
    links = [EvidenceFactory(feature=FeatureFactory(product=cast.own), feedback__requester=market.dana) for _ in range(40)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        changed = write_demand([link.feature_id for link in links])
    assert len(asked) == 1
    assert len(changed) == 40
    assert write_demand([link.feature_id for link in links]) == []


def test_demand_is_computed_before_the_score_it_feeds():
    names = [step.name for step in derivation.steps]
    assert names.index("demand") < names.index("score")


def test_a_message_that_is_only_read_raises_nothing(cast, plan, market):
    FeedbackFactory(product=cast.own, requester=market.dana)
    assert Feature.objects.get(pk=plan.own.pk).demand_in == 0
    assert Feedback.objects.count() == 1

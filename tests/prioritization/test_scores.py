"""Scores follow from ratings, effort and weights; set-based and one by one they are the same."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock, derivation
from core.acts import act
from core.exceptions import NotAllowed, Outdated, RuleBroken
from core.models import CustomValue, Event
from core.services import create_custom_field
from core.writes import remove, update
from feedback.services import link_evidence
from portfolio.models import Account, Objective
from portfolio.services import change_account, change_objective, delete_objective
from prioritization import services
from prioritization.explanation import score_of
from prioritization.models import Consensus, Criterion, Rating, ScoreChange
from prioritization.reports import explain_score, said, scales
from prioritization.scoring import formula_of
from roadmaps.models import Feature, FeatureObjective
from roadmaps.order import first_key
from roadmaps.services import change_feature, create_feature
from tests.factories.core import UserFactory
from tests.factories.feedback import FeedbackFactory, RequesterFactory
from tests.factories.portfolio import AccountFactory, ObjectiveFactory


def fresh(feature: Feature) -> Feature:
    return Feature.objects.get(pk=feature.pk)


def test_a_rating_moves_the_score_in_the_same_act(cast, plan, criteria):
    services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["fit"], value=Decimal(5))
    row = fresh(plan.own)
    assert (row.score_low, row.score, row.score_high) == (Decimal(50), Decimal(75), Decimal(100))
    assert row.score_completeness == Decimal("0.333")
    assert not row.is_score_due


def test_a_blank_is_not_zero_and_a_full_score_has_no_range(cast, plan, criteria):
    for key, value in {"fit": 3, "value": 5}.items():
        services.rate(actor=cast.maker, feature=plan.own, criterion=criteria[key], value=Decimal(value))
    change_feature(actor=cast.maker, feature=plan.own, effort_low=Decimal(5), effort_likely=Decimal(5), effort_high=Decimal(5))
    row = fresh(plan.own)
    assert row.score_low == row.score == row.score_high == Decimal(25) + 30 + 15
    assert row.score_completeness == 1


def test_everybody_s_rating_is_kept_and_they_agree_by_the_criterion_s_rule(cast, plan, criteria):
    raters = [cast.maker, cast.leader, cast.ops]
    for rater, value in zip(raters, (1, 4, 5), strict=True):
        services.rate(actor=rater, feature=plan.own, criterion=criteria["value"], value=Decimal(value))
        services.rate(actor=rater, feature=plan.own, criterion=criteria["fit"], value=Decimal(value))
    agreed = {c.criterion.key: c for c in Consensus.objects.filter(feature=plan.own).select_related("criterion")}
    assert agreed["value"].value == 4
    assert agreed["fit"].value == Decimal("3.3333")
    assert (agreed["fit"].low, agreed["fit"].high, agreed["fit"].count) == (1, 5, 3)
    assert Rating.objects.filter(feature=plan.own).count() == 6


def test_a_second_rating_replaces_the_first_and_a_withdrawn_one_leaves_a_blank(cast, plan, criteria):
    rating = services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["fit"], value=Decimal(2))
    again = services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["fit"], value=Decimal(4))
    assert again.pk == rating.pk
    assert Consensus.objects.get(feature=plan.own).value == 4
    services.withdraw_rating(actor=cast.maker, rating=again)
    assert not Consensus.objects.exists()
    assert fresh(plan.own).score_completeness == 0


def test_many_ratings_are_one_event_and_all_or_none(cast, plan, criteria):
    says = [services.Say(plan.own, criteria["fit"], Decimal(4)), services.Say(plan.foreign, criteria["fit"], Decimal(2))]
    before = Event.objects.count()
    services.rate_many(actor=cast.maker, says=says)
    assert Event.objects.count() == before + 1
    with pytest.raises(RuleBroken, match="from 1 to 5"):
        services.rate_many(
            actor=cast.maker,
            says=[services.Say(plan.own, criteria["value"], Decimal(3)), services.Say(plan.own, criteria["fit"], Decimal(6))],
        )
    assert not Rating.objects.filter(criterion=criteria["value"]).exists()
    assert Event.objects.count() == before + 1


@pytest.mark.parametrize("who", ["contributor", "guest", "stranger"])
def test_who_may_not_rate_is_refused(cast, plan, criteria, who):
    feature = plan.private if who == "stranger" else plan.own
    with pytest.raises(NotAllowed):
        services.rate(actor=getattr(cast, who), feature=feature, criterion=criteria["fit"], value=Decimal(3))


def test_a_computed_criterion_cannot_be_rated(cast, plan, criteria):
    with pytest.raises(RuleBroken, match="computed"):
        services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["low_effort"], value=Decimal(3))


def test_adding_a_feature_changes_no_other_s_score(cast, plan, criteria):
    services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["fit"], value=Decimal(4))
    derivation.run_pass()
    before = dict(Feature.objects.values_list("pk", "score"))
    create_feature(actor=cast.maker, product=cast.own, title="Another one", effort_likely=Decimal(1))
    derivation.run_pass()
    after = dict(Feature.objects.filter(pk__in=before).values_list("pk", "score"))
    assert after == before


def test_new_weights_are_an_edition_that_reaches_every_score_without_a_history_row_each(cast, plan, model, criteria):
    services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["fit"], value=Decimal(5))
    derivation.run_pass()
    moved = ScoreChange.objects.count()
    events = Event.objects.count()
    changed = services.change_model(actor=cast.ops, model=model, weights={"fit": Decimal(10), "value": Decimal(90)})
    assert changed.edition == 2
    assert Event.objects.count() == events + 1
    assert fresh(plan.own).score_version != changed.stamp
    derivation.run_pass()
    assert set(Feature.objects.values_list("score_version", flat=True)) == {changed.stamp}
    assert fresh(plan.own).score == Decimal("54.166667")
    assert ScoreChange.objects.count() == moved
    assert derivation.verify()["score"] == 0


def test_two_people_who_change_weights_at_once_do_not_lose_one(cast, plan, model):
    seen = model.version
    services.change_model(actor=cast.ops, model=model, weights={"fit": Decimal(10)}, seen=seen)
    stale = type(model).objects.get(pk=model.pk)
    with pytest.raises(Outdated):
        services.change_model(actor=cast.admin, model=stale, weights={"fit": Decimal(80)}, seen=seen)
    assert Criterion.objects.get(model=model, key="fit").weight == 10


def test_a_formula_of_one_s_own_scores_value_over_effort(cast, plan, model, criteria):
    services.change_model(actor=cast.ops, model=model, formula="100 * (0.6 * fit + 0.4 * value) / max(low_effort_raw, 0.5)")
    for key, value in {"fit": 5, "value": 5}.items():
        services.rate(actor=cast.maker, feature=plan.own, criterion=criteria[key], value=Decimal(value))
    change_feature(actor=cast.maker, feature=plan.own, effort_low=Decimal(4), effort_likely=Decimal(5), effort_high=Decimal(8))
    row = fresh(plan.own)
    assert (row.score_low, row.score, row.score_high) == (Decimal("12.5"), Decimal(20), Decimal(25))
    report = explain_score(row, cast.maker)
    assert report.base + sum(line.contribution for line in report.lines) == row.score
    with pytest.raises(RuleBroken, match="no criterion"):
        services.change_model(actor=cast.ops, model=model, formula="fit + magic")


def test_what_moved_a_score_is_kept(cast, plan, criteria):
    derivation.run_pass()
    services.rate(actor=cast.maker, feature=plan.own, criterion=criteria["fit"], value=Decimal(5))
    change = ScoreChange.objects.get(feature=plan.own)
    assert (change.old, change.new) == (Decimal(50), Decimal(75))
    assert explain_score(fresh(plan.own), cast.maker).moved == 25
    ScoreChange.objects.update(at=clock.now() - timedelta(days=8))
    assert explain_score(fresh(plan.own), cast.maker).moved is None


effort = st.none() | st.tuples(st.integers(0, 30), st.integers(0, 10), st.integers(0, 10))
rating = st.none() | st.integers(1, 5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(rating, rating, effort), min_size=1, max_size=5))
def test_set_based_equals_one_by_one_equals_fresh(cast, plan, model, criteria, rows):
    features = []
    for fit, value, spread in rows:
        values = {}
        if spread:
            low, more, most = spread
            values = {"effort_low": Decimal(low), "effort_likely": Decimal(low + more), "effort_high": Decimal(low + more + most)}
        feature = create_feature(actor=cast.maker, product=cast.own, title="Random", **values)
        for key, said_value in (("fit", fit), ("value", value)):
            if said_value:
                services.rate(actor=cast.maker, feature=feature, criterion=criteria[key], value=Decimal(said_value))
        features.append(feature.pk)
    one_by_one = dict(Feature.objects.filter(pk__in=features).values_list("pk", "score"))
    own = list(criteria.values())
    for row in Feature.objects.filter(pk__in=features):
        agreed = {c.criterion_id: c.value for c in Consensus.objects.filter(feature=row)}
        values = {c.key: said(c, agreed, row, Decimal(0)) for c in own}
        assert (row.score_low, row.score, row.score_high) == score_of(formula_of(model, own), scales(own), values)
    Feature.objects.filter(pk__in=features).update(score=None, score_low=None, score_high=None, score_in=F("score_in") + 1)
    derivation.run_pass()
    assert dict(Feature.objects.filter(pk__in=features).values_list("pk", "score")) == one_by_one


def test_a_hundred_ratings_take_as_many_statements_as_ten(cast, plan, criteria, django_assert_max_num_queries):
    rater = UserFactory(role="leader")
    features = [create_feature(actor=cast.maker, product=cast.own, title=f"Idea {n}") for n in range(60)]
    with django_assert_max_num_queries(24):
        services.rate_many(actor=rater, says=[services.Say(f, criteria["fit"], Decimal(3)) for f in features])


@pytest.mark.parametrize("key", ["if", "min", "log", "effort_raw"])
def test_a_criterion_takes_no_word_of_the_formula_language(cast, key):
    with pytest.raises(RuleBroken, match="something else in formulas"):
        services.create_model(actor=cast.ops, name="Odd", criteria=[{"key": key, "name": "Odd"}])
    assert not Event.objects.exists()


# --- fresh after every input -----------------------------------------------------------------------------------------


SCORE = next(step for step in derivation.steps if step.name == "score")
SOURCES = {"effort": 20, "demand": 10, "revenue": 1000, "alignment": 20}
EVERY_SOURCE = [{"key": "fit", "name": "Strategic fit", "weight": Decimal(20)}] + [
    {
        "key": source,
        "name": source.title(),
        "kind": "computed",
        "source": source,
        "scale_min": Decimal(0),
        "scale_max": Decimal(scale),
        "weight": Decimal(20),
    }
    for source, scale in SOURCES.items()
]


@dataclass(frozen=True)
class Scored:
    """What the own feature's score follows from; the foreign feature serves the same objective, the private one nothing."""

    rating: Rating
    link: FeatureObjective
    objective: Objective
    other: Objective
    account: Account


@pytest.fixture
def scored(cast, plan) -> Scored:
    size, pilot = (
        create_custom_field(actor=cast.ops, subject="roadmaps.feature", key=key, label=key.title(), kind=kind)
        for key, kind in (("size", "number"), ("pilot", "flag"))
    )
    fields = [
        {
            "key": field.key,
            "name": field.label,
            "kind": "computed",
            "source": "field",
            "custom_field": field,
            "scale_min": 0,
            "scale_max": top,
        }
        for field, top in ((size, 10), (pilot, 1))
    ]
    services.create_model(actor=cast.ops, name="Every source", criteria=[*EVERY_SOURCE, *fields])
    hold(cast, plan, size=Decimal(3), pilot=True)
    objective, other, account = ObjectiveFactory(weight=1), ObjectiveFactory(weight=3), AccountFactory(annual_revenue=100)
    for feature, maker in ((plan.own, cast.maker), (plan.foreign, cast.other_maker)):
        change_feature(
            actor=maker,
            feature=feature,
            effort_low=Decimal(4),
            effort_likely=Decimal(6),
            effort_high=Decimal(8),
            objectives=[(objective, 1)],
        )
    rating = services.rate(actor=cast.maker, feature=plan.own, criterion=Criterion.objects.get(key="fit"), value=Decimal(2))
    message = FeedbackFactory(product=cast.own, requester=RequesterFactory(account=account))
    link_evidence(actor=cast.maker, feedback=message, feature=plan.own)
    derivation.run_pass()
    return Scored(rating, FeatureObjective.objects.get(feature=plan.own), objective, other, account)


def hold(cast, plan, **values) -> None:
    change_feature(actor=cast.maker, feature=fresh(plan.own), **values)


def more_people(cast, plan) -> None:
    message = FeedbackFactory(product=cast.own, requester=RequesterFactory(account=None))
    link_evidence(actor=cast.maker, feedback=message, feature=plan.own)


def write(cast, row, **values) -> None:
    """The row as it is now gets these values; without any it is removed."""
    row.refresh_from_db()
    with act(cast.admin):
        update(row, values, "test.changed") if values else remove(row, "test.removed")


def move_to_a_product_with_its_own_model(cast, plan) -> None:
    write(cast, plan.own, product=cast.foreign, number=77, key="FOREIGN-77", sort_key=first_key(77))


OF_OWN, OF_BOTH = ("own",), ("foreign", "own")
# By declared input: which features it makes due, and a change of it.
CHANGES = {
    ("roadmaps.feature", "effort_low"): (OF_OWN, lambda c, p, s: write(c, p.own, effort_low=Decimal(1))),
    ("roadmaps.feature", "effort_likely"): (OF_OWN, lambda c, p, s: write(c, p.own, effort_likely=Decimal(7))),
    ("roadmaps.feature", "effort_high"): (OF_OWN, lambda c, p, s: write(c, p.own, effort_high=Decimal(19))),
    ("roadmaps.feature", "demand_people"): (OF_OWN, lambda c, p, s: more_people(c, p)),
    ("roadmaps.feature", "demand_revenue"): (
        OF_OWN,
        lambda c, p, s: change_account(actor=c.leader, account=s.account, annual_revenue=Decimal(900)),
    ),
    ("roadmaps.feature", "product"): (OF_OWN, lambda c, p, s: move_to_a_product_with_its_own_model(c, p)),
    ("prioritization.rating", "value"): (
        OF_OWN,
        lambda c, p, s: services.rate(actor=c.maker, feature=p.own, criterion=s.rating.criterion, value=Decimal(5)),
    ),
    ("prioritization.rating", "deleted_at"): (OF_OWN, lambda c, p, s: services.withdraw_rating(actor=c.maker, rating=s.rating)),
    ("roadmaps.featureobjective", "strength"): (
        OF_OWN,
        lambda c, p, s: change_feature(actor=c.maker, feature=fresh(p.own), objectives=[(s.objective, 3)]),
    ),
    ("roadmaps.featureobjective", "objective"): (OF_OWN, lambda c, p, s: write(c, s.link, objective=s.other)),
    ("roadmaps.featureobjective", "deleted_at"): (
        OF_OWN,
        lambda c, p, s: change_feature(actor=c.maker, feature=fresh(p.own), objectives=[]),
    ),
    ("core.customvalue", "number"): (OF_OWN, lambda c, p, s: hold(c, p, size=Decimal(9))),
    ("core.customvalue", "flag"): (OF_OWN, lambda c, p, s: hold(c, p, pilot=False)),
    ("core.customvalue", "deleted_at"): (OF_OWN, lambda c, p, s: write(c, CustomValue.objects.get(number=3))),
    ("portfolio.objective", "weight"): (
        OF_BOTH,
        lambda c, p, s: change_objective(actor=c.admin, objective=s.objective, weight=Decimal(5)),
    ),
    ("portfolio.objective", "deleted_at"): (OF_BOTH, lambda c, p, s: delete_objective(actor=c.admin, objective=s.objective)),
}


def test_every_declared_input_of_the_score_has_a_change():
    assert set(CHANGES) == {(source.model._meta.label_lower, name) for source in SCORE.inputs for name in source.fields}


@pytest.mark.parametrize("name", CHANGES, ids=" ".join)
def test_a_change_of_an_input_makes_exactly_the_right_scores_due_and_right_again(cast, plan, scored, name):
    expected, change = CHANGES[name]
    if name == ("roadmaps.feature", "product"):
        services.create_model(actor=cast.other_maker, name="Foreign's own", product=cast.foreign, criteria=EVERY_SOURCE[1:2])
        derivation.run_pass()
    keys = {"own": plan.own.pk, "foreign": plan.foreign.pk, "private": plan.private.pk}
    before = {key: (row.score_in, stored(row)) for key, row in ((key, fresh(Feature(pk=pk))) for key, pk in keys.items())}
    change(cast, plan, scored)
    after = {key: fresh(Feature(pk=pk)) for key, pk in keys.items()}
    assert tuple(sorted(key for key, row in after.items() if row.score_in > before[key][0])) == expected
    assert tuple(sorted(key for key, row in after.items() if stored(row) != before[key][1])) == expected
    assert all(row.score_rev == row.score_in for row in after.values())
    Feature.objects.update(score=None, score_low=None, score_high=None, score_completeness=0, score_in=F("score_in") + 1)
    derivation.run_pass()
    assert {key: stored(fresh(row)) for key, row in after.items()} == {key: stored(row) for key, row in after.items()}


def stored(row: Feature) -> tuple:
    return tuple(getattr(row, name) for name in SCORE.outputs)

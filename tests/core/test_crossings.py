"""A product becomes private only when no row of another product tells of it."""

from datetime import date

import pytest

from core.exceptions import RuleBroken
from core.models import Event, Product
from core.services import change_product
from core.undo import undo_event
from portfolio.models import KeyResult, Metric, Objective
from roadmaps.models import FeatureObjective, InitiativeObjective
from tests.factories.feedback import EvidenceFactory, FeedbackFactory
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory

PRIVATE = Product.Visibility.PRIVATE


def objective(product):
    return Objective.objects.create(title="Faster", product=product, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))


CROSSED = {
    "initiatives": lambda own, other: FeatureFactory(product=other, initiative=InitiativeFactory(product=own)),
    "releases": lambda own, other: FeatureFactory(product=other, release=ReleaseFactory(product=own)),
    "merged into": lambda own, other: FeatureFactory(product=other, merged_into=FeatureFactory(product=own)),
    "features serve": lambda own, other: FeatureObjective.objects.create(feature=FeatureFactory(product=other), objective=objective(own)),
    "initiatives serve": lambda own, other: InitiativeObjective.objects.create(
        initiative=InitiativeFactory(product=other), objective=objective(own)
    ),
    "objectives that others' objectives": lambda own, other: Objective.objects.filter(pk=objective(other).pk).update(parent=objective(own)),
    "key results": lambda own, other: KeyResult.objects.create(
        objective=objective(other), title="Days", target=1, metric=Metric.objects.create(name="Days", product=own)
    ),
    "others' messages": lambda own, other: EvidenceFactory(feature=FeatureFactory(product=own), feedback=FeedbackFactory(product=other)),
    "features of other products": lambda own, other: EvidenceFactory(
        feature=FeatureFactory(product=other), feedback=FeedbackFactory(product=own)
    ),
    "merged with": lambda own, other: FeedbackFactory(product=other, merged_into=FeedbackFactory(product=own)),
}


@pytest.mark.parametrize("name", CROSSED)
def test_a_product_that_others_point_into_stays_open(cast, name):
    CROSSED[name](cast.own, cast.foreign)
    with pytest.raises(RuleBroken, match=name) as refused:
        change_product(actor=cast.maker, product=cast.own, visibility=PRIVATE)
    assert refused.value.field == "visibility"
    assert Product.objects.get(pk=cast.own.pk).visibility == Product.Visibility.OPEN


def test_links_within_a_product_and_hidden_ones_keep_nobody(cast):
    initiative, release = InitiativeFactory(product=cast.own), ReleaseFactory(product=cast.own)
    feature = FeatureFactory(product=cast.own, initiative=initiative, release=release)
    DependencyFactory(predecessor=feature, successor=FeatureFactory(product=cast.foreign))
    EvidenceFactory(feature=feature, feedback=FeedbackFactory(product=None))
    change_product(actor=cast.maker, product=cast.own, visibility=PRIVATE)
    assert Product.objects.get(pk=cast.own.pk).is_private


def test_taking_back_does_not_hide_what_others_point_into(cast):
    change_product(actor=cast.maker, product=cast.private, visibility=Product.Visibility.OPEN)
    opened = Event.objects.latest("number")
    CROSSED["initiatives"](cast.private, cast.foreign)
    with pytest.raises(RuleBroken, match="initiatives"):
        undo_event(actor=cast.maker, event=opened)

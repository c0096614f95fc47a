"""Scores made of what an organisation keeps in fields of its own."""

from decimal import Decimal

import pytest

from core import derivation
from core import services as core
from core.exceptions import RuleBroken
from core.models import CustomField, Event
from core.undo import undo_event
from prioritization import services
from prioritization.models import Criterion
from prioritization.reports import explain_score
from roadmaps.models import Feature
from roadmaps.services import change_feature
from tests.factories.core import MembershipFactory

SUBJECT = "roadmaps.feature"


def make(actor, kind: str = "money", **values) -> CustomField:
    return core.create_custom_field(actor=actor, **{"subject": SUBJECT, "key": "at_stake", "label": "At stake", "kind": kind, **values})


def score_by(cast, model, field: CustomField, **values) -> Criterion:
    given = {"name": field.label, "kind": "computed", "source": "field", "custom_field": field, "weight": Decimal(100)}
    return services.create_criterion(actor=cast.ops, model=model, **given | {"scale_min": Decimal(0), "scale_max": Decimal(100), **values})


def scored(feature: Feature) -> tuple:
    row = Feature.objects.get(pk=feature.pk)
    return row.score_low, row.score, row.score_high


@pytest.fixture
def alone(cast, plan, model, criteria):
    """A model that counts nothing but a custom field."""
    field = make(cast.ops)
    made = score_by(cast, model, field)
    for criterion in criteria.values():
        services.delete_criterion(actor=cast.ops, criterion=criterion)
    derivation.run_pass()
    return made


def test_a_score_follows_what_a_field_holds_in_the_same_act(cast, plan, alone):
    assert scored(plan.own) == (0, 50, 100)
    change_feature(actor=cast.maker, feature=plan.own, at_stake=Decimal(80))
    assert scored(plan.own) == (80, 80, 80)
    change_feature(actor=cast.maker, feature=plan.own, at_stake=Decimal(-5))
    assert scored(plan.own) == (0, 0, 0)
    change_feature(actor=cast.maker, feature=plan.own, at_stake=None)
    assert scored(plan.own) == (0, 50, 100)
    assert derivation.verify()["score"] == 0


def test_a_yes_counts_as_one_and_a_no_as_nothing(cast, plan, model, criteria):
    field = make(cast.ops, kind="flag", key="pilot", label="Pilot")
    score_by(cast, model, field, scale_max=Decimal(1))
    for criterion in criteria.values():
        services.delete_criterion(actor=cast.ops, criterion=criterion)
    for value, expected in ((True, 100), (False, 0)):
        change_feature(actor=cast.maker, feature=plan.own, pilot=value)
        derivation.run_pass()
        assert scored(plan.own)[1] == expected


def test_the_explanation_tells_the_field_and_adds_up(cast, plan, alone):
    change_feature(actor=cast.maker, feature=plan.own, at_stake=Decimal(80))
    report = explain_score(Feature.objects.get(pk=plan.own.pk), cast.maker)
    assert [(line.criterion.name, line.value) for line in report.lines] == [("At stake", Decimal("80.0"))]
    assert report.base + sum(line.contribution for line in report.lines) == Decimal(80)


def test_a_field_scored_by_stays_until_the_criterion_goes(cast, alone):
    field = CustomField.objects.get()
    with pytest.raises(RuleBroken, match="scores by At stake"):
        core.delete_custom_field(actor=cast.ops, field=field)
    with pytest.raises(RuleBroken, match="kept from guests"):
        core.change_custom_field(actor=cast.ops, field=CustomField.objects.get(), is_internal=True)


@pytest.mark.parametrize(("values", "sentence"), [({"kind": "text"}, "numbers, money"), ({"is_internal": True}, "kept from guests")])
def test_what_scores_cannot_be_made_of_is_refused(cast, model, values, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        score_by(cast, model, make(cast.ops, **values))


def test_the_portfolio_does_not_score_by_a_field_of_one_product(cast, model):
    with pytest.raises(RuleBroken, match="field of one product"):
        score_by(cast, model, make(cast.maker, product=cast.own))


def test_the_page_and_the_api_offer_the_fields_there_are(cast, model, browse, program):
    field = make(cast.ops)
    client = browse(cast.ops)
    assert f'value="field:{field.pk}">At stake' in client.get(f"/settings/scoring/{model.pk}/").content.decode()
    given = {"name": "At stake", "reads": f"field:{field.pk}", "weight": 10, "direction": "up", "scale_min": 0, "scale_max": 500000}
    answer = client.post(f"/settings/scoring/{model.pk}/criteria/", given | {"consensus": "mean"}, follow=True)
    assert "computed: At stake" in answer.content.decode()
    body = {"model": model.pk, "key": "stake", "name": "Again", "kind": "computed", "source": "field", "custom_field": field.pk}
    made = program(cast.ops, scopes=["read", "write"]).post("/api/v1/criteria/", body, format="json")
    assert (made.status_code, made.data["custom_field"]) == (201, field.pk)


def test_a_criterion_does_not_come_back_over_a_field_that_scores_may_not_tell(cast, alone, model):
    other = services.create_criterion(actor=cast.ops, model=model, name="Rated")
    services.delete_criterion(actor=cast.ops, criterion=alone)
    removal = Event.objects.order_by("-number").first()
    core.change_custom_field(actor=cast.ops, field=CustomField.objects.get(), is_internal=True)
    with pytest.raises(RuleBroken, match="kept from guests"):
        undo_event(actor=cast.ops, event=removal)
    assert other.pk


def test_a_guest_opens_a_feature_scored_by_the_portfolio(cast, plan, model, browse):
    MembershipFactory(product=cast.own, user=cast.guest)
    assert browse(cast.guest).get(f"/features/{plan.own.key}/").status_code == 200

"""Checks on entering a stage: what is met, what stops, what is passed over and kept."""

import pytest

from core.exceptions import NotAllowed, RuleBroken
from core.models import Event
from core.undo import undo_event
from governance import services
from governance.models import Check, Waiver
from governance.reports import check_states, next_stage
from prioritization.models import Consensus, Criterion, ScoringModel
from roadmaps import services as plan_services
from roadmaps.models import Feature
from roadmaps.stage_entry import ReasonNeeded
from tests.factories.documents import DocumentFactory, TemplateFactory
from tests.factories.governance import CheckFactory

pytestmark = pytest.mark.django_db


def state(check, feature, user):
    """The sentence of one check for the feature as it is stored."""
    (found,) = check_states(Feature.objects.get(pk=feature.pk), check.stage, user)
    return found.sentence


# --- what is met ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"), [("description", "words"), ("owner", "maker"), ("target_date", "2027-01-01"), ("start_date", "2027-01-01")]
)
def test_a_field_must_be_filled(cast, plan, field, value):
    check = CheckFactory(kind=Check.Kind.FIELD, field=field)
    assert state(check, plan.own, cast.maker).endswith("is blank.")
    Feature.objects.filter(pk=plan.own.pk).update(**{field: getattr(cast, value, value)})
    assert state(check, plan.own, cast.maker) == ""


def test_effort_must_be_estimated_and_zero_is_an_estimate(cast, plan):
    check = CheckFactory()
    assert state(check, plan.own, cast.maker) == "Effort is not estimated."
    Feature.objects.filter(pk=plan.own.pk).update(effort_likely=0)
    assert state(check, plan.own, cast.maker) == ""


def test_every_criterion_people_rate_must_be_rated(cast, plan):
    check = CheckFactory(kind=Check.Kind.RATINGS)
    assert state(check, plan.own, cast.maker) == ""
    model = ScoringModel.objects.create(name="Value", formula="")
    reach, fit = (Criterion.objects.create(model=model, key=key, name=key.title()) for key in ("reach", "fit"))
    Criterion.objects.create(model=model, key="effort", name="Effort", kind="computed", source="effort")
    Consensus.objects.create(feature=plan.own, criterion=reach, value=3, low=3, high=3)
    assert state(check, plan.own, cast.maker) == "Not rated yet: Fit."
    Consensus.objects.create(feature=plan.own, criterion=fit, value=3, low=3, high=3)
    assert state(check, plan.own, cast.maker) == ""


def test_a_document_must_have_its_required_sections(cast, plan):
    template = TemplateFactory(name="Requirements")
    check = CheckFactory(kind=Check.Kind.DOCUMENT, template=template)
    assert state(check, plan.own, cast.maker) == "Requirements is not begun."
    row = DocumentFactory(template=template, feature=plan.own, sections=[{"heading": "Problem", "text": "It hurts."}])
    assert state(check, plan.own, cast.maker) == "Requirements lacks: Outcome."
    row.delete()
    DocumentFactory(template=template, feature=plan.own, written=True)
    assert state(check, plan.own, cast.maker) == ""


@pytest.mark.parametrize(("asked", "sentence"), [(0, "Nobody has asked"), (1, "One person asked"), (2, "2 people asked"), (3, "")])
def test_enough_people_must_have_asked(cast, plan, asked, sentence):
    check = CheckFactory(kind=Check.Kind.EVIDENCE, least=3)
    Feature.objects.filter(pk=plan.own.pk).update(demand_people=asked)
    assert state(check, plan.own, cast.maker).startswith(sentence)
    assert bool(state(check, plan.own, cast.maker)) == bool(sentence)


def test_the_next_stage_is_the_one_after(cast, plan):
    assert next_stage(plan.own, cast.maker).slug == "validation"
    plan.own.stage = plan.stages["sunset"]
    assert next_stage(plan.own, cast.maker) is None


# --- entering -------------------------------------------------------------------------------------------------------


def enter(cast, plan, **options):
    return plan_services.enter_stage(actor=cast.maker, feature=plan.own, stage=plan.stages["validation"], **options)


def test_an_advisory_check_is_passed_over_for_a_reason_that_is_kept_in_the_same_act(cast, plan):
    CheckFactory()
    CheckFactory(kind=Check.Kind.FIELD, field="owner")
    with pytest.raises(ReasonNeeded) as raised:
        enter(cast, plan, reason="  ")
    assert "Effort is not estimated." in str(raised.value)
    assert Feature.objects.get(pk=plan.own.pk).stage.slug == "discovery"
    before = Event.objects.count()
    enter(cast, plan, reason="The pilot cannot wait.")
    assert Event.objects.count() == before + 1
    kept = Waiver.objects.order_by("pk")
    assert [(w.sentence, w.reason, w.by) for w in kept] == [
        ("Effort is not estimated.", "The pilot cannot wait.", cast.maker),
        ("Owner is blank.", "The pilot cannot wait.", cast.maker),
    ]


def test_taking_the_step_back_takes_the_waiver_back(cast, plan):
    CheckFactory()
    enter(cast, plan, reason="Because.")
    undo_event(actor=cast.maker, event=Event.objects.first())
    assert Feature.objects.get(pk=plan.own.pk).stage.slug == "discovery"
    assert not Waiver.objects.alive().exists()


def test_a_blocking_check_lets_nobody_pass(cast, plan):
    CheckFactory(is_blocking=True)
    with pytest.raises(RuleBroken, match="cannot be entered"):
        enter(cast, plan, reason="Please.")
    Feature.objects.filter(pk=plan.own.pk).update(effort_likely=3)
    plan.own.refresh_from_db()
    assert enter(cast, plan).stage.slug == "validation"
    assert not Waiver.objects.exists()


def test_what_another_stage_asks_for_and_removed_checks_do_not_count(cast, plan):
    CheckFactory(stage=plan.stages["launch"])
    services.delete_check(actor=cast.ops, check=CheckFactory())
    assert enter(cast, plan).stage.slug == "validation"


# --- setting them ---------------------------------------------------------------------------------------------------


def test_product_operations_sets_checks(cast, plan):
    check = services.create_check(actor=cast.ops, stage=plan.stages["launch"], kind="evidence", least=3, field="owner")
    assert (str(check), check.field) == ("At least 3 people asked for it", "")
    services.change_check(actor=cast.admin, check=check, kind="effort", is_blocking=True)
    assert (check.least, check.is_blocking, str(check)) == (None, True, "Effort is estimated")
    services.delete_check(actor=cast.ops, check=check)
    assert not Check.objects.alive().exists()


@pytest.mark.parametrize("name", ["leader", "maker", "contributor", "guest"])
def test_nobody_else_sets_checks(cast, plan, name):
    actor, check = getattr(cast, name), CheckFactory()
    with pytest.raises(NotAllowed):
        services.create_check(actor=actor, stage=plan.stages["launch"], kind="effort")
    with pytest.raises(NotAllowed):
        services.change_check(actor=actor, check=check, is_blocking=True)
    with pytest.raises(NotAllowed):
        services.delete_check(actor=actor, check=check)


@pytest.mark.parametrize(("kind", "field"), [("field", "field"), ("document", "template"), ("evidence", "least")])
def test_a_check_says_what_it_asks_for(cast, plan, kind, field):
    with pytest.raises(RuleBroken) as raised:
        services.create_check(actor=cast.ops, stage=plan.stages["launch"], kind=kind)
    assert raised.value.field == field

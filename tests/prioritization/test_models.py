"""Scoring models are made, changed and put in use; what they count is always what the scores say."""

from decimal import Decimal

import pytest

from core import derivation
from core.exceptions import NotAllowed, RuleBroken
from core.models import Event
from core.undo import undo_event
from prioritization import services
from prioritization.models import Consensus, Criterion, ScoringModel
from roadmaps.models import Feature

EFFORT = {"kind": "computed", "source": "effort", "direction": "down", "scale_min": Decimal(0), "scale_max": Decimal(20)}


def score(feature: Feature) -> Decimal | None:
    derivation.run_pass()
    assert derivation.verify()["score"] == 0
    return Feature.objects.get(pk=feature.pk).score


def rate(cast, feature: Feature, criterion: Criterion, value: int) -> None:
    services.rate(actor=cast.maker, feature=feature, criterion=criterion, value=Decimal(value))


def test_a_new_criterion_counts_as_the_next_edition_and_a_removed_one_no_longer(cast, plan, model, criteria):
    rate(cast, plan.own, criteria["fit"], 5)
    assert score(plan.own) == 75
    made = services.create_criterion(actor=cast.ops, model=model, key="reach", name="Reach", weight=Decimal(100))
    assert (made.position, ScoringModel.objects.get(pk=model.pk).edition) == (3, 2)
    assert score(plan.own) == Decimal("62.5"), "Half of its weight is blank, in the middle of its scale."
    services.delete_criterion(actor=cast.ops, criterion=Criterion.objects.get(pk=made.pk))
    assert ScoringModel.objects.get(pk=model.pk).edition == 3
    assert score(plan.own) == 75


def test_what_is_taken_back_and_changed_again_before_the_worker_comes_is_scored_anew(cast, plan, model, criteria):
    rate(cast, plan.own, criteria["fit"], 5)
    services.change_model(actor=cast.ops, model=model, weights={"fit": Decimal(0)})
    assert score(plan.own) == 50
    undo_event(actor=cast.ops, event=Event.objects.latest("number"))
    again = ScoringModel.objects.get(pk=model.pk)
    services.change_model(actor=cast.ops, model=again, weights={"value": Decimal(0), "low_effort": Decimal(0)})
    assert score(plan.own) == 100


def test_another_rule_of_agreeing_settles_the_ratings_given_so_far(cast, plan, model, criteria):
    for rater, value in ((cast.maker, 1), (cast.leader, 1), (cast.ops, 4)):
        services.rate(actor=rater, feature=plan.own, criterion=criteria["fit"], value=Decimal(value))
    assert Consensus.objects.get(feature=plan.own).value == 2
    services.change_criterion(actor=cast.ops, criterion=criteria["fit"], consensus="median")
    assert Consensus.objects.get(feature=plan.own).value == 1
    assert score(plan.own) == Decimal(25)


def test_a_scale_that_leaves_ratings_out_is_refused(cast, plan, criteria):
    rate(cast, plan.own, criteria["fit"], 5)
    with pytest.raises(RuleBroken, match="outside this scale"):
        services.change_criterion(actor=cast.ops, criterion=criteria["fit"], scale_max=Decimal(4))
    assert Criterion.objects.get(key="fit").scale_max == 5


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"key": "max"}, "means something else"),
        ({"key": "fit"}, "of that key already"),
        ({"key": "odd", "scale_min": Decimal(9)}, "lies above its beginning"),
        ({"key": "odd", "kind": "computed"}, "reads something"),
        ({"key": "odd", "rubric": {"9": "Beyond the scale."}}, "from 1 to 5"),
        ({"key": "odd", "rubric": {"1": " "}}, "from 1 to 5"),
        ({"key": "odd", "rubric": {"one": "No number."}}, "from 1 to 5"),
    ],
)
def test_a_criterion_that_could_not_count_is_refused_with_a_sentence(cast, model, values, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        services.create_criterion(actor=cast.ops, model=model, **({"name": "Odd"} | values))
    assert Criterion.objects.filter(model=model).count() == 3


def test_a_model_keeps_what_it_computes_with(cast, model, criteria):
    services.change_model(actor=cast.ops, model=model, method="value_over_effort")
    with pytest.raises(RuleBroken, match="computed from effort"):
        services.delete_criterion(actor=cast.ops, criterion=criteria["low_effort"])
    with pytest.raises(RuleBroken, match="other than effort"):
        services.change_model(actor=cast.ops, model=model, weights={"fit": Decimal(0), "value": Decimal(0)})
    services.change_model(actor=cast.ops, model=ScoringModel.objects.get(), formula="100 * fit")
    with pytest.raises(RuleBroken, match="no criterion"):
        services.delete_criterion(actor=cast.ops, criterion=criteria["fit"])


def test_a_model_put_in_use_takes_the_place_of_the_one_before(cast, plan, model, criteria):
    rate(cast, plan.own, criteria["fit"], 5)
    other = services.copy_model(actor=cast.ops, model=model, name="Fit alone", product=None)
    assert [c.key for c in Criterion.objects.filter(model=other)] == ["fit", "value", "low_effort"]
    assert score(plan.own) == 75
    services.change_model(actor=cast.ops, model=other, is_active=True, weights={"value": Decimal(0), "low_effort": Decimal(0)})
    assert not ScoringModel.objects.get(pk=model.pk).is_active
    assert score(plan.own) == 50, "Nobody has rated it by the other model's criteria."
    with pytest.raises(RuleBroken, match="needs a scoring model"):
        services.change_model(actor=cast.ops, model=ScoringModel.objects.get(pk=other.pk), is_active=False)
    with pytest.raises(RuleBroken, match="Put another one in use"):
        services.delete_model(actor=cast.ops, model=ScoringModel.objects.get(pk=other.pk))


@pytest.mark.parametrize("end", ["put out of use", "removed", "taken back"])
def test_a_product_whose_own_model_goes_is_scored_by_the_portfolio_s_again(cast, plan, model, criteria, end):
    rate(cast, plan.own, criteria["fit"], 5)
    own = services.create_model(actor=cast.maker, name="Own", product=cast.own, criteria=[{"key": "reach", "name": "Reach"}])
    made = Event.objects.latest("number")
    assert score(plan.own) == 50
    if end == "put out of use":
        services.change_model(actor=cast.maker, model=own, is_active=False)
    elif end == "removed":
        services.delete_model(actor=cast.maker, model=own)
    else:
        undo_event(actor=cast.maker, event=made)
    assert score(plan.own) == 75


def test_without_any_model_there_is_no_score(cast, plan, model, criteria):
    rate(cast, plan.own, criteria["fit"], 5)
    assert score(plan.own) == 75
    undo_event(actor=cast.ops, event=Event.objects.get(verb="prioritization.model_created"))
    assert score(plan.own) is None


def test_who_may_not_change_what_counts_is_refused(cast, plan, model, criteria):
    own = services.create_model(actor=cast.maker, name="Own", product=cast.own, criteria=[{"key": "reach", "name": "Reach"}])
    reach = Criterion.objects.get(model=own)
    for actor in (cast.leader, cast.contributor, cast.other_maker):
        for change in (
            lambda who: services.create_criterion(actor=who, model=own, key="odd", name="Odd"),
            lambda who: services.change_criterion(actor=who, criterion=reach, name="Odd"),
            lambda who: services.delete_criterion(actor=who, criterion=reach),
            lambda who: services.delete_model(actor=who, model=own),
            lambda who: services.copy_model(actor=who, model=own, name="Odd", product=None),
        ):
            with pytest.raises(NotAllowed):
                change(actor)


def test_a_model_is_made_changed_and_put_in_use_in_the_browser(cast, plan, model, criteria, browse):
    ops = browse(cast.ops)
    assert "Portfolio value" in ops.get("/settings/scoring/").content.decode()
    made = ops.post("/settings/scoring/", {"name": "Reach first", "product": "", "like": model.pk})
    row = ScoringModel.objects.get(name="Reach first")
    assert made["Location"] == f"/settings/scoring/{row.pk}/"
    values = {"name": "Reach", "weight": "30", "direction": "up", "scale_min": "1", "scale_max": "5", "consensus": "mean"}
    assert ops.post(f"/settings/scoring/{row.pk}/criteria/", values | {"rubric": "1 Few\n5: Everybody"}).status_code == 302
    reach = Criterion.objects.get(model=row, key="reach")
    assert reach.rubric == {"1": "Few", "5": "Everybody"}
    page = ops.get(f"/settings/scoring/criteria/{reach.pk}/").content.decode()
    assert "1 Few\n5 Everybody" in page
    wrong = ops.post(f"/settings/scoring/criteria/{reach.pk}/", values | {"rubric": "often", "version": reach.version})
    assert wrong.status_code == 422
    assert "the number, then what it means" in wrong.content.decode()
    saved = ops.post(f"/settings/scoring/criteria/{reach.pk}/", values | {"weight": "40", "version": reach.version})
    assert saved.status_code == 302
    assert ops.post(f"/settings/scoring/{row.pk}/activation/", {"active": "on"}).status_code == 302
    assert [m.name for m in ScoringModel.objects.filter(is_active=True)] == ["Reach first"]
    seen = ScoringModel.objects.get(pk=row.pk).version
    formula = {"name": "Reach first", "method": "formula", "formula": "100 * reach * magic", "version": seen}
    refused = ops.post(f"/settings/scoring/{row.pk}/change/", formula)
    assert refused.status_code == 422
    assert "magic" in refused.content.decode()
    assert ops.post(f"/settings/scoring/{row.pk}/change/", formula | {"formula": "100 * reach"}).status_code == 302
    assert ops.post(f"/settings/scoring/criteria/{criteria['fit'].pk}/removal/").status_code == 302
    assert ops.post(f"/settings/scoring/{model.pk}/removal/").status_code == 302
    assert not ScoringModel.objects.visible_to(cast.ops).filter(pk=model.pk).exists()


def test_the_api_makes_a_model_and_its_criteria(cast, program):
    api = program(cast.ops)
    body = {
        "name": "By program",
        "criteria": [{"key": "reach", "name": "Reach", "rubric": {"1": "Few"}}, {"key": "effort", "name": "Effort"}],
    }
    body["criteria"][1] |= {"kind": "computed", "source": "effort", "direction": "down", "scale_min": "0", "scale_max": "20"}
    made = api.post("/api/v1/scoring-models/", body | {"method": "value_over_effort"}, format="json")
    assert made.status_code == 201, made.content
    assert [c["key"] for c in made.json()["criteria"]] == ["reach", "effort"]
    more = api.post("/api/v1/criteria/", {"model": made.json()["id"], "key": "fit", "name": "Fit"}, format="json")
    assert more.status_code == 201, more.content
    address = f"/api/v1/criteria/{more.json()['id']}/"
    changed = api.patch(address, {"weight": "7"}, format="json", headers={"If-Match": more["ETag"]})
    assert changed.json()["weight"] == "7.000"
    assert api.patch(address, {"weight": "9"}, format="json", headers={"If-Match": more["ETag"]}).status_code == 412
    assert api.delete(address, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert api.get(address).status_code == 404
    assert api.get(f"/api/v1/scoring-models/{made.json()['id']}/").json()["edition"] == 4
    wrong = api.post("/api/v1/scoring-models/", {"name": "Odd", "criteria": []}, format="json")
    assert wrong.status_code == 400
    assert program(cast.maker).post("/api/v1/scoring-models/", body, format="json").status_code == 403


ENDLESS = "min(fit,value,low_effort)*max(fit,value,low_effort)*min(fit-1,value-1)*max(fit-1,2*value-1)*(fit-value)"


@pytest.mark.parametrize("formula", [ENDLESS, "(fit-value)*(value-low_effort)*(fit-low_effort)"])
def test_a_formula_that_could_not_be_computed_is_refused_when_it_is_saved(cast, plan, model, criteria, formula):
    with pytest.raises(RuleBroken, match=r"complicated|numbers too large|woven"):
        services.change_model(actor=cast.ops, model=model, formula=formula)
    rate(cast, plan.own, criteria["fit"], 5)
    assert score(plan.own) == 75


def test_who_read_a_model_before_it_changed_cannot_break_it(cast, plan, model, criteria):
    read_before = Criterion.objects.select_related("model").get(pk=criteria["fit"].pk)
    services.change_model(actor=cast.ops, model=ScoringModel.objects.get(pk=model.pk), formula="100 * fit")
    with pytest.raises(RuleBroken, match="no criterion"):
        services.delete_criterion(actor=cast.ops, criterion=read_before)
    assert score(plan.own) == 50


def test_every_change_that_counts_is_an_edition_of_its_own_however_stale_the_model_in_hand(cast, plan, model, criteria):
    first, second = (ScoringModel.objects.get(pk=model.pk) for _ in range(2))
    services.create_criterion(actor=cast.ops, model=first, name="Reach", weight=Decimal(100))
    assert score(plan.own) == 50
    services.create_criterion(actor=cast.ops, model=second, name="Risk", weight=Decimal(100))
    assert ScoringModel.objects.get(pk=model.pk).edition == 3
    rate(cast, plan.own, Criterion.objects.get(key="risk"), 5)
    assert score(plan.own) == Decimal("66.666667")


def test_what_does_not_count_is_no_edition(cast, plan, model, criteria):
    derivation.run_pass()
    services.change_model(actor=cast.ops, model=model, name="Renamed")
    services.change_criterion(actor=cast.ops, criterion=criteria["fit"], name="Strategy", rubric={"1.0": " Far off "})
    row = ScoringModel.objects.get(pk=model.pk)
    assert (row.edition, row.settled_edition) == (1, 1)
    assert Criterion.objects.get(key="fit").rubric == {"1": "Far off"}


def test_a_name_is_changed_beside_somebody_who_changed_the_formula(cast, model):
    seen, stale = model.version, ScoringModel.objects.get(pk=model.pk)
    services.change_model(actor=cast.admin, model=model, formula="100 * fit")
    services.change_model(actor=cast.ops, model=stale, name="Renamed", formula="", method="weighted_sum", seen=seen)
    row = ScoringModel.objects.get(pk=model.pk)
    assert (row.name, row.formula, row.method) == ("Renamed", "100 * fit", "formula")


def test_taking_back_a_rule_or_a_scale_settles_and_refuses_as_changing_it_does(cast, plan, model, criteria):
    for rater, value in ((cast.maker, 1), (cast.leader, 1), (cast.ops, 4)):
        services.rate(actor=rater, feature=plan.own, criterion=criteria["fit"], value=Decimal(value))
    services.change_criterion(actor=cast.ops, criterion=criteria["fit"], consensus="median")
    undo_event(actor=cast.ops, event=Event.objects.latest("number"))
    assert Consensus.objects.get(feature=plan.own).value == 2
    services.change_criterion(actor=cast.ops, criterion=Criterion.objects.get(key="fit"), scale_max=Decimal(100))
    wider = Event.objects.latest("number")
    rate(cast, plan.own, Criterion.objects.get(key="fit"), 100)
    with pytest.raises(RuleBroken, match="outside this scale"):
        undo_event(actor=cast.ops, event=wider)
    assert derivation.verify()["score"] == 0


def test_product_operations_take_back_what_they_did_to_a_product_s_own_model(cast, model):
    services.copy_model(actor=cast.ops, model=model, name="Own", product=cast.own)
    undo_event(actor=cast.ops, event=Event.objects.latest("number"))
    assert not ScoringModel.objects.visible_to(cast.ops).filter(name="Own").exists()


def test_keys_are_made_of_names_in_any_script(cast, model):
    made = [services.create_criterion(actor=cast.ops, model=model, name=name).key for name in ("価値", "市場", "3rd party risk", "Fit")]
    assert made == ["criterion", "criterion_2", "rd_party_risk", "fit_2"]


def test_the_last_criterion_stays(cast, model):
    own = services.create_model(actor=cast.maker, name="Own", product=cast.own, criteria=[{"key": "reach", "name": "Reach"}])
    with pytest.raises(RuleBroken, match="at least one criterion"):
        services.delete_criterion(actor=cast.maker, criterion=Criterion.objects.get(model=own))

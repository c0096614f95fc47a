"""The ranked list, its preview, the explanation; the same by API."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import F

from core import derivation
from core.exceptions import RuleBroken
from core.models import Event
from prioritization import services
from prioritization.models import Rating, ScoreChange, ScoringModel
from prioritization.reports import explain_score
from roadmaps.models import Feature
from roadmaps.services import change_feature


@pytest.fixture
def rated(cast, plan, criteria):
    for feature, rater, value in ((plan.own, cast.maker, 5), (plan.foreign, cast.maker, 2), (plan.private, cast.maker, 4)):
        services.rate(actor=rater, feature=feature, criterion=criteria["fit"], value=Decimal(value))


def test_the_ranked_list_shows_what_is_in_sight_best_first(cast, plan, rated, browse):
    text = browse(cast.stranger).get("/priorities/").content.decode()
    assert text.index(plan.own.title) < text.index(plan.foreign.title)
    assert "canary" not in text
    assert plan.private.title in browse(cast.maker).get("/priorities/").content.decode()


def test_while_scores_are_brought_up_to_date_the_list_says_since_when_they_stand(cast, plan, rated, browse):
    assert "updating" not in browse(cast.maker).get("/priorities/").content.decode()
    when = datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
    ScoreChange.objects.all().delete()
    ScoreChange.objects.create(feature=plan.own, at=when, old=Decimal(1), new=Decimal(2), version=1)
    Feature.objects.filter(pk=plan.own.pk).update(score_in=F("score_in") + 1)
    assert 'updating, was <time datetime="2026-11-03T09:15' in browse(cast.maker).get("/priorities/").content.decode()


def test_a_preview_shows_the_new_order_and_saves_nothing(cast, plan, model, criteria, rated, browse):
    services.rate(actor=cast.maker, feature=plan.foreign, criterion=criteria["value"], value=Decimal(5))
    before = Event.objects.count()
    text = browse(cast.ops).get("/priorities/?w_fit=1&w_value=90&w_low_effort=1").content.decode()
    assert "Preview: 2 moves" in text
    assert text.index(plan.foreign.title) < text.index(plan.own.title)
    assert "Save as edition 2" in text
    assert Event.objects.count() == before
    assert "Save as edition" not in browse(cast.leader).get("/priorities/?w_fit=1&w_value=90&w_low_effort=1").content.decode()


def test_previewed_weights_become_the_next_edition(cast, model, browse):
    answer = browse(cast.ops).post(
        "/priorities/weights/", {"model": model.pk, "version": model.version, "w_fit": 10, "w_value": 20, "w_low_effort": 70}
    )
    assert answer.status_code == 302
    assert ScoringModel.objects.get(pk=model.pk).edition == 2
    refused = browse(cast.maker).post("/priorities/weights/", {"model": model.pk, "w_fit": 1, "w_value": 1, "w_low_effort": 1})
    assert refused.status_code == 403


def test_another_method_is_previewed_and_becomes_the_next_edition(cast, plan, model, criteria, browse):
    for key in ("fit", "value"):
        services.rate(actor=cast.maker, feature=plan.own, criterion=criteria[key], value=Decimal(5))
    change_feature(actor=cast.maker, feature=plan.own, effort_likely=Decimal(4))
    query = "method=value_over_effort&w_fit=50&w_value=30&w_low_effort=20"
    assert "Save as edition 2" in browse(cast.ops).get(f"/priorities/?{query}").content.decode()
    values = dict(pair.split("=") for pair in query.split("&"))
    assert browse(cast.ops).post("/priorities/weights/", {"model": model.pk, "version": model.version, **values}).status_code == 302
    derivation.run_pass()
    row = Feature.objects.get(pk=plan.own.pk)
    assert row.score == Decimal(25), "A hundred points of value, over four person-weeks."
    report = explain_score(row, cast.maker)
    assert report.base + sum(line.contribution for line in report.lines) == row.score
    assert derivation.verify()["score"] == 0


def test_a_method_needs_what_it_computes_with(cast, model):
    bare = services.create_model(actor=cast.maker, product=cast.own, name="Own", criteria=[{"key": "fit", "name": "Fit"}])
    with pytest.raises(RuleBroken, match="computed from effort"):
        services.change_model(actor=cast.maker, model=bare, method="value_over_effort")
    with pytest.raises(RuleBroken, match="Write the formula"):
        services.change_model(actor=cast.ops, model=model, method="formula")
    own = services.change_model(actor=cast.ops, model=model, formula="100 * fit")
    assert (own.method, services.change_model(actor=cast.ops, model=own, formula="").method) == ("formula", "weighted_sum")


def test_a_rating_by_page_answers_the_fresh_explanation(cast, plan, criteria, browse):
    answer = browse(cast.maker).post(
        f"/features/{plan.own.key}/ratings/", {"criterion": criteria["fit"].pk, "value": "5"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "50–100" in answer.content.decode()
    wrong = browse(cast.maker).post(
        f"/features/{plan.own.key}/ratings/", {"criterion": criteria["fit"].pk, "value": "9"}, headers={"HX-Request": "true"}
    )
    assert wrong.status_code == 422
    assert "from 1 to 5" in wrong.content.decode()


def test_the_api_rates_reads_and_explains(cast, plan, model, criteria, program):
    api = program(cast.maker)
    made = api.post("/api/v1/ratings/", {"feature": plan.own.key, "criterion": criteria["fit"].pk, "value": "5"}, format="json")
    assert made.status_code == 201, made.content
    again = api.post("/api/v1/ratings/", {"feature": plan.own.key, "criterion": criteria["fit"].pk, "value": "3"}, format="json")
    assert again.json()["id"] == made.json()["id"]
    explained = api.get(f"/api/v1/scores/{plan.own.key}/").json()
    total = Decimal(explained["base"]) + sum(Decimal(line["points"]) for line in explained["contributions"])
    assert total == Decimal(explained["score"])
    models = api.get("/api/v1/scoring-models/").json()["items"]
    assert [c["key"] for c in models[0]["criteria"]] == ["fit", "value", "low_effort"]
    refused = api.patch(f"/api/v1/scoring-models/{model.pk}/", {"weights": {"fit": "1"}}, format="json")
    assert refused.status_code == 403
    changed = program(cast.ops).patch(f"/api/v1/scoring-models/{model.pk}/", {"weights": {"fit": "1"}}, format="json")
    assert changed.json()["edition"] == 2


def test_ratings_in_bulk_are_all_or_none(cast, plan, criteria, program):
    api = program(cast.maker)
    body = [{"feature": f.key, "criterion": criteria["fit"].pk, "value": "4"} for f in (plan.own, plan.foreign)]
    assert api.post("/api/v1/ratings/bulk/", {"ratings": body}, format="json").status_code == 200
    body[1]["feature"] = "NOPE-1"
    assert api.post("/api/v1/ratings/bulk/", {"ratings": body}, format="json").status_code == 400
    assert Rating.objects.count() == 2


def test_a_stranger_learns_nothing_of_a_private_feature_s_score(cast, plan, rated, program):
    api = program(cast.stranger)
    assert api.get(f"/api/v1/scores/{plan.private.key}/").status_code == 404
    for address in ("scores", "ratings"):
        assert plan.private.key not in api.get(f"/api/v1/{address}/").content.decode()
    body = {"feature": plan.private.key, "criterion": 1, "value": "3"}
    assert api.post("/api/v1/ratings/", body, format="json").status_code == 400

"""Forecasts out of the record: whose history counts, what is refused, who is told what."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.acts import act
from core.door import through
from core.models import Organisation
from roadmaps import services
from roadmaps.models import Feature
from roadmaps.reports import history_of, outlook_of, outlook_of_all, outlooks_of
from tests.factories.roadmaps import FeatureFactory, InitiativeFactory, ReleaseFactory

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime:
    return timezone.now().replace(hour=12, minute=0) - timedelta(days=days)


def walk(actor, product, plan, *steps: tuple[int, str], **values) -> Feature:
    """A feature that entered each stage so many days ago; it is made in the first of them."""
    (first, stage), *others = steps
    with act(actor, at=ago(first)):
        feature = services.create_feature(actor=actor, product=product, title="Walked", stage=plan.stages[stage], **values)
    for days, slug in others:
        with act(actor, at=ago(days)):
            services.enter_stage(actor=actor, feature=feature, stage=plan.stages[slug])
    return feature


def finish(actor, product, plan, times) -> None:
    """Finished features that took so many days each, the last of them until yesterday."""
    for days in times:
        walk(actor, product, plan, (days + 3, "discovery"), (days + 1, "delivery"), (1, "launch"))
    product.refresh_from_db()  # with the last number taken


TEN = [10, 12, 14, 20, 20, 25, 30, 30, 40, 90]


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "No feature of {} was begun and finished since their history began; 10 are needed."),
        (1, "1 feature of {} was begun and finished since their history began; 10 are needed."),
        (9, "9 features of {} were begun and finished since their history began; 10 are needed."),
        (10, ""),
    ],
)
def test_fewer_than_ten_finished_features_say_so_instead_of_a_date(cast, plan, count, sentence):
    finish(cast.maker, cast.own, plan, TEN[:count])
    outlook = outlook_of(cast.maker, plan.own)
    assert outlook.refusal == sentence.format(cast.own.name)
    assert (outlook.forecast is None) == bool(sentence)


def test_a_feature_is_forecast_from_the_features_of_its_product_that_were_finished(cast, plan):
    finish(cast.maker, cast.own, plan, TEN)
    finish(cast.other_maker, cast.foreign, plan, [200] * 12)
    plan.own.target_date = Organisation.today() + timedelta(days=30)
    outlook = outlook_of(cast.maker, plan.own)
    assert [history.times for history in outlook.histories] == [TEN]
    assert outlook.forecast.days[50] == Organisation.today() + timedelta(days=20)
    assert outlook.forecast.percent == pytest.approx(80, abs=2)


def test_what_is_in_progress_is_forecast_from_the_day_it_was_begun(cast, plan):
    finish(cast.maker, cast.own, plan, TEN)
    begun = walk(cast.maker, cast.own, plan, (50, "discovery"), (35, "delivery"))
    days = outlook_of(cast.maker, begun).forecast.days
    assert days[95] == Organisation.today() + timedelta(days=90 - 35)
    old = walk(cast.maker, cast.own, plan, (300, "discovery"), (200, "delivery"))
    assert outlook_of(cast.maker, old).beyond == [old.key]


def test_what_came_in_begun_or_shipped_from_another_system_has_no_cycle_time(cast, plan):
    finish(cast.maker, cast.own, plan, TEN[:9])
    with through("import"):
        walk(cast.maker, cast.own, plan, (30, "launch"))
        walk(cast.maker, cast.own, plan, (30, "delivery"), (2, "launch"))
        counted = walk(cast.maker, cast.own, plan, (30, "definition"), (8, "launch"))
    history = history_of(cast.maker, cast.own)
    assert len(history.cycles) == 10
    assert next(cycle.days for cycle in history.cycles if cycle.feature.pk == counted.pk) == 22


def test_what_went_back_to_work_merged_or_deleted_does_not_count(cast, plan):
    walk(cast.maker, cast.own, plan, (30, "delivery"), (20, "launch"), (10, "delivery"))
    gone, merged = (walk(cast.maker, cast.own, plan, (30, "delivery"), (20, "launch")) for _ in range(2))
    services.delete_feature(actor=cast.maker, feature=gone)
    services.merge_feature(actor=cast.maker, feature=merged, into=plan.own)
    assert history_of(cast.maker, cast.own).cycles == []


def test_what_is_done_or_declined_has_no_forecast(cast, plan):
    finish(cast.maker, cast.own, plan, TEN)
    services.decline_feature(actor=cast.maker, feature=plan.own)
    assert outlook_of(cast.maker, plan.own) is None
    assert outlook_of_all(cast.maker, [plan.own], None) is None


def test_a_release_ends_with_its_last_feature_and_needs_a_history_of_each_product(cast, plan):
    finish(cast.maker, cast.own, plan, TEN)
    plan.own.start_date = Organisation.today() + timedelta(days=100)
    other = FeatureFactory(product=cast.own)
    outlook = outlook_of_all(cast.maker, [plan.own, other], Organisation.today() + timedelta(days=130))
    assert (outlook.unfinished, outlook.forecast.days[50]) == (2, Organisation.today() + timedelta(days=120))
    assert outlook.forecast.percent == pytest.approx(80, abs=2)
    mixed = outlook_of_all(cast.maker, [plan.own, plan.foreign], None)
    assert (mixed.forecast, mixed.refusal.startswith(f"No feature of {cast.foreign.name} was")) == (None, True)


def test_many_features_of_many_products_are_forecast_in_three_statements(cast, plan):
    finish(cast.maker, cast.own, plan, TEN)
    rows = [plan.own, plan.foreign, *(FeatureFactory(product=cast.own) for _ in range(20))]
    cast.leader.rights  # noqa: B018 - read before counting
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert len(outlooks_of(cast.leader, rows)) == 22
    assert len(counted) == 3


def test_features_of_a_private_product_reach_nobodys_forecast_but_its_members(cast, plan, program):
    """They may ride an open initiative: who does not see them gets the dates of the others, and no number of theirs."""
    finish(cast.maker, cast.own, plan, TEN)
    initiative = InitiativeFactory(product=cast.own)
    Feature.objects.filter(pk__in=[plan.own.pk, plan.private.pk]).update(initiative=initiative)
    url = f"/api/v1/initiatives/{initiative.pk}/forecast/"
    seen = program(cast.leader).get(url).json()
    assert (seen["unfinished"], [basis["product"] for basis in seen["basis"]], seen["refusal"]) == (1, ["OWN"], "")
    member = program(cast.maker).get(url).json()
    assert (member["unfinished"], [basis["product"] for basis in member["basis"]]) == (2, ["HIDDEN", "OWN"])
    assert cast.private.name in member["refusal"]
    assert program(cast.leader).get("/api/v1/features/HIDDEN-01/forecast/").status_code == 404


def test_the_api_gives_the_dates_with_all_they_are_made_of(cast, plan, program):
    finish(cast.maker, cast.own, plan, TEN)
    release = ReleaseFactory(product=cast.own, day=Organisation.today() + timedelta(days=30))
    Feature.objects.filter(pk=plan.own.pk).update(release=release)
    client, today = program(cast.leader), Organisation.today()
    told = client.get(f"/api/v1/releases/{release.pk}/forecast/").json()
    assert told == client.get(f"/api/v1/releases/{release.pk}/forecast/").json()
    assert [told[name] for name in ("p50", "p85", "p95")] == [(today + timedelta(days=n)).isoformat() for n in (20, 40, 90)]
    assert (told["promised"], told["chance"]) == (release.day.isoformat(), pytest.approx(0.8, abs=0.02))
    assert (told["runs"], told["seed"], told["as_of"]) == (10_000, 1949, today.isoformat())
    assert told["basis"] == [{"product": "OWN", "finished": 10, "cycle_times": TEN}]
    refused = client.get("/api/v1/features/FOREIGN-01/forecast/").json()
    assert (refused["p50"], refused["chance"], refused["basis"][0]["finished"]) == (None, None, 0)
    assert "10 are needed" in refused["refusal"]
    assert client.get("/api/v1/features/OWN-01/forecast/?as=1").status_code == 400
    shipped = client.get("/api/v1/features/OWN-02/forecast/").json()
    assert (shipped["as_of"], shipped["refusal"]) == (None, "Nothing is left to be done.")


def test_pages_show_the_dates_and_lead_to_the_features_they_come_from(cast, plan, browse):
    finish(cast.maker, cast.own, plan, TEN)
    Feature.objects.filter(pk=plan.own.pk).update(target_date=Organisation.today() + timedelta(days=30))
    client = browse(cast.leader)
    page = client.get("/features/OWN-01/").content.decode()
    assert "% likely" in page
    assert 'href="/roadmaps/cycle-times/OWN/"' in page
    basis = client.get("/roadmaps/cycle-times/OWN/").content.decode()
    assert all(f"OWN-{number:02d}" in basis for number in range(2, 12))
    assert "10,000 runs" in basis
    assert "10 are needed" in client.get("/features/FOREIGN-01/").content.decode()
    assert client.get("/roadmaps/cycle-times/HIDDEN/").status_code == 404


def test_a_bar_fades_from_the_half_likely_day_to_the_nearly_certain_one(cast, plan, browse):
    finish(cast.maker, cast.own, plan, TEN)
    Feature.objects.filter(pk=plan.own.pk).update(target_date=Organisation.today() + timedelta(days=30), date_confidence="high")
    page = browse(cast.leader).get("/roadmaps/timeline/").content.decode()
    bar = page.split(f'id="bar-{plan.own.pk}"')[1].split("</g>")[0]
    fade = bar.split('fill="url(#')[1].split(")")[0]
    assert f'<linearGradient id="{fade}"' in page
    assert "95 % by" in bar

"""The dashboard: figures equal a fresh count, nobody sees what is not theirs, and its cost does not grow with the products."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, derivation
from core.models import Organisation, Product, Stale
from portfolio import services
from portfolio.dashboard import Look, new_day, tiles, view_tiles
from portfolio.models import Allocation, StatusUpdate, TileDay
from portfolio.periods import quarter_of
from portfolio.reports import products_of_line
from roadmaps import services as plan
from roadmaps.models import Dependency, Feature
from roadmaps.models.plan import Status
from tests.factories.core import MembershipFactory, ProductFactory
from tests.factories.portfolio import AccountFactory, KeyResultFactory, MetricFactory, ObjectiveFactory, ProductLineFactory
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, ReleaseFactory, make_stages

today = Organisation.today

DAY = timedelta(days=1)


def committed(product, **values) -> Feature:
    """A planned feature with a date a month ahead."""
    values = {"status": Status.PLANNED, "target_date": today() + 30 * DAY, "effort_likely": 4} | values
    return FeatureFactory(product=product, stage=make_stages()[0], **values)


def settle():
    """Everything is due and then kept, as after midnight."""
    TileDay.objects.filter(day=today()).delete()
    new_day()
    derivation.run_pass()


def shown(user, kind, **look):
    """What this person's tile shows."""
    look = {"products": user.rights.visible, "today": today()} | look
    return view_tiles([tiles[kind]], Look(user, **look))[0].shown


# --- keeping --------------------------------------------------------------------------------------------------------


def test_a_new_day_makes_every_tile_due_once_and_leaves_a_row_each(cast):
    expected = 3 * len(tiles) + sum(1 for tile in tiles.values() if tile.organisation)
    assert new_day() == expected
    assert new_day() == 0
    derivation.run_pass()
    assert TileDay.objects.filter(day=today()).count() == expected
    assert not Stale.objects.exists()
    assert new_day() == 0


def test_the_day_before_stays_for_comparison(cast):
    token = clock.moment.set(clock.now() - timedelta(days=95))
    try:
        settle()
    finally:
        clock.moment.reset(token)
    committed(cast.own)
    settle()
    view = shown(cast.maker, "status", against=today() - timedelta(days=91))
    assert {line["key"]: (line["count"], line["was"]) for line in view["lines"]}["on_time"] == (1, 0)
    assert TileDay.objects.filter(kind="status", product=cast.own).count() == 2


def test_every_input_of_a_tile_makes_it_due(cast):
    """Written through services: an act leaves a mark for the tile of the product it concerns, and for no other."""
    feature = committed(cast.own)
    settle()
    plan.change_feature(actor=cast.maker, feature=feature, target_date=today() - DAY)
    marks = set(Stale.objects.values_list("kind", "ref_id"))
    assert ("tile:status", cast.own.pk) in marks
    assert ("tile:investment", cast.own.pk) in marks
    assert {ref for _, ref in marks} == {cast.own.pk}
    Stale.objects.all().delete()
    services.set_strategy(actor=cast.maker, product=cast.own, lifecycle="growth")
    assert set(Stale.objects.values_list("kind", "ref_id")) == {("tile:lifecycle", cast.own.pk)}
    Stale.objects.all().delete()
    services.check_in(actor=cast.leader, key_result=KeyResultFactory(), value=Decimal(3))
    assert set(Stale.objects.values_list("kind", "ref_id")) == {("tile:objectives:all", 0)}
    Stale.objects.all().delete()
    services.record_points(actor=cast.leader, metric=MetricFactory(), points=[services.Point(today(), Decimal(1))])
    assert set(Stale.objects.values_list("kind", "ref_id")) == {("tile:metrics:all", 0)}


def test_what_is_stored_equals_what_is_computed_from_nothing(cast):
    for product in (cast.own, cast.private):
        committed(product, score=50)
        KeyResultFactory(objective=ObjectiveFactory(product=product), current=20)
    KeyResultFactory(current=4)
    settle()
    assert {kind: n for kind, n in derivation.verify().items() if n} == {}


# --- the figures ----------------------------------------------------------------------------------------------------


def test_health_tells_blocked_from_slipping_from_undated_from_on_time(cast):
    own = cast.own
    committed(own)
    committed(own, target_date=None)
    committed(own, target_date=today() - 9 * DAY)
    committed(own, release=ReleaseFactory(product=own, day=today() + 10 * DAY))
    late = committed(own, target_date=today() + 60 * DAY)
    waiting = committed(own, start_date=today() + 20 * DAY)
    DependencyFactory(predecessor=late, successor=waiting)
    refused = committed(own)
    DependencyFactory(predecessor=late, successor=refused, kind=Dependency.Kind.START_START, agreement=Dependency.Agreement.REFUSED)
    FeatureFactory(product=own, status=Status.OPEN)
    committed(own, merged_into=late)
    settle()
    view = shown(cast.maker, "status")
    assert {line["key"]: line["count"] for line in view["lines"]} == {"on_time": 2, "slipping": 2, "blocked": 2, "undated": 1}
    assert (view["total"], view["share"], view["mean_late"]) == (7, 29, 14)
    assert {line["key"]: line["features"] for line in view["statuses"]} == {"open": 1, "planned": 7}


@pytest.mark.parametrize("part", ["on_time", "slipping", "blocked", "undated", "planned", "open"])
def test_the_rows_behind_a_figure_are_as_many_as_it_says(cast, part):
    committed(cast.own)
    committed(cast.own, target_date=None)
    committed(cast.foreign, target_date=today() - DAY)
    committed(cast.private, target_date=today() - DAY)
    FeatureFactory(product=cast.own, status=Status.OPEN)
    settle()
    for user in (cast.maker, cast.stranger):
        look = Look(user, user.rights.visible, today())
        view = view_tiles([tiles["status"]], look)[0].shown
        counts = {line["key"]: line["count"] for line in view["lines"]} | {line["key"]: line["features"] for line in view["statuses"]}
        assert len(tiles["status"].rows(look, part).items) == counts.get(part, 0)


def test_what_waits_for_a_hidden_feature_is_not_called_blocked(cast):
    """A count must not tell of a private product; among its members it would be told, but one figure serves everybody."""
    hidden = committed(cast.private, target_date=today() + 60 * DAY)
    waiting = committed(cast.own, start_date=today())
    DependencyFactory(predecessor=hidden, successor=waiting)
    settle()
    assert {line["key"]: line["count"] for line in shown(cast.stranger, "status")["lines"]}["blocked"] == 0
    cast.private.visibility = Product.Visibility.OPEN
    cast.private.save()
    settle()
    assert {line["key"]: line["count"] for line in shown(cast.stranger, "status")["lines"]}["blocked"] == 1


def test_investment_spreads_weeks_over_days_and_names_who_holds_the_deals(cast):
    quarter = quarter_of(today())
    days = {"start_date": quarter.starts_on, "target_date": today()}
    one, two = AccountFactory(name="Vantage"), AccountFactory(name="Tessel")
    committed(cast.own, kind="growth", effort_likely=10, status=Status.IN_PROGRESS, **days)
    committed(cast.own, kind="deal", effort_likely=8, status=Status.SHIPPED, deal_account=one, **days)
    committed(cast.own, kind="deal", effort_likely=2, status=Status.SHIPPED, deal_account=two, **days)
    long_ago = quarter.starts_on - 200 * DAY
    committed(cast.own, kind="platform", effort_likely=50, start_date=long_ago, target_date=long_ago + DAY)
    services.set_allocations(actor=cast.leader, period=quarter, targets={"deal": Decimal("0.1")}, ceilings={"deal": Decimal("0.1")})
    settle()
    view = shown(cast.maker, "investment")
    lines = {line.share.kind.value: line for line in view["lines"]}
    assert view["plan"] == pytest.approx(20)
    assert (lines["growth"].actual, lines["deal"].actual) == (pytest.approx(50), pytest.approx(50))
    assert [line.share.kind for line in view["over"]] == ["deal"]
    assert (view["holder"], view["held"]) == (one, 80)
    assert lines["platform"].plan == 0
    assert Allocation.objects.count() == 2
    assert len(tiles["investment"].rows(Look(cast.maker, cast.maker.rights.visible, today()), "deal").items) == 2


def test_demand_shows_the_most_asked_of_all_products_and_money_only_to_who_may_see_it(cast):
    for people in range(1, 8):
        FeatureFactory(product=cast.own, status=Status.OPEN, demand_people=people, demand_revenue=people * 1000)
    most = FeatureFactory(product=cast.foreign, status=Status.OPEN, demand_people=99)
    FeatureFactory(product=cast.own, status=Status.PLANNED, demand_people=50)
    settle()
    view = shown(cast.leader, "demand")
    assert [line["people"] for line in view["lines"]] == [99, 7, 6, 5, 4]
    assert view["lines"][0]["feature"] == most
    assert (view["open"], view["planned"], view["sees_revenue"]) == (8, 1, True)
    assert not shown(cast.contributor, "demand")["sees_revenue"]


def test_value_draws_the_most_valuable_and_its_areas_only_for_who_sees_money(cast):
    FeatureFactory(product=cast.own, score=80, effort_likely=2, demand_revenue=100)
    FeatureFactory(product=cast.own, score=40, effort_likely=8, demand_revenue=900)
    FeatureFactory(product=cast.own, score=None, effort_likely=8)
    settle()
    view = shown(cast.leader, "value")
    assert (view["features"], view["scored"], view["mean"], len(view["bubbles"])) == (3, 2, 60, 2)
    assert len({bubble.r for bubble, _ in view["bubbles"]}) == 2
    assert len({bubble.r for bubble, _ in shown(cast.contributor, "value")["bubbles"]}) == 1


def test_objectives_show_progress_beside_time_passed_and_what_people_said(cast):
    objective = ObjectiveFactory(starts_on=today() - 9 * DAY, ends_on=today() + 10 * DAY, weight=5)
    KeyResultFactory(objective=objective, target=100, current=45)
    KeyResultFactory(objective=objective, start=10, target=0, direction="down", current=4)
    ObjectiveFactory(starts_on=today() - 9 * DAY, ends_on=today() - DAY)
    settle()
    (line,) = shown(cast.leader, "objectives")["lines"]
    assert [result.percent for result in line.results] == [45, 60]
    assert (line.progress, line.expected) == (pytest.approx(0.525), pytest.approx(0.5))
    assert line.health == StatusUpdate.Health.ON_TRACK
    services.post_status(actor=cast.leader, subject=objective, health="off", text="We know why")
    assert shown(cast.leader, "objectives")["lines"][0].health == StatusUpdate.Health.OFF


def test_metrics_outside_their_band_come_first_and_notes_are_internal(cast):
    calm, loud = MetricFactory(name="Calm", normal_low=0, normal_high=9), MetricFactory(name="Loud", normal_low=0, normal_high=9)
    for metric, value in ((calm, 5), (loud, 50)):
        services.record_points(actor=cast.leader, metric=metric, points=[services.Point(today(), Decimal(value), "canary-note")])
    settle()
    lines = shown(cast.leader, "metrics")["lines"]
    assert [(line.metric.name, line.is_outside, line.note) for line in lines] == [
        ("Loud", True, "canary-note"),
        ("Calm", False, "canary-note"),
    ]
    assert {line.note for line in shown(cast.contributor, "metrics")["lines"]} == {""}


def test_the_lifecycle_shows_every_product_and_which_of_them_moved(cast):
    token = clock.moment.set(clock.now() - timedelta(days=95))
    settle()
    clock.moment.reset(token)
    services.set_strategy(actor=cast.maker, product=cast.own, lifecycle="decline")
    settle()
    view = shown(cast.leader, "lifecycle", against=today() - timedelta(days=91))
    assert {phase.product.key: phase.label for phase in view["phases"]} == {"OWN": "Decline", "FOREIGN": "Development"}
    assert [(phase.product.key, phase.was) for phase in view["moved"]] == [("OWN", "Development")]
    assert [phase.product.key for phase in view["ending"]] == ["OWN"]


# --- rights ---------------------------------------------------------------------------------------------------------


def test_a_line_narrows_the_figures_to_the_union_of_its_products(cast):
    top = ProductLineFactory()
    inner = ProductLineFactory(parent=top)
    services.place_product(actor=cast.maker, product=cast.own, line=inner)
    services.place_product(actor=cast.maker, product=cast.own, line=top)
    services.place_product(actor=cast.maker, product=cast.private, line=top)
    assert products_of_line(cast.maker, top) == {cast.own.pk, cast.private.pk}
    assert products_of_line(cast.stranger, top) == {cast.own.pk}


@pytest.mark.parametrize("who", ["stranger", "leader", "ops", "admin", "contributor", "guest", "other_maker"])
def test_nothing_of_a_private_product_reaches_who_is_no_member(cast, browse, who):
    hidden = cast.private
    secret = committed(hidden, title="zqcanaryqz", demand_people=777777, demand_revenue=888888, score=99)
    committed(hidden, title="zqcanaryqz", status=Status.OPEN, demand_people=777777)
    KeyResultFactory(objective=ObjectiveFactory(product=hidden, title="zqcanaryqz"), title="zqcanaryqz", current=77)
    services.record_points(
        actor=cast.maker, metric=MetricFactory(product=hidden, name="zqcanaryqz"), points=[services.Point(today(), Decimal(777777))]
    )
    services.place_product(actor=cast.maker, product=hidden, line=ProductLineFactory(name="Money"))
    settle()
    pages = ["/portfolio/", "/products/", "/objectives/", "/metrics/", "/companies/", "/segments/", "/teams/"]
    pages += [f"/portfolio/tiles/{kind}/" for kind in tiles] + [
        f"/portfolio/tiles/status/{part}/" for part in ("on_time", "planned", "open")
    ]
    pages += ["/portfolio/tiles/demand/open/", "/portfolio/tiles/value/in_flight/", "/portfolio/tiles/investment/growth/"]
    client, member = browse(getattr(cast, who)), browse(cast.maker)
    for page in pages:
        answer = client.get(page).content.decode()
        for canary in ("zqcanaryqz", "777777", "777,777", "888888", secret.key, "Hidden canary"):
            assert canary not in answer, f"{canary} on {page}"
    assert "zqcanaryqz" in member.get("/portfolio/").content.decode()
    assert client.get(f"/portfolio/tiles/status/?product={hidden.key}").status_code == 404
    assert client.get(f"/products/{hidden.key}/").status_code == 404


def test_a_guest_sees_the_products_shared_with_them_and_nothing_of_the_organisation(cast, browse):
    KeyResultFactory(objective=ObjectiveFactory(title="Of the organisation"), current=3)
    MembershipFactory(user=cast.guest, product=cast.own)
    committed(cast.own)
    settle()
    answer = browse(cast.guest).get("/portfolio/").content.decode()
    assert "Of the organisation" not in answer
    assert shown(cast.guest, "status")["total"] == 1


# --- cost and empty states ------------------------------------------------------------------------------------------


def statements(client, page) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_the_dashboard_takes_as_many_statements_for_forty_products_as_for_two(cast, browse):
    for product in (cast.own, cast.foreign):
        committed(product, score=50, demand_people=2)
        KeyResultFactory(objective=ObjectiveFactory(product=product), current=3)
    settle()
    client = browse(cast.leader)
    few = statements(client, "/portfolio/")
    for _ in range(38):
        product = ProductFactory()
        committed(product, score=50, demand_people=2)
        KeyResultFactory(objective=ObjectiveFactory(product=product), current=3)
    settle()
    assert statements(client, "/portfolio/") == few
    assert few <= 36


def test_an_empty_portfolio_says_what_will_stand_there(db, cast, browse):
    Product.objects.all().delete()
    Organisation.objects.filter(pk=1).update(timezone="Europe/Lisbon")
    client = browse(cast.admin)
    for page in ("/portfolio/", "/products/", "/objectives/", "/metrics/", "/companies/", "/segments/", "/teams/"):
        assert client.get(page).status_code == 200, page
    said = client.get("/portfolio/").content.decode()
    assert "No objective runs today" in said
    assert "Nothing is planned or being built" in said
    assert "An account is a company" in client.get("/companies/").content.decode()


def test_a_tile_says_updating_until_the_worker_was_there(cast, browse):
    feature = committed(cast.own)
    settle()
    client = browse(cast.maker)
    assert 'aria-busy="false"' in client.get("/portfolio/tiles/status/").content.decode()
    plan.change_feature(actor=cast.maker, feature=feature, target_date=date(2020, 1, 1))
    assert 'aria-busy="true"' in client.get("/portfolio/tiles/status/").content.decode()
    derivation.run_pass()
    assert 'aria-busy="false"' in client.get("/portfolio/tiles/status/").content.decode()


def test_an_unknown_tile_or_part_is_not_there(cast, browse):
    client = browse(cast.maker)
    for page in ("nothing/", "status/nothing/", "metrics/nothing/", "investment/nothing/", "demand/nothing/", "value/nothing/"):
        assert client.get(f"/portfolio/tiles/{page}").status_code == 404, page

"""The portfolio's pages: forms save, refuse and clash with a sentence; money and notes are shown to whom they belong."""

from datetime import date
from decimal import Decimal

import pytest

from core.models import Event, Product
from portfolio import services
from portfolio.models import Account, Allocation, KeyResult, Objective, Persona, ProductLine, Strategy, TeamCapacity
from tests.factories.portfolio import (
    AccountFactory,
    KeyResultFactory,
    MetricFactory,
    ObjectiveFactory,
    ProductLineFactory,
    SegmentFactory,
    TeamFactory,
)


def text(response, status=200) -> str:
    assert response.status_code == status, response.content[:2000]
    return response.content.decode()


# --- forms ----------------------------------------------------------------------------------------------------------


def test_a_strategy_is_written_shown_and_clashes_with_both_values(cast, browse):
    client = browse(cast.maker)
    form = {"lifecycle": "growth", "vision": "**Paid** today", "value_proposition": "", "differentiation": "", "version": ""}
    assert client.post("/products/OWN/strategy/", form).status_code == 302
    page = text(browse(cast.stranger).get("/products/OWN/"))
    assert "<strong>Paid</strong> today" in page
    assert "Growth" in page
    services.set_strategy(actor=cast.maker, product=cast.own, vision="Theirs")
    conflict = text(client.post("/products/OWN/strategy/", form | {"vision": "Mine", "version": "1"}), 409)
    assert "Theirs" in conflict
    assert "Mine" in conflict
    # The answer to the conflict names the field in dispute and the version alone.
    assert client.post("/products/OWN/strategy/", {"vision": "Mine", "version": "2"}).status_code == 302
    stored = Strategy.objects.get()
    assert (stored.vision, stored.lifecycle) == ("Mine", "growth")


def test_a_refused_form_comes_back_with_what_was_typed_and_why(cast, browse):
    page = text(browse(cast.leader).post("/lines/new/", {"name": " ", "purpose": "Everything money"}), 422)
    assert "Everything money" in page
    assert "This field is required" in page
    inner = ProductLineFactory(parent=ProductLineFactory(name="Money"))
    page = text(browse(cast.leader).post(f"/lines/{inner.parent_id}/", {"name": "Money", "parent": ProductLineFactory().pk}), 422)
    assert "one level deep" in page


def test_bad_input_never_breaks_a_page(cast, browse):
    client = browse(cast.leader)
    pages = ["/portfolio/?line=x&against=y", "/portfolio/?line=99999999999999999999", "/companies/?after=%00&segment=zz&state=q&sort=drop"]
    pages += ["/companies/?segment=99999999999999999999999", "/objectives/?when=never", "/companies/?q=%25_%27", "/portfolio/?removed=x"]
    for page in pages:
        assert client.get(page).status_code == 200, page
    team = TeamFactory()
    for values in (
        {"person_weeks": "many"},
        {"person_weeks": "-1", "quarter": "2026-10-01"},
        {"person_weeks": "1", "quarter": "2026-11-01"},
    ):
        text(client.post(f"/teams/{team.pk}/capacities/", values), 422)
    row = KeyResultFactory()
    for values in ({"value": "NaN"}, {"value": "1e99"}, {"value": "1", "confidence": "400"}, {}):
        text(client.post(f"/results/{row.pk}/check-ins/", values), 422)
    text(client.post("/portfolio/investment/", {"growth": "80", "platform": "60"}), 422)
    assert client.post("/portfolio/removals/nothing/1/").status_code == 404
    assert client.post("/portfolio/removals/team/987654/").status_code == 404


def test_lines_gather_products_each_counted_once(cast, browse):
    client = browse(cast.leader)
    client.post("/lines/new/", {"name": "Money", "purpose": "From tap to statement"})
    client.post("/lines/new/", {"name": "Acceptance", "parent": ProductLine.objects.get(name="Money").pk})
    for line in ProductLine.objects.all():
        assert client.post("/products/OWN/places/", {"line": line.pk}).status_code == 302
    page = text(client.get("/products/"))
    assert "2 products, each counted once" in page
    assert "at home elsewhere" in page
    assert "In no line" in page


def test_an_objective_is_made_measured_and_talked_about(cast, browse):
    client = browse(cast.maker)
    values = {"title": "Paid in a day", "product": cast.own.pk, "starts_on": "2026-01-01", "ends_on": "2099-12-31", "weight": "2"}
    assert client.post("/objectives/new/", values).status_code == 302
    row = Objective.objects.get()
    result = {"title": "Volume", "unit": "%", "direction": "up", "start": "4", "target": "50"}
    assert client.post(f"/objectives/{row.pk}/results/", result).status_code == 302
    key_result = KeyResult.objects.get()
    checked = client.post(f"/results/{key_result.pk}/check-ins/", {"value": "27", "confidence": "65", "note": "canary-note"})
    assert checked.status_code == 302
    client.post(f"/objectives/{row.pk}/status/", {"health": "at_risk", "text": "canary-why"})
    page = text(client.get(f"/objectives/{row.pk}/"))
    for words in ("27 of 50", "65 % sure", "At risk", "canary-note", "canary-why", "50 %"):
        assert words in page, words
    masked = text(browse(cast.contributor).get(f"/objectives/{row.pk}/"))
    assert "27 of 50" in masked
    assert "canary" not in masked
    assert "Paid in a day" in text(client.get("/objectives/"))


def test_a_metric_is_defined_fed_and_drawn(cast, browse):
    client = browse(cast.leader)
    made = client.post("/metrics/new/", {"name": "Churn", "direction": "down", "cadence": "weekly", "normal_low": "1", "normal_high": "2"})
    assert made.status_code == 302
    for day, value in (("2026-01-05", "1.5"), ("2026-01-12", "9")):
        assert client.post(f"{made['Location']}points/", {"day": day, "value": value, "note": "canary-note"}).status_code == 302
    page = text(client.get(made["Location"]))
    assert "outside its normal band" in page
    assert "canary-note" in page
    assert "canary-note" not in text(browse(cast.contributor).get(made["Location"]))
    assert "Churn" in text(client.get("/metrics/"))


def test_a_team_gets_its_capacity_and_the_portfolio_its_targets(cast, browse):
    client = browse(cast.ops)
    made = client.post("/teams/new/", {"name": "Ledger", "unplanned_share": "15"})
    client.post(f"{made['Location']}capacities/", {"quarter": "2026-10-01", "person_weeks": "42"})
    assert TeamCapacity.objects.get().person_weeks == 42
    assert "15 %" in text(client.get("/teams/"))
    assert client.post("/portfolio/investment/", {"growth": "40", "deal": "10", "ceiling": "10"}).status_code == 302
    assert sorted(Allocation.objects.values_list("value", "share", "is_ceiling")) == [
        ("deal", Decimal("0.1"), False),
        ("deal", Decimal("0.1"), True),
        ("growth", Decimal("0.4"), False),
    ]
    assert 'value="40"' in text(client.get("/portfolio/investment/"))


def test_what_was_removed_can_be_taken_back(cast, browse):
    services.create_persona(actor=cast.maker, product=cast.own, name="Treasurer")
    row = Persona.objects.get()
    answer = browse(cast.maker).post(f"/portfolio/removals/persona/{row.pk}/")
    number = Event.objects.latest("number").number
    assert answer["Location"] == f"/products/OWN/?removed={number}"
    page = text(browse(cast.maker).get(answer["Location"]))
    assert f'action="/events/{number}/undo/"' in page
    assert "none described" in page


# --- accounts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees"), [("admin", True), ("ops", True), ("leader", True), ("maker", True), ("contributor", False), ("stranger", True)]
)
def test_revenue_is_shown_by_class_and_a_contributor_sees_that_of_own_accounts(cast, browse, who, sees):
    services.create_account(actor=cast.leader, name="Theirs", annual_revenue=412_000)
    mine = AccountFactory(name="Mine", annual_revenue=267_000, owner=cast.contributor)
    client = browse(getattr(cast, who))
    for page in ("/companies/", f"/companies/{Account.objects.get(name='Theirs').pk}/"):
        assert ("€412k" in text(client.get(page))) is sees
    assert ("€267k" in text(client.get("/companies/"))) is (sees or who == "contributor")
    assert ("€267k" in text(client.get(f"/companies/{mine.pk}/"))) is (sees or who == "contributor")


def test_who_does_not_see_money_cannot_sort_by_it_nor_read_a_segments_sum(cast, browse):
    segment = SegmentFactory(name="Pharma")
    AccountFactory(name="Aaa small", annual_revenue=1, segment=segment)
    AccountFactory(name="Bbb large", annual_revenue=888_000, segment=segment)
    page = text(browse(cast.contributor).get("/companies/?sort=revenue"))
    assert page.index("Aaa small") < page.index("Bbb large")
    page = text(browse(cast.leader).get("/companies/?sort=revenue"))
    assert page.index("Bbb large") < page.index("Aaa small")
    assert "€888k" in text(browse(cast.leader).get("/segments/"))
    assert "888" not in text(browse(cast.contributor).get("/segments/"))


def test_accounts_are_found_by_words_state_segment_and_owner_page_by_page(cast, browse):
    segment = SegmentFactory()
    for number in range(120):
        AccountFactory(name=f"Company {number:03}", state="customer" if number % 2 else "prospect")
    AccountFactory(name="Brightwater", segment=segment, owner=cast.maker)
    client = browse(cast.maker)
    seen, url = [], "/companies/?q=company&state=customer"
    while url:
        page = client.get(url)
        seen += [row.name for row, _, _ in page.context["lines"]]
        url = page.context["page"].next_url
    assert seen == [f"Company {number:03}" for number in range(1, 120, 2)]
    for query in ("q=brightw", f"segment={segment.pk}", "mine=1"):
        assert [row.name for row, _, _ in client.get(f"/companies/?{query}").context["lines"]] == ["Brightwater"]
    assert "No account like that" in text(client.get("/companies/?q=nowhere"))


def test_a_list_of_accounts_takes_as_many_statements_for_fifty_as_for_one(cast, browse, django_assert_num_queries):
    client = browse(cast.leader)
    client.get("/companies/", headers={"HX-Request": "true"})
    for _ in range(60):
        AccountFactory(segment=SegmentFactory(), owner=cast.leader)
    with django_assert_num_queries(4):
        client.get("/companies/", headers={"HX-Request": "true"})


# --- a product's page -----------------------------------------------------------------------------------------------


def test_a_products_page_shows_who_works_on_it_its_objectives_and_its_figures(cast, browse):
    services.create_persona(actor=cast.maker, product=cast.own, name="Head of treasury")
    services.place_product(actor=cast.maker, product=cast.own, line=ProductLineFactory(name="Money"))
    KeyResultFactory(objective=ObjectiveFactory(title="Paid in a day", product=cast.own), title="Volume", current=3)
    page = text(browse(cast.leader).get("/products/OWN/"))
    for words in ("Head of treasury", "Money", "Paid in a day", "Volume", "Maker", "Roadmap health", "Nobody has written down yet"):
        assert words in page, words
    assert 'data-live-src="/portfolio/tiles/status/?product=OWN"' in page
    assert "Write the strategy" not in page
    assert "Write the strategy" in text(browse(cast.maker).get("/products/OWN/"))


def test_every_page_opens_for_every_role_that_may_see_it(cast, browse):
    metric = MetricFactory(product=cast.own)
    services.record_points(actor=cast.maker, metric=metric, points=[services.Point(date(2026, 1, 5), Decimal(4))])
    rows = {"objectives": ObjectiveFactory().pk, "metrics": metric.pk, "companies": AccountFactory().pk, "teams": TeamFactory().pk}
    for who in ("admin", "ops", "leader", "maker", "contributor", "stranger"):
        client = browse(getattr(cast, who))
        for noun, pk in rows.items():
            text(client.get(f"/{noun}/{pk}/"))
    assert Product.objects.count() == 3

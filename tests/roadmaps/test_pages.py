"""Pages of the plan: the grid, cells edited in place, the panel, the timeline, releases and initiatives."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Event
from roadmaps import services
from roadmaps.models import Dependency, Feature, FeatureObjective, Release
from tests.factories.portfolio import ObjectiveFactory
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory

HTMX = {"HX-Request": "true"}


def shown(response) -> list[str]:
    """The keys of the rows, in their order."""
    assert response.status_code == 200
    return re.findall(r'<tr id="feature-\d+" data-key="([^"]+)"', response.content.decode())


def cell_url(feature, **query) -> str:
    return f"/features/{feature.key}/cell/?" + "&".join(f"{name}={value}" for name, value in query.items())


# --- the grid ---------------------------------------------------------------------------------------------------------


def test_the_grid_filters_sorts_and_groups_as_its_address_says(cast, plan, browse):
    theme = InitiativeFactory(product=cast.own, name="Theme")
    a = FeatureFactory(product=cast.own, title="Alpha", initiative=theme, kind="platform", team=None)
    b = FeatureFactory(product=cast.own, title="Beta", initiative=theme, stage=plan.stages["delivery"], owner=cast.maker)
    client = browse(cast.other_maker)
    assert shown(client.get("/features/?sort=title")) == [a.key, b.key, plan.foreign.key, plan.own.key]
    assert shown(client.get("/features/?sort=-title")) == [plan.own.key, plan.foreign.key, b.key, a.key]
    assert shown(client.get("/features/?filter=stage:delivery")) == [b.key]
    assert shown(client.get("/features/?filter=status:open+kind:platform")) == [a.key]
    assert shown(client.get("/features/?filter=initiative:Theme&sort=title")) == [a.key, b.key]
    assert shown(client.get(f"/features/?filter=owner:none,%23{cast.maker.pk}+initiative:%23{theme.pk}&sort=title")) == [a.key, b.key]
    assert shown(client.get("/features/?filter=alph")) == [a.key]
    assert shown(client.get("/features/?filter=own-")) == shown(client.get("/features/?filter=product:OWN"))
    assert shown(client.get("/features/?filter=initiative:%2399999")) == []
    grouped = client.get("/features/?group=initiative&sort=title")
    assert shown(grouped) == [a.key, b.key, plan.foreign.key, plan.own.key]
    assert b"No initiative" in grouped.content


def test_a_private_product_leaves_no_trace_in_the_grid(cast, plan, browse):
    hidden = InitiativeFactory(product=cast.private, name="Hidden theme canary")
    services.change_feature(actor=cast.maker, feature=plan.private, initiative=hidden)
    by_id = f"/features/?filter=initiative:%23{hidden.pk}"
    for url in ("/features/?group=initiative", "/features/?group=product", by_id, "/features/filter/"):
        assert b"canary" not in browse(cast.leader).get(url).content, url
    assert b"canary" in browse(cast.maker).get("/features/?group=initiative").content
    assert shown(browse(cast.leader).get(f"/features/rows/?ids={plan.private.pk},{plan.own.pk}")) == [plan.own.key]


@pytest.mark.parametrize(
    "query",
    [
        "sort=nothing",
        "group=nothing",
        "columns=nothing",
        "filter=owner:nobody-here",
        "filter=owner:%2399999999999999999999",
        "filter=score>NaN",
        "filter=(",
        "filter=%00",
        "filter=target:9999",
        "filter=in_stage>99999999999",
        "at=²",
    ],
)
def test_an_address_nobody_can_read_still_shows_the_grid(cast, plan, browse, query):
    assert browse(cast.maker).get(f"/features/?{query}").status_code == 200


def test_columns_come_in_the_order_and_width_asked_for_and_only_those_one_may_see(cast, plan, browse):
    def heads(user, query):
        page = browse(user).get(f"/features/?columns={query}").content.decode()
        return re.findall(r'data-column="(\w+)"', page), re.findall(r'<col width="(\d+)">', page)

    assert heads(cast.maker, "kind~140,revenue,title~300,stage~9999,nothing") == (
        ["key", "title", "kind", "revenue", "stage"],
        ["300", "140", "800"],
    )
    assert heads(cast.contributor, "kind,revenue") == (["key", "title", "kind"], [])
    assert heads(cast.maker, "kind~x,stage~1&columns=team") == (["key", "title", "kind", "stage", "team"], ["32"])


def test_what_is_filtered_by_no_column_of_its_own_is_grouped_and_summed_all_the_same(cast, plan, browse):
    FeatureFactory(product=cast.own, title="Estimated", effort_low=3, effort_high=5, status="planned", target_date="2020-01-01")
    FeatureFactory(product=cast.own, title="Too", effort_likely=8, status="planned", target_date="2020-01-01")
    page = browse(cast.maker).get("/features/?filter=effort>2+dates:slipping&group=stage&columns=effort").content.decode()
    assert "2 features" in page
    assert re.findall(r'<span class="sub">(\d+)</span>', page) == ["2"]


def test_what_has_been_longest_in_its_stage_comes_first_where_the_most_days_do(cast, plan, browse):
    old = FeatureFactory(product=cast.own, title="Old", stage_since=timezone.now() - timedelta(40))
    page = browse(cast.maker).get("/features/?filter=product:OWN&columns=in_stage,completeness,created,accounts,people&sort=-in_stage")
    assert shown(page) == [old.key, plan.own.key]
    assert '<data value="40"' in page.content.decode()


def test_long_lists_come_in_windows_of_rows(cast, plan, browse):
    FeatureFactory.create_batch(230, product=cast.own)
    page = browse(cast.maker).get("/features/?sort=key")
    assert len(shown(page)) == 200
    gap = re.search(r'data-src="([^"]+)"[^>]*>\s*<tr class="gridgap">', page.content.decode())
    assert len(shown(browse(cast.maker).get(gap[1].replace("&amp;", "&")))) == 33
    assert len(shown(browse(cast.maker).get("/features/?sort=key&at=1"))) == 33


def test_the_grid_is_grouped_by_the_objective_a_feature_serves_most_of_those_in_sight(cast, plan, browse):
    seen, hidden = ObjectiveFactory(title="Faster money"), ObjectiveFactory(product=cast.private, title="Hidden objective canary")
    other = FeatureFactory(product=cast.own, title="Serves nothing", effort_low=1, effort_likely=2, effort_high=3)
    for objective, strength in ((seen, 1), (hidden, 3)):
        FeatureObjective(feature=plan.own, objective=objective, strength=strength).save()
    page = browse(cast.leader).get("/features/?group=objective&filter=product:OWN&columns=effort").content.decode()
    groups = re.findall(r'<tr class="grouprow".*?</tr>', page, re.S)
    assert ["Faster money" in groups[0], "Serves no objective" in groups[1], "1–3" in groups[1]] == [True, True, True]
    assert other.key in page.split("Serves no objective")[1]
    assert "Hidden objective canary" not in page
    table = browse(cast.leader).get("/features/export.csv?group=objective&filter=product:OWN")
    assert b"Serves nothing" in b"".join(table.streaming_content)


def test_a_head_sorts_by_its_column_alone_or_besides(cast, plan, browse):
    def besides(sort: str) -> dict[str, str]:
        page = browse(cast.leader).get(f"/features/?sort={sort}").content.decode()
        return dict(re.findall(r'data-column="(\w+)".*?data-also="([^"]*)"', page))

    heads = besides("stage,-title")
    assert "sort=stage%2Ctitle" in heads["title"]
    assert "sort=-stage%2C-title" in heads["stage"]
    assert "sort=stage%2C-title%2C-score" in heads["score"]
    assert "sort=-score" in besides("stage,title,key")["score"]


def test_the_grid_takes_as_many_statements_for_many_rows_as_for_few(cast, plan, browse):
    client, counts = browse(cast.maker), []
    for _ in range(2):
        FeatureFactory.create_batch(40, product=cast.own)
        with CaptureQueriesContext(connection) as queries:
            client.get("/features/?group=stage")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_revenue_is_shown_to_who_may_see_it(cast, plan, browse):
    Feature.objects.filter(pk=plan.own.pk).update(demand_revenue=1_230_000)
    assert "€1.23M" in browse(cast.leader).get("/features/?group=product").content.decode()
    assert "€1.23M" not in browse(cast.contributor).get("/features/?group=product").content.decode()
    assert "€1.23M" not in browse(cast.contributor).get("/features/OWN-01/").content.decode()


# --- blocks of cells --------------------------------------------------------------------------------------------------


def pasted(client, *cells):
    return client.post("/features/cells/?columns=effort,kind", {"cells": json.dumps(cells)}, headers=HTMX)


def test_pasted_cells_are_one_change_and_those_that_mean_nothing_are_told(cast, plan, browse):
    other = FeatureFactory(product=cast.own, title="Other")
    answer = pasted(
        browse(cast.maker),
        [plan.own.pk, 1, "kind", "Platform"], [plan.own.pk, 1, "owner", "leader"], [plan.own.pk, 1, "effort", "9-3"],
        [other.pk, 1, "title", " "], [other.pk, 1, "effort", "6/8/11"], [other.pk, 1, "stage", "Nowhere"], [other.pk, 1, "score", "9"],
    )  # fmt: skip
    text = answer.content.decode()
    plan.own.refresh_from_db()
    other.refresh_from_db()
    assert (plan.own.kind, plan.own.owner, plan.own.effort_low) == ("platform", cast.leader, None)
    assert (other.title, other.effort_likely) == ("Other", 8)
    left = re.findall(r'data-row="feature-(\d+)" data-cell="(\w+)" data-text="([^"]*)">([^<]+)<', text)
    assert {(int(pk), cell): (kept, html.unescape(why)) for pk, cell, kept, why in left} == {
        (plan.own.pk, "effort"): ("9-3", "Effort is given as low, likely, high, in that order."),
        (other.pk, "title"): (" ", "This field is required."),
        (other.pk, "stage"): ("Nowhere", "There is no “Nowhere” to choose from here."),
        (other.pk, "score"): ("9", "This cell is not changed by hand."),
    }
    assert 'data-done="3"' in text
    assert Event.objects.filter(verb="roadmaps.features_changed").count() == 1
    assert json.loads(answer["HX-Trigger"])["waymark:undo"]["label"] == "3 cells changed"


def test_pasting_leaves_what_others_changed_meanwhile_and_what_one_may_not_edit(cast, plan, browse):
    services.change_feature(actor=cast.maker, feature=plan.own, kind="retention")
    answer = pasted(
        browse(cast.maker), [plan.own.pk, 1, "kind", "Platform"], [plan.own.pk, 1, "effort", "4"], [plan.foreign.pk, 1, "kind", "Platform"]
    )
    text = html.unescape(answer.content.decode())
    plan.own.refresh_from_db()
    plan.foreign.refresh_from_db()
    assert (plan.own.kind, plan.own.effort_likely, plan.foreign.kind) == ("retention", 4, "growth")
    assert "Somebody changed kind meanwhile." in text
    assert 'data-done="1"' in text


def test_pasting_into_what_one_does_not_see_says_what_a_wrong_id_says(cast, plan, browse):
    hidden = pasted(browse(cast.leader), [plan.private.pk, 1, "kind", "Platform"]).content.decode()
    nobody = pasted(browse(cast.leader), [999_999, 1, "kind", "Platform"]).content.decode()
    assert hidden == nobody
    assert "This feature is not there any more." in hidden


UNREADABLE = ["", "x", "{}", "[1]", '[["1",1,"kind","x"]]', '[[true,1,"kind","x"]]', '[[0,1,"kind","x"]]', f'[[{2**64},1,"kind","x"]]']


@pytest.mark.parametrize("cells", UNREADABLE)
def test_cells_that_cannot_be_read_are_refused(cast, plan, browse, cells):
    assert browse(cast.maker).post("/features/cells/", {"cells": cells}, headers=HTMX).status_code == 422


# --- cells ------------------------------------------------------------------------------------------------------------


def test_a_cell_is_saved_and_its_row_drawn_anew_with_an_offer_to_undo(cast, plan, browse):
    client = browse(cast.maker)
    editor = client.get(cell_url(plan.own, field="effort"), headers=HTMX)
    assert b'name="effort"' in editor.content
    saved = client.post(cell_url(plan.own, columns="effort"), {"field": "effort", "effort": "6-11", "version": 1}, headers=HTMX)
    assert (saved.status_code, saved["HX-Retarget"], saved["HX-Reswap"]) == (200, f"#feature-{plan.own.pk}", "outerHTML")
    assert "6–11" in saved.content.decode()
    undo = json.loads(saved["HX-Trigger"])["waymark:undo"]["url"]
    assert undo == f"/events/{Event.objects.latest('number').number}/undo/"
    plan.own.refresh_from_db()
    assert (plan.own.effort_low, plan.own.effort_likely, plan.own.effort_high) == (6, 8.5, 11)


def test_a_refused_cell_keeps_what_was_typed_and_says_why(cast, plan, browse):
    answer = browse(cast.maker).post(cell_url(plan.own), {"field": "effort", "effort": "11-6", "version": 1}, headers=HTMX)
    assert answer.status_code == 422
    assert "11-6" in answer.content.decode()
    assert "low, likely, high, in that order" in answer.content.decode()
    assert answer["HX-Retarget"] == f'#feature-{plan.own.pk} [data-field="effort"]'
    dates = browse(cast.maker).post(
        cell_url(plan.own), {"field": "target_date", "start_date": "2027-02-01", "target_date": "2027-01-01", "version": 1}, headers=HTMX
    )
    assert (dates.status_code, b"before the start date" in dates.content) == (422, True)


def test_two_people_editing_one_cell_see_both_values(cast, plan, browse):
    services.change_feature(actor=cast.maker, feature=plan.own, title="Theirs")
    answer = browse(cast.maker).post(cell_url(plan.own), {"field": "title", "title": "Mine", "version": 1}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#dialog-body")
    assert all(word in answer.content.decode() for word in ("Mine", "Theirs"))
    merged = browse(cast.maker).post(cell_url(plan.own), {"field": "kind", "kind": "platform", "version": 1}, headers=HTMX)
    assert merged.status_code == 200


def test_who_may_not_edit_gets_no_editor(cast, plan, browse):
    assert browse(cast.leader).get(cell_url(plan.own, field="title")).status_code == 403
    assert browse(cast.leader).post(cell_url(plan.own), {"field": "title", "title": "No"}).status_code == 403
    assert browse(cast.leader).get(cell_url(plan.private, field="title")).status_code == 404
    assert browse(cast.maker).get(cell_url(plan.own, field="score")).status_code == 404
    assert browse(cast.maker).get(cell_url(plan.own, field="status")).status_code == 404


def test_an_editor_offers_only_releases_of_the_product_and_trains(cast, plan, browse):
    ReleaseFactory(product=cast.own, version_name="Own release")
    ReleaseFactory(product=cast.foreign, version_name="Foreign release")
    ReleaseFactory(product=None, version_name="Train of all")
    text = browse(cast.maker).get(cell_url(plan.own, field="release")).content.decode()
    assert ("Own release" in text, "Foreign release" in text, "Train of all" in text) == (True, False, True)


def test_several_features_are_changed_together_and_those_left_are_named(cast, plan, browse):
    other = FeatureFactory(product=cast.own)
    services.change_feature(actor=cast.maker, feature=other, kind="retention")
    rows = [f"{plan.own.pk}:1", f"{other.pk}:1", f"{plan.foreign.pk}:1", "x:y", "1"]
    answer = browse(cast.maker).post("/features/changes/", {"row": rows, "kind": "platform"}, headers=HTMX)
    text = answer.content.decode()
    assert "1 feature changed, 2 left" in text
    assert "Somebody changed kind meanwhile." in text
    assert Feature.objects.get(pk=plan.own.pk).kind == "platform"
    assert browse(cast.maker).post("/features/changes/", {"row": rows}).status_code == 422


# --- the feature ------------------------------------------------------------------------------------------------------


def test_a_feature_opens_as_a_page_and_as_a_panel(cast, plan, browse):
    client = browse(cast.leader)
    assert b"<html" in client.get("/features/OWN-01/").content
    panel = client.get("/features/OWN-01/", headers={**HTMX, "X-Panel": "true"}).content
    assert (b"<html" in panel, b'data-feature-panel="/features/OWN-01/"' in panel) == (False, True)
    assert client.get("/features/HIDDEN-01/", headers={"X-Panel": "true"}).status_code == 404


def test_a_dependency_is_added_by_key_and_a_hidden_key_is_unknown(cast, plan, browse):
    client = browse(cast.other_maker)
    hidden = client.post("/features/FOREIGN-01/dependencies/", {"way": "needs", "key": "HIDDEN-01", "kind": "FS"}, headers=HTMX)
    missing = client.post("/features/FOREIGN-01/dependencies/", {"way": "needs", "key": "HIDDEN-99", "kind": "FS"}, headers=HTMX)
    assert (hidden.status_code, missing.status_code) == (422, 422)
    assert hidden.content.count(b"There is no such feature") == missing.content.count(b"There is no such feature") == 1
    made = client.post("/features/FOREIGN-01/dependencies/", {"way": "needs", "key": "own-01", "kind": "FS"}, headers=HTMX)
    assert (made.status_code, b"OWN-01" in made.content) == (200, True)
    assert Dependency.objects.get().agreement == "requested"
    circle = client.post("/features/FOREIGN-01/dependencies/", {"way": "needs", "key": "FOREIGN-01", "kind": "FS"}, headers=HTMX)
    assert (circle.status_code, b"cannot wait for itself" in circle.content) == (422, True)


def test_a_dependency_is_changed_under_one_of_its_own_ends_only(cast, plan, browse):
    other = DependencyFactory(predecessor=FeatureFactory(product=cast.own), successor=FeatureFactory(product=cast.own))
    answer = browse(cast.maker).post(f"/features/OWN-01/dependencies/{other.pk}/", {"remove": "1"})
    assert answer.status_code == 404
    assert Dependency.objects.filter(pk=other.pk, deleted_at=None).exists()


# --- the timeline and its lists ---------------------------------------------------------------------------------------


def test_the_timeline_draws_bars_and_says_what_is_broken(cast, plan, browse):
    dates = {"start_date": "2026-12-08", "target_date": "2027-02-27"}
    Feature.objects.filter(pk=plan.own.pk).update(**dates)
    late = FeatureFactory(product=cast.own, start_date="2026-12-01", target_date="2027-03-11", title="Late one")
    DependencyFactory(predecessor=late, successor=plan.own, kind="FF")
    text = browse(cast.leader).get("/roadmaps/timeline/?from=2026-10-01").content.decode()
    assert f"{late.key} ends 12 d after OWN-01 needs it" in text
    assert text.count('class="tl-bar') - text.count('<g class="tl-bar" data-stage="definition"><rect class="fillc" width="14"') == 2
    assert "1 without dates" in text
    assert "Hidden feature canary" not in text
    assert browse(cast.leader).get("/roadmaps/timeline/?from=x&zoom=y&lanes=z").status_code == 200
    assert b"Nothing in these months" in browse(cast.leader).get("/roadmaps/timeline/?from=1999-01-01").content


def test_two_who_change_the_same_of_an_initiative_release_or_roadmap_choose_between_both_words(cast, browse):
    client = browse(cast.maker)
    theme, release = InitiativeFactory(product=cast.own), ReleaseFactory(product=cast.own)
    roadmap = services.create_roadmap(actor=cast.maker, name="Ours")
    for row, url, field, more in (
        (theme, f"/initiatives/{theme.pk}/edit/", "name", {"horizon": theme.horizon}),
        (release, f"/releases/{release.pk}/edit/", "version_name", {}),
        (roadmap, f"/roadmaps/{roadmap.pk}/edit/", "name", {}),
    ):
        for word, status in (("Theirs", 302), ("Mine", 409)):
            answer = client.post(url, more | {field: word, "version": row.version})
            assert answer.status_code == status, answer.content
        for word in ("Theirs", "Mine"):
            assert f'type="radio" name="{field}" value="{word}"' in answer.content.decode()
        version = answer.context["conflict"]["version"]
        assert client.post(url, {"only": field, field: "Mine", "version": version}).status_code == 302
        row.refresh_from_db()
        assert getattr(row, field) == "Mine"


def test_releases_and_initiatives_are_made_changed_and_listed_by_who_may(cast, plan, browse):
    client = browse(cast.maker)
    made = client.post("/releases/new/", {"product": cast.own.pk, "version_name": "2027.1", "day": "2027-03-01"})
    release = Release.objects.get()
    assert made["Location"] == f"/releases/{release.pk}/"
    assert client.post("/releases/new/", {"product": cast.own.pk, "version_name": "2027.1"}).status_code == 422
    assert client.post("/releases/new/", {"version_name": "Train"}).status_code == 422
    assert browse(cast.leader).post("/releases/new/", {"version_name": "Train"}).status_code == 302
    assert client.post(f"/releases/{release.pk}/state/", {"state": "shipped"}).status_code == 302
    assert client.post(f"/releases/{release.pk}/state/", {"state": "rolled_back", "why": ""}).status_code == 422
    assert client.post(f"/releases/{release.pk}/state/", {"state": "gone"}).status_code == 422
    assert browse(cast.leader).post(f"/releases/{release.pk}/state/", {"state": "planned"}).status_code == 403
    theme = client.post("/initiatives/new/", {"product": cast.own.pk, "name": "Theme", "horizon": "now"})
    assert b"Theme" in browse(cast.stranger).get(theme["Location"]).content
    assert browse(cast.stranger).get(f"{theme['Location']}edit/").status_code == 403
    hidden = InitiativeFactory(product=cast.private, name="Hidden theme canary")
    assert browse(cast.stranger).get(f"/initiatives/{hidden.pk}/").status_code == 404
    for url in ("/initiatives/", "/releases/"):
        assert b"canary" not in browse(cast.stranger).get(url).content

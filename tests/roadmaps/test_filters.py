"""The filter of features: what the database answers is what the words say, for every field; in pages and in the API alike."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from core.filtering import Compare, Either, Every, Not, Words, say
from core.filtering.building import Builder
from core.models import Follower
from core.services import save_view
from roadmaps import services
from roadmaps.fields import FIELDS
from roadmaps.filters import FeatureFilter
from roadmaps.models import Feature
from tests.factories.portfolio import AccountFactory, ObjectiveFactory, ProductLineFactory, SegmentFactory, TeamFactory
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory

pytestmark = pytest.mark.django_db


def found(user, text: str) -> list[str]:
    """The titles that pass, in order; the filter must be readable."""
    filters = FeatureFilter({"filter": text}, user=user)
    assert filters.error == "", text
    return sorted(filters.narrow(Feature.objects.visible_to(user)).values_list("title", flat=True))


def refused(user, text: str) -> str:
    """The sentence with which a filter is refused; nothing passes it."""
    filters = FeatureFilter({"filter": text}, user=user)
    assert not filters.narrow(Feature.objects.visible_to(user)).exists()
    return filters.error


@pytest.fixture
def shelf(cast, plan):
    """Five features of the own product that differ in everything; the other products' are gone from sight of these tests' words."""
    Feature.objects.filter(pk=plan.own.pk).delete()
    theme, team, release = (
        InitiativeFactory(product=cast.own, name="Settle in a day"),
        TeamFactory(name="Ledger"),
        ReleaseFactory(product=cast.own, version_name="2027.1", day=date(2027, 1, 15)),
    )
    make = FeatureFactory
    a = make(product=cast.own, title="Alpha", initiative=theme, owner=cast.maker, team=team, score=Decimal("80"), effort_likely=3)
    b = make(product=cast.own, title="Beta", owner=cast.leader, stage=plan.stages["delivery"], score=Decimal("70.5"), effort_low=8)
    c = make(product=cast.own, title="Gamma", kind="platform", target_date=date(2026, 12, 24), date_confidence="low", demand_people=4)
    d = make(product=cast.own, title="Delta", release=release, start_date=date(2026, 11, 1), demand_revenue=400_000, demand_people=12)
    e = make(product=cast.own, title="Epsilon", description="Reconciles by night", deal_account=AccountFactory(name="Brightwater"))
    Feature.objects.filter(pk=b.pk).update(status="planned", target_date=date(2026, 11, 20), score_completeness=Decimal("0.5"))
    return {"a": a, "b": b, "c": c, "d": d, "e": e}


ALL = ["Alpha", "Beta", "Delta", "Epsilon", "Gamma"]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(datetime.fromisoformat("2026-11-23T12:00:00+00:00"), tick=False):
        yield


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("title:alp", ["Alpha"]),
        ("alpha", ["Alpha"]),
        ("own-", ALL),
        ("key:own", ALL),
        ("description:night", ["Epsilon"]),
        ('initiative:"Settle in a day"', ["Alpha"]),
        ("initiative:settle", ["Alpha"]),
        ("product:own -initiative:none", ["Alpha"]),
        ("stage:delivery", ["Beta"]),
        ("stage:Delivery", ["Beta"]),
        ("status:planned", ["Beta"]),
        ("owner:me", ["Alpha"]),
        ("owner:me,leader", ["Alpha", "Beta"]),
        ("product:own owner:none", ["Delta", "Epsilon", "Gamma"]),
        ("team:ledger", ["Alpha"]),
        ("kind:platform", ["Gamma"]),
        ("deal:brightwater", ["Epsilon"]),
        ("release:2027.1", ["Delta"]),
        ("start:2026-11", ["Delta"]),
        ("target<+31d", ["Beta"]),
        ("target<=+31d", ["Beta", "Gamma"]),
        ("target:next-month", ["Gamma"]),
        ("target:2026-11-20..2026-12-24", ["Beta", "Gamma"]),
        ("product:own target:none", ["Alpha", "Delta", "Epsilon"]),
        ("sure:low", ["Gamma"]),
        ("dates:slipping", ["Beta"]),
        ("effort:3..8", ["Alpha", "Beta"]),
        ("product:own effort:none", ["Delta", "Epsilon", "Gamma"]),
        ("score>70", ["Alpha", "Beta"]),
        ("score>=70.5 score<80", ["Beta"]),
        ("completeness:50%", ["Beta"]),
        ("people>3.5", ["Delta", "Gamma"]),
        ("people<4.5 people>0", ["Gamma"]),
        ("people:4.5", []),
        ("revenue>=400k", ["Delta"]),
        ("product:own in_stage:0", ALL),
        ("in_stage>0", []),
        ("product:own created:today", ALL),
        ("product:own changed>-1d", ALL),
        ("product:own -effort>=5", ["Alpha", "Delta", "Epsilon", "Gamma"]),
        ("product:own -effort:3", ["Beta", "Delta", "Epsilon", "Gamma"]),
        ("product:own -(-effort>=5)", ["Beta"]),
        ("product:own -(effort>=5 or score>75)", ["Delta", "Epsilon", "Gamma"]),
        ("product:own -(effort>=5 or effort:none)", ["Alpha"]),
        ("product:own -score>75", ["Beta", "Delta", "Epsilon", "Gamma"]),
        ("score>75 or kind:platform", ["Alpha", "Gamma"]),
        ("product:own -(score>75 or kind:platform)", ["Beta", "Delta", "Epsilon"]),
        ("blocked:yes", []),
        ("followed:yes", []),
    ],
)
def test_each_field_finds_what_it_says(shelf, cast, text, titles):
    assert found(cast.maker, text) == titles


def test_what_hangs_on_links_is_found_and_so_is_its_absence(shelf, cast):
    objective, segment = ObjectiveFactory(product=cast.own, title="Win the month end"), SegmentFactory(name="Retail")
    line = ProductLineFactory(name="Money")
    services.change_feature(actor=cast.maker, feature=shelf["a"], objectives=[(objective, 2)], segments=[segment])
    assert found(cast.maker, "objective:win") == found(cast.maker, "segment:retail") == ["Alpha"]
    assert found(cast.maker, "product:own objective:none") == found(cast.maker, "product:own -segment:retail") == ALL[1:]
    assert found(cast.maker, "product:own line:none") == ALL
    assert found(cast.maker, "line:money") == []
    assert str(line) == "Money"
    Follower.objects.create(user=cast.maker, subject_type="roadmaps.feature", subject_id=shelf["c"].pk)
    assert found(cast.maker, "followed:yes") == ["Gamma"]
    assert found(cast.leader, "followed:yes") == []
    DependencyFactory(predecessor=shelf["c"], successor=shelf["d"])
    assert found(cast.maker, "blocked:yes") == ["Delta"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stagee:delivery", "There is no field “stagee”."),
        ("stage:delivry", "Did you mean “delivery”?"),
        ("stage:none", "There is always a stage, so “none” finds nothing."),
        ("kind:x", "“x” is not known here. Known are: growth, retention, platform, deal, compliance."),
        ("stage>delivery", "Stage cannot be compared by “>”, only by “:”."),
        ("score>many", "“many” is no number."),
        ("score>1,2", "“score>” compares with one value, not with several."),
        ("score>inf", "“inf” is no number."),
        ("target:soon", "“soon” is no day."),
        ("blocked:maybe", "“maybe” is neither yes nor no."),
        ("owner:#999999999999999999", "There is no person “#999999999999999999”, or it is not yours to see."),
    ],
)
def test_what_means_nothing_is_refused_in_a_sentence_and_finds_nothing(shelf, cast, text, sentence):
    assert sentence in refused(cast.maker, text)


def test_names_out_of_sight_are_as_unknown_as_names_nobody_gave(shelf, cast, plan):
    hidden = InitiativeFactory(product=cast.private, name="Secret canary")
    for text in ("initiative:secret", f"initiative:#{hidden.pk}", "initiative:cannary", f"product:{cast.private.key}"):
        said = refused(cast.leader, text)
        assert "or it is not yours to see." in said
        assert "canary" not in said.replace("cannary", "")
    assert found(cast.maker, "initiative:secret") == []
    assert "There is no field “revenue”" in refused(cast.contributor, "revenue>1")


# --- against a reading in plain Python ---------------------------------------------------------------------------------

TITLES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
NUMBERS = {"score": "score", "people": "demand_people", "revenue": "demand_revenue", "effort": "effort"}
DATES = {"start": "start_date", "target": "target_date"}
words_and_choices = st.sampled_from(
    [
        Words("a"), Compare("status", ":", ("planned",)), Compare("kind", ":", ("platform", "growth")),
        Compare("stage", ":", ("delivery",)), Compare("title", ":", ("eta", "gamma")),
        Compare("owner", ":", ("none",)), Compare("owner", ":", ("me",)),
    ]
)  # fmt: skip
operators = st.sampled_from([":", ">", ">=", "<", "<="])
numbers = st.builds(
    lambda name, operator, value: Compare(name, operator, (str(value),)),
    st.sampled_from(sorted(NUMBERS)), operators, st.sampled_from([0, 3, 4, "70.5", 80, "400k", 12]),
)  # fmt: skip
dates = st.builds(
    lambda name, operator, value: Compare(name, operator, (value,)),
    st.sampled_from(sorted(DATES)), operators, st.sampled_from(["2026-11-20", "+31d", "2026-11-01", "none"]),
).filter(lambda test: test.values != ("none",) or test.operator == ":")  # fmt: skip
groups = st.sampled_from([Every, Either])
filters = st.recursive(
    words_and_choices | numbers | dates,
    lambda part: st.builds(Not, part) | st.builds(lambda kind, parts: kind(tuple(parts)), groups, st.lists(part, min_size=2, max_size=3)),
    max_leaves=6,
)


def passes(row: Feature, node, user) -> bool:
    """What the filter means, by the plainest reading."""
    if isinstance(node, Not):
        return not passes(row, node.part, user)
    if isinstance(node, Every | Either):
        parts = [passes(row, part, user) for part in node.parts]
        return all(parts) if isinstance(node, Every) else any(parts)
    if isinstance(node, Words):
        return node.text.casefold() in row.title.casefold() or row.key.casefold().startswith(node.text.casefold())
    if node.field in NUMBERS or node.field in DATES:
        column = {**NUMBERS, **DATES}[node.field]
        stored = (
            next(filter(None, (row.effort_likely, row.effort_high, row.effort_low)), None) if column == "effort" else getattr(row, column)
        )
        if node.values == ("none",):
            return stored is None
        return stored is not None and _holds(stored, node.operator, _value(node.values[0], node.field in DATES))
    return {
        "status": lambda: row.status in node.values,
        "kind": lambda: row.kind in node.values,
        "stage": lambda: row.stage.slug in node.values,
        "owner": lambda: row.owner_id is None if node.values == ("none",) else row.owner_id == user.pk,
        "title": lambda: any(value in row.title.casefold() for value in node.values),
    }[node.field]()


def _value(text: str, is_date: bool):
    if not is_date:
        return Decimal("400000") if text == "400k" else Decimal(text)
    return date(2026, 11, 23) + timedelta(31) if text == "+31d" else date.fromisoformat(text)


def _holds(stored, operator: str, value) -> bool:
    return {":": stored == value, ">": stored > value, ">=": stored >= value, "<": stored < value, "<=": stored <= value}[operator]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters)
def test_the_database_answers_what_the_filter_means(shelf, cast, tree):
    rows = Feature.objects.filter(title__in=TITLES).select_related("stage")
    expected = sorted(row.title for row in rows if passes(row, tree, cast.maker))
    assert [title for title in found(cast.maker, say(tree)) if title in TITLES] == expected


# --- pages, API, the form ----------------------------------------------------------------------------------------------


def test_the_api_reads_the_same_filters_and_says_what_it_cannot_read(shelf, cast):
    client = APIClient()
    client.force_authenticate(cast.maker)

    def asked(text):
        return client.get("/api/v1/features/", {"filter": text, "order": "title"})

    assert [row["title"] for row in asked("score>70 or kind:platform").json()["items"]] == ["Alpha", "Beta", "Gamma"]
    answer = asked("stage:delivry")
    assert answer.status_code == 400
    assert "Did you mean “delivery”?" in str(answer.json()["errors"])


def test_a_view_of_the_filter_stays_true_when_things_are_renamed(shelf, cast):
    kept = FeatureFilter({"filter": "initiative:settle owner:me stage:delivery"}, user=cast.maker).lasting
    assert kept == f"initiative:#{shelf['a'].initiative_id} owner:me stage:delivery"
    view = save_view(actor=cast.maker, page="features", name="Mine", query="filter=initiative:settle&sort=title")
    assert QueryDict(view.query).dict() == {"filter": f"initiative:#{shelf['a'].initiative_id}", "sort": "title"}


def test_each_part_of_the_filter_is_a_chip_that_takes_it_away(shelf, cast):
    chips = FeatureFilter({"filter": "stage:delivery,launch -owner:me initiative:settle (a or b)"}, user=cast.maker).chips()
    assert [(chip.label, chip.operator, chip.value) for chip in chips] == [
        ("Stage", "is any of", "Delivery, Launch"),
        ("Owner", "is not", "me"),
        ("Initiative", "is", "Settle in a day"),
        ("", "", "a or b"),
    ]
    assert chips[1].without == "stage:delivery,launch initiative:settle (a or b)"


def form(**given) -> QueryDict:
    return QueryDict(urlencode({name.replace("__", "."): value for name, value in given.items()}, doseq=True))


def built(user, params: QueryDict) -> Builder:
    return Builder(params, FeatureFilter(params, user=user))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters)
def test_the_form_says_the_filter_it_was_opened_with(shelf, cast, tree):
    text = say(tree)
    assert built(cast.maker, form(filter=text)).text == text


def test_a_filter_is_built_step_by_step(shelf, cast):
    opened = built(cast.maker, form(filter="stage:delivery"))
    parts = {"kind.r": "every", "kind.r.0": "test", "field.r.0": "stage", "value.r.0": ["delivery", "launch"]}
    given = {"was": "stage:delivery", "filter": "stage:delivery", **parts}
    assert opened.text == "stage:delivery"
    more = built(cast.maker, form(**given, do="condition r"))
    assert [part.place for part in more.root.parts] == ["r.0", "r.1"]
    given |= {"kind.r.1": "test", "field.r.1": "score", "operator.r.1": ">", "value.r.1": "70", "not.r.1": "1"}
    assert built(cast.maker, form(**given, do="show")).finished() == "stage:delivery,launch -score>70"
    assert built(cast.maker, form(**given, do="remove r.0")).text == "-score>70"
    unfinished = built(cast.maker, form(**{**given, "value.r.1": ""}, do="show"))
    assert unfinished.finished() is None
    assert unfinished.root.parts[1].error == "Give it a value, or remove it."


def test_the_text_counts_where_it_was_changed(cast, plan):
    params = form(
        was="stage:delivery",
        filter="stage:launch",
        **{"kind.r": "every", "kind.r.0": "test", "field.r.0": "stage", "value.r.0": "delivery"},
    )
    assert built(cast.maker, params).text == "stage:launch"


def test_the_finished_form_leads_to_the_list_and_keeps_what_else_was_asked(shelf, cast, browse):
    asked = {"filter": "score>70", "was": "", "do": "show", "sort": "title", "group": "stage"}
    answer = browse(cast.maker).get(reverse("feature-filter"), asked)
    assert answer["Location"] == f"{reverse('features')}?sort=title&group=stage&filter=score%3E70"
    refused = browse(cast.maker).get(reverse("feature-filter"), {**asked, "filter": "score>"})
    assert refused.status_code == 422
    assert "“score&gt;” is followed by no value." in refused.content.decode()


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_can_be_chosen_in_the_form(shelf, cast, browse, name):
    page = browse(cast.maker).get(
        reverse("feature-filter"), {"was": "", "filter": "", "kind.r": "every", "kind.r.0": "test", "field.r.0": name}
    )
    assert f'<option value="{name}" selected>' in page.content.decode()

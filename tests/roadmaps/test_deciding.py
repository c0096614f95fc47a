"""What decides the day of a release: the plan's dates and dependencies, as far as the reader sees them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Organisation
from roadmaps.deciding import deciding
from roadmaps.models import Feature
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory

pytestmark = pytest.mark.django_db


def make(product, plan, start: int | None, target: int | None, stage: str = "definition", **values) -> Feature:
    """A feature planned from so many days from today until so many."""
    begin, end = (None if days is None else Organisation.today() + timedelta(days=days) for days in (start, target))
    return FeatureFactory(product=product, stage=plan.stages[stage], start_date=begin, target_date=end, **values)


def days(step) -> tuple[int, int, int]:
    """(start, finish) counted from today, and slack."""
    today = Organisation.today()
    return (step.start - today).days, (step.finish - today).days, step.slack


def test_the_chain_runs_through_what_is_waited_for_wherever_it_belongs(cast, plan):
    release = ReleaseFactory(product=cast.own, day=Organisation.today() + timedelta(days=25))
    outside = make(cast.foreign, plan, 0, 20)
    last, free = make(cast.own, plan, 10, 22, release=release), make(cast.own, plan, 5, 9, release=release)
    DependencyFactory(predecessor=outside, successor=last)
    found = deciding(cast.leader, Feature.objects.filter(release=release), release.day)
    assert [(step.feature, days(step), step.is_outside) for step in found.chain] == [
        (outside, (0, 20, 0), True),
        (last, (20, 32, 0), False),
    ]
    assert [(step.feature, days(step)) for step in found.others] == [(free, (5, 9, 23))]
    assert (found.spare, found.late) == (-7, 7)


def test_what_is_hidden_done_or_only_related_holds_up_nothing(cast, plan):
    last = make(cast.own, plan, 0, 5)
    for predecessor, kind in (
        (make(cast.private, plan, 0, 90), "FS"),
        (make(cast.own, plan, 0, 90, stage="launch"), "FS"),
        (make(cast.own, plan, 0, 90), "relates"),
    ):
        DependencyFactory(predecessor=predecessor, successor=last, kind=kind)
    found = deciding(cast.leader, [last], None)
    assert ([step.feature for step in found.chain], found.others, found.spare) == ([last], [], None)
    assert [step.feature.product for step in deciding(cast.maker, [last], None).chain] == [cast.private, cast.own]


def test_what_should_have_begun_begins_today_and_what_is_late_ends_today(cast, plan):
    late_start, late_end = make(cast.own, plan, -10, 5), make(cast.own, plan, -30, -3, stage="delivery")
    found = deciding(cast.maker, [late_start, late_end], None)
    assert [(step.feature, days(step)) for step in found.chain] == [(late_start, (0, 15, 0))]
    assert [(step.feature, days(step)) for step in found.others] == [(late_end, (-30, 0, 15))]


def test_a_feature_without_dates_is_reckoned_from_its_effort_and_says_so(cast, plan):
    estimated, blank = make(cast.own, plan, None, None, effort_likely=3), make(cast.own, plan, None, None)
    found = deciding(cast.maker, [estimated, blank], None)
    assert [(step.days, step.is_guess) for step in (*found.chain, *found.others)] == [(21, True), (14, True)]


def test_a_circle_is_said_with_its_keys_instead_of_a_day(cast, plan):
    first, second = make(cast.own, plan, 0, 5), make(cast.own, plan, 0, 5)
    DependencyFactory(predecessor=first, successor=second)
    DependencyFactory(predecessor=second, successor=first)
    found = deciding(cast.maker, [first, second], None)
    assert (found.end, first.key in found.refusal, second.key in found.refusal) == (None, True, True)


def test_nothing_left_to_do_has_nothing_that_decides(cast, plan, program):
    release = ReleaseFactory(product=cast.own)
    make(cast.own, plan, 0, 5, stage="launch", release=release)
    assert deciding(cast.maker, Feature.objects.filter(release=release), None) is None
    told = program(cast.maker).get(f"/api/v1/releases/{release.pk}/critical-chain/").json()
    assert (told["end"], told["chain"], told["refusal"]) == (None, [], "Nothing is left to be done.")


def test_a_long_chain_takes_as_many_statements_as_a_short_one(cast, plan):
    rows = [make(cast.own, plan, 0, 2) for _ in range(30)]
    for before, after in pairwise(rows):
        DependencyFactory(predecessor=before, successor=after)

    def count(features) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(deciding(cast.maker, features, None).chain) == 30
        return len(queries)

    assert cast.own.pk in cast.maker.rights.visible  # read before counting
    assert count(rows[-1:]) == count(rows[-2:]) == 3


def test_the_features_of_a_filter_have_a_chain_of_their_own(cast, plan, program):
    url, last = "/api/v1/features/critical-chain/", make(cast.own, plan, 10, 90)
    make(cast.foreign, plan, 0, 190)
    hidden = make(cast.private, plan, 0, 200)
    told = program(cast.leader).get(url, {"filter": "product:OWN"}).json()
    assert [step["feature"] for step in told["chain"]] == [last.key]
    everything = program(cast.leader).get(url).json()
    assert hidden.key not in str(everything)
    assert len(everything["chain"]) + len(everything["others"]) == 4
    assert program(cast.leader).get(url, {"filter": "colour:red"}).status_code == 400
    assert program(cast.leader).get(url, {"product": "OWN"}).status_code == 400


def test_pages_and_the_api_show_the_chain(cast, plan, browse, program):
    initiative = InitiativeFactory(product=cast.own)
    outside, last = make(cast.foreign, plan, 0, 20), make(cast.own, plan, 10, 22, initiative=initiative)
    hidden = make(cast.private, plan, 0, 50, title="Hidden canary")
    DependencyFactory(predecessor=outside, successor=last)
    DependencyFactory(predecessor=hidden, successor=last)
    told = program(cast.leader).get(f"/api/v1/initiatives/{initiative.pk}/critical-chain/").json()
    assert [(step["feature"], step["days"], step["slack"], step["is_outside"]) for step in told["chain"]] == [
        (outside.key, 20, 0, True),
        (last.key, 12, 0, False),
    ]
    assert (told["end"], told["refusal"]) == ((Organisation.today() + timedelta(days=32)).isoformat(), "")
    page = browse(cast.leader).get(f"/initiatives/{initiative.pk}/").content.decode()
    assert "What decides the day" in page
    assert f'href="/features/{outside.key}/"' in page
    assert "canary" not in page

"""What Home says of the plan, and the rows behind it."""

import html
import re
from datetime import timedelta

import pytest

from core.models import Organisation
from roadmaps.models.plan import Status
from tests.factories.roadmaps import DependencyFactory, FeatureFactory

pytestmark = pytest.mark.django_db


def planned(cast, title: str, days: int | None, **values):
    """A planned feature of the maker's, due in so many days."""
    target = None if days is None else Organisation.today() + timedelta(days)
    known = {"product": cast.own, "owner": cast.maker, "status": Status.PLANNED, "effort_likely": 3}
    return FeatureFactory(**{**known, "title": title, "target_date": target, **values})


@pytest.fixture
def plan(cast):
    """One feature of each kind."""
    late, blocked = planned(cast, "Late canary", -12), planned(cast, "Blocked canary", 40, start_date=Organisation.today())
    DependencyFactory(predecessor=planned(cast, "Ahead", 30), successor=blocked)
    planned(cast, "Dateless canary", None)
    planned(cast, "Fine", 30)
    planned(cast, "Somebody else's", -3, owner=cast.other_maker)
    return late


def home(client, person) -> str:
    client.force_login(person)
    return client.get("/").content.decode()


def test_makers_see_their_own_dates_that_do_not_hold(cast, client, plan):
    page = home(client, cast.maker)
    for title in ("Late canary", "Blocked canary", "Dateless canary"):
        assert title in page
    assert "Its target date has passed" in page
    assert "All 3" in page
    assert "Fine" not in page
    assert "Somebody else" not in page


def test_the_heading_opens_exactly_these_rows(cast, client, plan):
    client.force_login(cast.maker)
    heading = re.search(r'href="([^"]+)"[^>]*>All 3', home(client, cast.maker))
    grid = client.get(html.unescape(heading[1])).content.decode()
    assert "3 features" in grid
    assert "Late canary" in grid
    assert "Blocked, Slipping, No date" in grid


def test_leaders_see_every_date_in_danger_that_they_may_see(cast, client, plan):
    planned(cast, "Hidden canary feature", -3, product=cast.private)
    page = home(client, cast.leader)
    assert "Dates in danger" in page
    assert "Somebody else" in page
    assert "Dateless canary" not in page
    assert "Hidden canary feature" not in page


def test_what_nobody_has_estimated_is_named_until_it_is(cast, client):
    feature = planned(cast, "Unknown effort", 30, effort_likely=None)
    assert "Yours to estimate" in home(client, cast.maker)
    feature.effort_likely = 2
    feature.save()
    assert "Yours to estimate" not in home(client, cast.maker)

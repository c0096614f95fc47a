"""What Home says of objectives."""

from datetime import timedelta

import pytest

from core.models import Organisation
from portfolio import services
from tests.factories.portfolio import ObjectiveFactory

pytestmark = pytest.mark.django_db


def objective(cast, title: str, health: str, owner, **values):
    """An objective under way of which its owner said this."""
    today = Organisation.today()
    known = {"starts_on": today - timedelta(30), "ends_on": today + timedelta(30), "product": cast.own, "owner": owner}
    made = ObjectiveFactory(title=title, **{**known, **values})
    services.post_status(actor=cast.maker, subject=made, health=health)
    return made


def home(client, person) -> str:
    client.force_login(person)
    return client.get("/").content.decode()


def test_owners_see_their_own_objectives_at_risk_and_leaders_every_one(cast, client):
    objective(cast, "Behind canary", "at_risk", cast.maker)
    objective(cast, "Well canary", "on_track", cast.maker)
    objective(cast, "Lost canary", "off", cast.other_maker)
    objective(cast, "Secret canary", "off", cast.maker, product=cast.private)
    mine, every = home(client, cast.maker), home(client, cast.leader)
    assert [title in mine for title in ("Behind canary", "Lost canary", "Well canary", "Secret canary")] == [True, False, False, True]
    assert [title in every for title in ("Behind canary", "Lost canary", "Well canary", "Secret canary")] == [True, True, False, False]
    assert "Off track" in every


def test_an_objective_that_is_over_worries_nobody(cast, client):
    over = Organisation.today() - timedelta(1)
    objective(cast, "Over canary", "off", cast.maker, starts_on=over - timedelta(60), ends_on=over)
    assert "Over canary" not in home(client, cast.maker)

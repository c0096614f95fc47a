"""An installation that began before there were audiences has them after its upgrade; any other keeps what it has."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from roadmaps import beginning, services
from roadmaps.models import Audience
from tests.factories.roadmaps import RoadmapFactory

pytestmark = pytest.mark.django_db
UPGRADE = "0015_audiences_of_older_installations"
MASKS = ("slug", "name", "position", "shows", "dates", "has_outside_names", "leaves_out", "version", "deleted_at")


def upgrade() -> None:
    """What the migration does to the rows at hand, by the models as they were then."""
    then = MigrationExecutor(connection).loader.project_state([("roadmaps", UPGRADE)]).apps
    import_module(f"roadmaps.migrations.{UPGRADE}").begin(then, None)


def masks() -> list[tuple]:
    return list(Audience._base_manager.order_by("position").values_list(*MASKS))


def test_an_installation_in_use_gets_the_audiences_a_new_one_begins_with(cast, plan, browse):
    roadmap = RoadmapFactory(owner=cast.maker, product=cast.own, query="", layout="list")
    assert masks() == []
    upgrade()
    upgraded = masks()
    assert len(upgraded) == 5
    assert "Customers" in browse(cast.ops).get("/settings/audiences/").content.decode()
    assert browse(cast.maker).get(f"/roadmaps/{roadmap.pk}/?audience=customers").status_code == 200
    audience = Audience.objects.get(slug="customers")
    link, secret = services.create_link(actor=cast.maker, roadmap=roadmap, audience=audience)
    assert Client().get(f"/shared/{link.key}.{secret}/").status_code == 200
    services.change_audience(actor=cast.ops, audience=audience, dates="half", seen=1)
    Audience._base_manager.exclude(pk=audience.pk).delete()
    link.delete()
    audience.delete()
    beginning.begin_audiences()
    assert masks() == upgraded


def test_a_second_time_and_where_there_are_audiences_nothing_is_made(cast):
    upgrade()
    before = masks()
    upgrade()
    assert masks() == before
    for row in Audience.objects.all():
        services.delete_audience(actor=cast.ops, audience=row)
    upgrade()
    assert Audience.objects.filter(deleted_at=None).count() == 0


def test_where_nobody_is_yet_the_beginning_makes_them(db):
    upgrade()
    assert masks() == []
    beginning.begin_audiences()
    assert len(masks()) == 5

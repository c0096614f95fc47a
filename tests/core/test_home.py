"""Home says what needs a person, and what to begin with where nothing does."""

import pytest
from django.urls import reverse

from core import consumers, services
from core.models import Job
from tests.factories.roadmaps import FeatureFactory

PEOPLE = ("admin", "ops", "leader", "maker", "contributor", "guest")


@pytest.mark.parametrize("name", PEOPLE)
def test_home_teaches_where_nothing_needs_me(cast, client, name):
    client.force_login(getattr(cast, name))
    page = client.get("/").content.decode()
    assert "Nothing needs you right now" in page
    assert reverse("search") in page


def test_who_is_called_finds_it_on_home_until_it_is_read(cast, client):
    feature = FeatureFactory(product=cast.own, title="Settle")
    services.add_comment(actor=cast.maker, subject=feature, text="@Leader look")
    consumers.follow_events()
    client.force_login(cast.leader)
    page = client.get("/").content.decode()
    assert "Maker called you in a comment" in page
    assert reverse("feature", args=[feature.key]) in page
    services.read_notifications(actor=cast.leader)
    assert "called you" not in client.get("/").content.decode()


def test_an_administrator_sees_who_did_not_come_yet_and_nobody_else_does(cast, client):
    services.invite(actor=cast.admin, email="late@example.com")
    for name in PEOPLE:
        client.force_login(getattr(cast, name))
        assert ("late@example.com" in client.get("/").content.decode()) == (name == "admin")


def test_a_job_of_mine_that_failed_is_told(cast, client):
    job = services.start_job(actor=cast.ops, kind="reindex", label="Rebuild")
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, message="The disk is full.")
    client.force_login(cast.ops)
    assert "The disk is full." in client.get("/").content.decode()

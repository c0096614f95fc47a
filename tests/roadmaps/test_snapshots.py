"""Names for moments of roadmaps: by hand, by schedule, and compared."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict

from core.acts import act
from core.daily import begin_day
from core.exceptions import NotAllowed, RuleBroken
from core.models import Event, Organisation
from core.undo import undo_event
from roadmaps import services
from roadmaps.cadence import began, called
from roadmaps.looks import Look
from roadmaps.models import Snapshot
from roadmaps.moments import two_moments
from roadmaps.services import take_due_snapshots
from tests.factories.roadmaps import RoadmapFactory, SnapshotFactory

MARCH = datetime(2026, 3, 3, 14, tzinfo=UTC)
TODAY = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def roadmap(cast):
    return services.create_roadmap(actor=cast.leader, name="Where we are going", is_shared=True)


def test_a_name_is_given_to_now_or_to_a_moment_that_is_past_and_taken_away(cast, roadmap):
    with time_machine.travel(TODAY, tick=False):
        now = services.create_snapshot(actor=cast.leader, roadmap=roadmap, name=" Planning ")
        board = services.create_snapshot(actor=cast.leader, roadmap=roadmap, name="Board, March", at=MARCH)
    assert (now.name, now.at, now.made_by) == ("Planning", TODAY, cast.leader)
    assert list(Snapshot.objects.visible_to(cast.other_maker)) == [now, board]
    services.delete_snapshot(actor=cast.leader, snapshot=board)
    assert list(Snapshot.objects.visible_to(cast.leader)) == [now]
    undo_event(actor=cast.leader, event=Event.objects.order_by("-number").first())
    assert list(Snapshot.objects.visible_to(cast.leader)) == [now, board]


def test_what_is_no_name_or_no_past_is_refused(cast, roadmap):
    with pytest.raises(RuleBroken, match="Give the moment a name"):
        services.create_snapshot(actor=cast.leader, roadmap=roadmap, name=" ")
    with pytest.raises(RuleBroken, match="Only what has been"):
        services.create_snapshot(actor=cast.leader, roadmap=roadmap, name="Soon", at=datetime(2999, 1, 1, tzinfo=UTC))
    services.create_snapshot(actor=cast.leader, roadmap=roadmap, name="Board")
    with pytest.raises(RuleBroken, match="a moment of that name already"):
        services.create_snapshot(actor=cast.leader, roadmap=roadmap, name="Board")
    with pytest.raises(NotAllowed, match="Only its owner"):
        services.create_snapshot(actor=cast.ops, roadmap=roadmap, name="Theirs")
    with pytest.raises(NotAllowed, match="Only its owner"):
        services.delete_snapshot(actor=cast.ops, snapshot=Snapshot.objects.get())


def test_who_may_not_open_the_roadmap_knows_of_no_moment_of_it(cast):
    snapshot = SnapshotFactory(roadmap=RoadmapFactory(owner=cast.leader))
    assert list(Snapshot.objects.visible_to(cast.leader)) == [snapshot]
    assert not Snapshot.objects.visible_to(cast.ops).exists()


@pytest.mark.parametrize(
    ("cadence", "first", "name"),
    [
        ("weekly", date(2026, 11, 23), "Week from 23 Nov 2026"), ("monthly", date(2026, 11, 1), "November 2026"),
        ("quarterly", date(2026, 10, 1), "Q4 2026"),
    ],
)  # fmt: skip
def test_a_period_has_its_first_day_and_its_name(cadence, first, name):
    assert began(cadence, TODAY.date()) == first
    assert called(cadence, first) == name
    assert began(cadence, first) == first
    assert began(cadence, first - timedelta(days=1)) < first


def test_a_schedule_names_the_beginning_of_each_period_once_however_late_and_often_it_is_asked(cast, roadmap):
    Organisation._base_manager.update(timezone="Europe/Lisbon")
    services.change_roadmap(actor=cast.leader, roadmap=roadmap, snapshot_every="monthly")
    RoadmapFactory(owner=cast.leader)
    with time_machine.travel(datetime(2026, 7, 9, 9, tzinfo=UTC), tick=False):
        begin_day()
        begin_day()
        assert take_due_snapshots() == 0
    made = Snapshot.objects.get()
    assert (made.roadmap, made.name, made.made_by, made.period) == (roadmap, "July 2026", None, date(2026, 7, 1))
    assert made.at == datetime(2026, 6, 30, 23, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 8, 1, 9, tzinfo=UTC), tick=False):
        begin_day()
    assert [row.name for row in Snapshot.objects.order_by("at")] == ["July 2026", "August 2026"]


def test_a_scheduled_moment_that_was_removed_is_not_made_again(cast, roadmap):
    services.change_roadmap(actor=cast.leader, roadmap=roadmap, snapshot_every="weekly")
    assert take_due_snapshots() == 1
    services.delete_snapshot(actor=cast.leader, snapshot=Snapshot.objects.select_related("roadmap").get())
    assert take_due_snapshots() == 0
    assert not Snapshot.objects.visible_to(cast.leader).exists()


def test_a_schedule_finds_another_name_where_its_own_is_taken(cast, roadmap):
    services.change_roadmap(actor=cast.leader, roadmap=roadmap, snapshot_every="quarterly")
    with time_machine.travel(TODAY, tick=False):
        services.create_snapshot(actor=cast.leader, roadmap=roadmap, name="Q4 2026")
        assert take_due_snapshots() == 1
    assert Snapshot.objects.get(made_by=None).name == "Q4 2026, by schedule"


def test_moments_are_read_from_names_days_and_times(cast, roadmap):
    other = SnapshotFactory(roadmap=RoadmapFactory(owner=cast.leader))
    board = SnapshotFactory(roadmap=roadmap, name="Board", at=MARCH)
    look = Look(cast.leader, QueryDict(), roadmap)

    def moments(first: str, second: str) -> tuple:
        since, until, unread = two_moments(look, first, second, "UTC")
        return since.name or since.at, until.name or until.at, unread

    with time_machine.travel(TODAY, tick=False):
        assert moments("", "") == (TODAY - timedelta(days=28), TODAY, "")
        assert moments(str(board.pk), "2026-05-01") == ("Board", datetime(2026, 5, 1, 23, 59, 59, 999999, tzinfo=UTC), "")
        assert moments("2026-05-01T10:00", "2999-01-01") == (datetime(2026, 5, 1, 10, tzinfo=UTC), TODAY, "")
        assert moments("2026-05-02", str(board.pk)) == ("Board", "Board", "")
        assert moments(str(other.pk), "")[2] == str(other.pk)
        assert moments("", "soon")[2] == "soon"


def test_the_page_names_moments_and_compares_them(cast, roadmap, plan, client):
    with act(cast.maker, at=MARCH + timedelta(days=1)):
        services.create_feature(actor=cast.maker, product=cast.own, title="After the board")
    client.force_login(cast.leader)
    url = f"/roadmaps/{roadmap.pk}/"
    assert client.post(f"{url}snapshots/", {"name": "Board, March", "day": "2026-03-03"}).status_code == 302
    board = Snapshot.objects.get()
    assert board.at == datetime(2026, 3, 3, 23, 59, 59, 999999, tzinfo=UTC)
    page = client.get(f"{url}comparison/?from={board.pk}").content.decode()
    assert "Board, March (3 Mar 2026" in page
    assert "After the board" in page
    refused = client.post(f"{url}snapshots/", {"name": "Board, March"})
    assert refused.status_code == 422
    assert "a moment of that name already" in refused.content.decode()
    client.force_login(cast.ops)
    assert client.post(f"{url}snapshots/{board.pk}/removal/").status_code == 403
    assert "Name it" not in client.get(f"{url}comparison/").content.decode()
    client.force_login(cast.leader)
    client.post(f"{url}snapshots/{board.pk}/removal/")
    assert not Snapshot.objects.visible_to(cast.leader).exists()


def test_a_roadmap_s_page_tells_its_churn_and_slip_and_leads_to_what_makes_them(cast, roadmap, plan, client):
    with act(cast.maker, at=MARCH):
        services.create_feature(actor=cast.maker, product=cast.own, title="Old enough", target_date=date(2026, 6, 1))
    client.force_login(cast.leader)
    page = client.get(f"/roadmaps/{roadmap.pk}/").content.decode()
    assert f'href="/roadmaps/{roadmap.pk}/comparison/?from=' in page
    short = client.get(f"/roadmaps/{roadmap.pk}/comparison/?from=2026-03-10", headers={"HX-Request": "true"}).content.decode()
    assert "churn 0 %, slip 0.0 d" in short
    assert "<html" not in short


def test_a_program_names_moments_and_reads_what_moved(cast, roadmap, plan, program):
    with act(cast.maker, at=MARCH + timedelta(days=1)):
        services.create_feature(actor=cast.maker, product=cast.own, title="After the board")
    api = program(cast.leader)
    made = api.post("/api/v1/snapshots/", {"roadmap": roadmap.pk, "name": "Board", "at": "2026-03-03T14:00:00Z"}, format="json")
    assert made.status_code == 201
    moved = api.get(f"/api/v1/roadmaps/{roadmap.pk}/comparison/?from={made.json()['id']}&to=2026-04-01").json()
    assert [(line["kind"], line["title"], line["how"], line["act"]["by"]) for line in moved["lines"]] == [
        ("added", "After the board", "made", "Maker")
    ]
    assert moved["figures"]["added"] == 1
    assert api.get(f"/api/v1/roadmaps/{roadmap.pk}/comparison/?from=soon").status_code == 400
    assert program(cast.ops).post("/api/v1/snapshots/", {"roadmap": roadmap.pk, "name": "Theirs"}, format="json").status_code == 403

"""What moved on a roadmap, sent to people: each as they may see it when the mail leaves."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core import mail
from pypdf import PdfReader

from core.acts import Because, act
from core.daily import begin_day
from core.deliveries import send_due
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Delivery, Event, Membership, User
from core.services.products import set_membership
from roadmaps import services
from roadmaps.models import RoadmapSubscription
from tests.factories.roadmaps import RoadmapFactory

MARCH, APRIL, MAY = (datetime(2026, month, 1, 9, tzinfo=UTC) for month in (3, 4, 5))


@pytest.fixture
def roadmap(cast, plan):
    with act(cast.maker, at=MARCH):
        kept = services.create_feature(actor=cast.maker, product=cast.own, title="Kept", target_date=date(2026, 6, 1))
    with act(cast.maker, at=APRIL, because=Because("governance.decision", 1, "Board, April")):
        services.change_feature(actor=cast.maker, feature=kept, target_date=date(2026, 6, 15))
    with act(cast.maker, at=APRIL + timedelta(hours=1)):
        services.create_feature(actor=cast.maker, product=cast.private, title="Hidden canary")
    return services.create_roadmap(actor=cast.leader, name="Where we are going", is_shared=True)


def tell(cast, roadmap, *people, actor=None) -> None:
    services.mail_comparison(
        actor=actor or cast.leader, roadmap=roadmap, since=(MARCH, "Board, March"), until=(MAY, ""), people=people
    )  # fmt: skip


def test_each_reads_what_they_may_see_with_who_when_and_why(cast, roadmap):
    tell(cast, roadmap, cast.ops, cast.maker)
    assert send_due() == 2
    letters = {letter.to[0]: letter for letter in mail.outbox}
    theirs = letters[cast.ops.email]
    assert theirs.subject == "Where we are going: what moved"
    assert "from Board, March, 1 March 2026" in theirs.body
    assert "0 added, 0 dropped, 1 moved in time, 0 re-scoped." in theirs.body
    assert "Target: 1 Jun 2026 → 15 Jun 2026, 14 days later (Maker, 1 Apr, because of Board, April)" in theirs.body
    assert f"/roadmaps/{roadmap.pk}/comparison/?from=2026-03-01T09" in theirs.body
    assert "canary" not in theirs.body
    assert "Hidden canary: made (Maker, 1 Apr)" in letters[cast.maker.email].body


def test_who_lost_the_roadmap_before_it_leaves_is_sent_nothing(cast, roadmap):
    tell(cast, roadmap, cast.ops, cast.maker)
    services.change_roadmap(actor=cast.leader, roadmap=roadmap, is_shared=False)
    User.objects.filter(pk=cast.maker.pk).update(is_active=False)
    send_due()
    assert not mail.outbox
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DROPPED}


def test_a_mail_about_nothing_says_so(cast, roadmap):
    services.mail_comparison(actor=cast.leader, roadmap=roadmap, since=(MAY, ""), until=(MAY, ""), people=[cast.ops])
    send_due()
    assert "Nothing came, went or changed." in mail.outbox[0].body


def test_who_may_not_open_the_roadmap_is_not_told_and_a_crowd_is_refused(cast, roadmap):
    with pytest.raises(RuleBroken, match="not theirs to open: Guest"):
        tell(cast, roadmap, cast.ops, cast.guest)
    with pytest.raises(RuleBroken, match="at most 50"):
        tell(cast, roadmap)
    with pytest.raises(NotAllowed):
        tell(cast, roadmap, cast.ops, actor=cast.guest)
    assert not Delivery.objects.exists()


def test_the_page_sends_the_two_moments_it_shows(cast, roadmap, client):
    client.force_login(cast.ops)
    url = f"/roadmaps/{roadmap.pk}/comparison/"
    page = client.get(f"{url}?from=2026-03-01&to=2026-05-01").content.decode()
    assert 'name="from" value="2026-03-01T23:59:59.999999+00:00"' in page
    answer = client.post(f"{url}mails/", {"from": "2026-03-01", "to": "2026-05-01", "people": [cast.leader.pk, cast.maker.pk]})
    assert answer.status_code == 302
    send_due()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([cast.leader.email, cast.maker.email])
    assert "14 days later" in mail.outbox[0].body
    assert client.post(f"{url}mails/", {"people": [cast.guest.pk]}).status_code == 422


# --- by subscription -------------------------------------------------------------------------------------------------

WEDNESDAY = datetime(2026, 3, 4, 9, tzinfo=UTC)
MONDAY = datetime(2026, 4, 6, 1, tzinfo=UTC)  # the feature moved on the Wednesday before


def tell_on(day: datetime) -> int:
    """The worker's first round of the day; how many mails were tried."""
    with time_machine.travel(day, tick=False):
        begin_day()
        return send_due()


@pytest.fixture
def subscribed(cast, roadmap) -> RoadmapSubscription:
    """Operations are told every Monday, since a Wednesday in March."""
    with time_machine.travel(WEDNESDAY, tick=False):
        return services.subscribe_to_roadmap(actor=cast.ops, roadmap=roadmap, cadence="weekly")


def test_who_subscribes_is_told_once_when_the_week_begins_and_of_that_week_alone(cast, roadmap, subscribed):
    events = Event.objects.count()
    assert tell_on(MONDAY - timedelta(days=7)) == 1
    assert not mail.outbox, "nothing moved in March"
    assert tell_on(MONDAY) == 1
    assert tell_on(MONDAY + timedelta(days=2)) == 0
    assert tell_on(MONDAY + timedelta(days=7)) == 1
    assert Event.objects.count() == events
    (letter,) = mail.outbox
    assert letter.to == [cast.ops.email]
    assert letter.body.startswith("What moved on Where we are going\nfrom 30 March 2026, 00:00\nto Week from 6 Apr 2026, 6 April 2026")
    assert "14 days later (Maker, 1 Apr, because of Board, April)" in letter.body
    assert "canary" not in letter.body


@pytest.mark.parametrize(
    ("cadence", "named", "told"),
    [
        ("monthly", "", [datetime(2026, 4, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, 1, tzinfo=UTC)]),
        ("named", "quarterly", [datetime(2026, 4, 1, 1, tzinfo=UTC)]),
        ("named", "weekly", [datetime(2026, 3, 9, 1, tzinfo=UTC), datetime(2026, 3, 16, 1, tzinfo=UTC)]),
    ],
)
def test_a_month_or_the_roadmaps_own_periods_are_told_of_likewise(cast, cadence, named, told):
    roadmap = RoadmapFactory(owner=cast.leader, is_shared=True, snapshot_every=named)
    with time_machine.travel(WEDNESDAY, tick=False):
        services.subscribe_to_roadmap(actor=cast.ops, roadmap=roadmap, cadence=cadence)
    assert tell_on(WEDNESDAY + timedelta(days=1)) == 0
    for day in told:
        assert tell_on(day) == 1
    assert tell_on(told[-1] + timedelta(days=1)) == 0


def test_a_roadmap_without_a_schedule_offers_no_named_moments(cast, roadmap, client):
    with pytest.raises(RuleBroken, match="names no moments by schedule"):
        services.subscribe_to_roadmap(actor=cast.ops, roadmap=roadmap, cadence="named")
    client.force_login(cast.ops)
    url = f"/roadmaps/{roadmap.pk}/comparison/"
    assert 'value="named"' not in client.get(url).content.decode()
    services.change_roadmap(actor=cast.leader, roadmap=roadmap, snapshot_every="monthly")
    assert 'value="named"' in client.get(url).content.decode()
    services.subscribe_to_roadmap(actor=cast.ops, roadmap=roadmap, cadence="named")
    services.change_roadmap(actor=cast.leader, roadmap=roadmap, snapshot_every="")
    assert tell_on(MONDAY + timedelta(days=3650)) == 0


@pytest.mark.parametrize("loss", ["unshared", "removed", "deactivated", "unsubscribed"])
def test_rights_are_asked_for_when_the_mail_leaves(cast, roadmap, subscribed, loss):
    with time_machine.travel(MONDAY, tick=False):
        begin_day()
    assert Delivery.objects.count() == 1
    if loss == "unshared":
        services.change_roadmap(actor=cast.leader, roadmap=roadmap, is_shared=False)
    elif loss == "removed":
        services.delete_roadmap(actor=cast.leader, roadmap=roadmap)
    elif loss == "deactivated":
        User.objects.filter(pk=cast.ops.pk).update(is_active=False)
    else:
        services.unsubscribe_from_roadmap(actor=cast.ops, roadmap_id=roadmap.pk)
    send_due()
    assert not mail.outbox
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_who_left_a_product_before_the_mail_goes_reads_nothing_of_it(cast, roadmap):
    set_membership(actor=cast.maker, product=cast.private, user=cast.other_maker, level="viewer")
    with time_machine.travel(WEDNESDAY, tick=False):
        for person in (cast.maker, cast.other_maker):
            services.subscribe_to_roadmap(actor=person, roadmap=roadmap, cadence="weekly")
    with time_machine.travel(MONDAY, tick=False):
        begin_day()
    Membership.objects.filter(product=cast.private, user=cast.other_maker).delete()
    send_due()
    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "Hidden canary: made" in letters[cast.maker.email]
    assert "14 days later" in letters[cast.other_maker.email]
    assert "canary" not in letters[cast.other_maker.email]


def test_the_link_in_the_mail_ends_it_and_so_does_the_page(cast, roadmap, subscribed, client):
    tell_on(MONDAY)
    (letter,) = mail.outbox
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert address in letter.body
    path = address[address.index("/mails/") :]
    assert client.get(path).status_code == 200
    assert RoadmapSubscription.objects.exists()
    assert client.post(path).status_code == 200
    assert not RoadmapSubscription.objects.exists()
    client.force_login(cast.ops)
    url = f"/roadmaps/{roadmap.pk}/"
    assert client.post(f"{url}subscription/", {"cadence": "monthly"}).status_code == 302
    assert client.post(f"{url}subscription/", {"cadence": "weekly"}).status_code == 302
    assert RoadmapSubscription.objects.get().cadence == "weekly"
    page = client.get(f"{url}comparison/").content.decode()
    assert '<option value="weekly" selected>' in page
    assert client.post(f"{url}subscription/", {"cadence": "hourly"}).status_code == 422
    assert client.post(f"{url}subscription/", {"cadence": ""}).status_code == 302
    assert not RoadmapSubscription.objects.exists()


def test_a_mail_sent_by_somebody_carries_no_link_that_ends_anything(cast, roadmap):
    tell(cast, roadmap, cast.ops)
    send_due()
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert "/mails/" not in mail.outbox[0].body


def test_nobody_subscribes_to_what_is_not_theirs_to_open(cast):
    with pytest.raises(OutOfSight):
        services.subscribe_to_roadmap(actor=cast.ops, roadmap=RoadmapFactory(owner=cast.leader), cadence="weekly")


def test_programs_subscribe_and_end_it(cast, roadmap, program):
    url = f"/api/v1/roadmaps/{roadmap.pk}/subscription/"
    answer = program(cast.ops).post(url, {"cadence": "weekly"}, format="json")
    assert (answer.status_code, answer.json()["cadence"], answer.json()["roadmap"]) == (200, "weekly", roadmap.pk)
    assert program(cast.ops).post(url, {"cadence": "named"}, format="json").status_code == 422
    assert program(cast.leader).delete(url).status_code == 204
    assert RoadmapSubscription.objects.get().user == cast.ops
    assert program(cast.ops).delete(url).status_code == 204
    assert not RoadmapSubscription.objects.exists()


def test_programs_mail_what_moved_and_read_it_on_paper(cast, roadmap, program):
    url, span = f"/api/v1/roadmaps/{roadmap.pk}/comparison", "from=2026-03-01&to=2026-05-01"
    answer = program(cast.ops).post(f"{url}/mails/?{span}", {"people": [cast.leader.pk, cast.maker.pk]}, format="json")
    assert (answer.status_code, answer.json()) == (202, {"mails": 2})
    send_due()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([cast.leader.email, cast.maker.email])
    assert "14 days later" in mail.outbox[0].body
    assert program(cast.ops).post(f"{url}/mails/?{span}", {"people": [cast.guest.pk]}, format="json").status_code == 422
    assert program(cast.ops).post(f"{url}/mails/?from=soon", {"people": [cast.leader.pk]}, format="json").status_code == 400
    assert len(mail.outbox) == 2
    paper = program(cast.ops).get(f"{url}.pdf/?{span}")
    body = b"".join(paper.streaming_content) if paper.streaming else paper.content
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    assert "Kept" in text
    assert "canary" not in text
    assert program(cast.ops).get(f"{url}.pdf/?from=soon").status_code == 400

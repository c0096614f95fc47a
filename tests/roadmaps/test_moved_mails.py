"""What moved on a roadmap, sent to people: each as they may see it when the mail leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from core.acts import Because, act
from core.deliveries import send_due
from core.exceptions import NotAllowed, RuleBroken
from core.models import Delivery, User
from roadmaps import services

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

"""By which ways people hear of what: in the app, by mail at once, once a day, or not at all; each line in one mail, for who may see it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from core import clock, consumers, deliveries, services
from core.acts import act
from core.exceptions import RuleBroken
from core.models import Delivery, Follower, Membership, NewsChoice, Notification, User
from core.registry import news_kinds
from core.unsubscribing import token_for
from core.writes import update
from feedback import services as feedback
from governance import services as governance
from roadmaps.models import Feature
from tests.factories.core import MembershipFactory
from tests.factories.feedback import FeedbackFactory
from tests.factories.roadmaps import FeatureFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def feature(cast) -> Feature:
    return FeatureFactory(product=cast.own, title="Settle the same day", owner=cast.maker)


def say(actor, row, text, thread=None):
    return services.add_comment(actor=User.objects.get(pk=actor.pk), subject=row, text=text, thread=thread)


def change(actor, feature, **values) -> None:
    with act(actor):
        update(Feature.objects.get(pk=feature.pk), values, "roadmaps.feature_changed")


def follow(person, row) -> None:
    services.set_following(actor=person, subject=row, is_following=True)


def kinds_of(person) -> list[str]:
    consumers.follow_events()
    return list(Notification.objects.filter(user=person).order_by("id").values_list("kind", flat=True))


def mailed(time_machine, **later) -> list:
    """What is mailed by the worker that much later."""
    consumers.follow_events()
    time_machine.move_to(clock.now() + timedelta(**(later or {"minutes": 4})), tick=False)
    mail.outbox.clear()
    services.collect_news()
    deliveries.send_due()
    return list(mail.outbox)


# --- what there is to hear of -------------------------------------------------------------------------------------------


def test_each_kind_says_what_it_is_in_one_order():
    assert [*news_kinds] == ["mention", "assigned", "reply", "decision", "agreement", "answer", "comment", "own", "change"]


def test_who_spoke_in_a_thread_hears_an_answer_and_who_follows_a_comment(cast, feature):
    follow(cast.ops, feature)
    root = say(cast.leader, feature, "First")
    say(cast.maker, feature, "Second", thread=root)
    assert kinds_of(cast.leader) == ["reply"]
    assert kinds_of(cast.ops) == ["comment", "comment"]


def test_an_owner_hears_of_changes_by_others_and_not_of_their_own(cast, feature):
    follow(cast.maker, feature)
    follow(cast.ops, feature)
    change(cast.maker, feature, title="Mine")
    change(cast.leader, feature, title="Theirs")
    assert kinds_of(cast.maker) == ["own"]
    assert kinds_of(cast.ops) == ["change"]


def test_a_decision_tells_who_owns_or_follows_what_it_is_about_once(cast, feature):
    other = FeatureFactory(product=cast.own, owner=cast.maker)
    follow(cast.ops, feature)
    services.set_following(actor=cast.admin, subject=feature, is_following=False)
    values = {"question": "When?", "outcome": "Now", "decided_on": NOON.date(), "product": cast.own, "features": [feature, other]}
    governance.log_decision(actor=User.objects.get(pk=cast.leader.pk), **values)
    assert (kinds_of(cast.maker), kinds_of(cast.ops), kinds_of(cast.admin)) == (["decision"], ["decision"], [])


def test_who_sent_a_request_hears_what_became_of_it(cast):
    row = FeedbackFactory(product=cast.own, submitter=cast.contributor)
    feedback.decline_feedback(actor=User.objects.get(pk=cast.maker.pk), feedback=row, reason="Not now")
    assert kinds_of(cast.contributor) == ["answer"]


# --- by which way ---------------------------------------------------------------------------------------------------------


def test_a_call_is_mailed_after_a_quiet_while_and_only_then(cast, feature, noon):
    say(cast.maker, feature, "@Leader what do you say?")
    assert mailed(noon, minutes=2) == []
    (message,) = mailed(noon)
    assert message.to == [cast.leader.email]
    assert message.subject == f"{feature.key} Settle the same day"
    assert "Maker called you in a comment on this feature, 2 Mar 12:00" in message.body
    assert "@Leader what do you say?" in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["References"].startswith(f"<roadmaps.feature-{feature.pk}@")
    assert mailed(noon) == []


def test_a_burst_of_edits_and_words_is_one_mail(cast, feature, noon):
    services.choose_news(actor=cast.leader, chosen={"change": (True, "now"), "comment": (True, "now")})
    follow(cast.leader, feature)
    for title in ("One", "Two", "Three"):
        change(cast.maker, feature, title=title)
        consumers.follow_events()
    say(cast.maker, feature, "Look")
    say(cast.maker, feature, "And look")
    (message,) = mailed(noon)
    assert message.body.count("Maker changed this feature") == 1
    assert "title: Settle the same day → One" in message.body
    assert "title: Two → Three" in message.body
    assert "And look" in message.body
    assert Delivery.objects.count() == 1


def test_what_changes_after_a_mail_is_in_the_next_one_and_only_there(cast, feature, noon):
    services.choose_news(actor=cast.leader, chosen={"change": (True, "now")})
    follow(cast.leader, feature)
    change(cast.maker, feature, title="One")
    assert "→ One" in mailed(noon)[0].body
    change(cast.maker, feature, title="Two")
    (message,) = mailed(noon)
    assert "title: One → Two" in message.body
    assert "→ One" not in message.body


def test_a_days_news_come_together_at_the_persons_hour(cast, feature, noon):
    other = FeatureFactory(product=cast.own, title="Another")
    services.change_user(actor=cast.leader, user=cast.leader, digest_hour=18, timezone="Europe/Lisbon")
    services.choose_news(actor=cast.leader, chosen={"change": (True, "digest"), "comment": (True, "digest")})
    for row in (feature, other):
        follow(cast.leader, row)
    change(cast.maker, feature, title="One")
    say(cast.maker, other, "Look")
    assert mailed(noon, hours=5, minutes=59) == []
    (message,) = mailed(noon, minutes=2)
    assert message.subject == "2 things that happened"
    assert "Another" in message.body
    assert "→ One" in message.body


def test_what_is_read_in_the_app_is_not_mailed(cast, feature, noon):
    say(cast.maker, feature, "@Leader look")
    consumers.follow_events()
    services.read_notifications(actor=cast.leader)
    assert mailed(noon) == []


def test_who_wants_to_hear_nothing_of_a_kind_hears_nothing_of_it(cast, client, feature, noon):
    services.choose_news(actor=cast.leader, chosen={"mention": (False, ""), "comment": (False, "now")})
    follow(cast.leader, feature)
    say(cast.maker, feature, "@Leader look")
    assert kinds_of(cast.leader) == []
    say(cast.maker, feature, "Another")
    client.force_login(cast.leader)
    assert kinds_of(cast.leader) == ["comment"]
    assert "Notifications, 0 new" in client.get(reverse("notifications"), {"show": "all"}).content.decode()
    assert len(mailed(noon)) == 1


# --- rights ---------------------------------------------------------------------------------------------------------------


def test_who_lost_sight_before_the_mail_leaves_gets_none(cast, noon):
    membership = MembershipFactory(product=cast.private, user=cast.leader)
    hidden = FeatureFactory(product=cast.private, title="Secret canary")
    say(cast.maker, hidden, "@Leader canary")
    consumers.follow_events()
    noon.move_to(NOON + timedelta(minutes=4), tick=False)
    assert services.collect_news() == 1
    Membership.objects.filter(pk=membership.pk).delete()
    deliveries.send_due()
    assert mail.outbox == []
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_a_days_mail_leaves_out_what_is_out_of_sight_by_now(cast, feature, noon):
    membership = MembershipFactory(product=cast.private, user=cast.leader)
    hidden = FeatureFactory(product=cast.private, title="Secret canary")
    services.choose_news(actor=cast.leader, chosen={"comment": (True, "digest")})
    for row in (feature, hidden):
        follow(cast.leader, row)
        say(cast.maker, row, f"About {row.title}")
    consumers.follow_events()
    Membership.objects.filter(pk=membership.pk).delete()
    (message,) = mailed(noon, days=1)
    assert "Settle the same day" in message.body
    assert "canary" not in message.body + message.subject


def test_a_removed_comment_and_a_person_who_is_gone_are_not_mailed(cast, feature, noon):
    comment = say(cast.maker, feature, "@Leader and @Ops, canary")
    consumers.follow_events()
    services.change_user(actor=cast.admin, user=cast.ops, is_active=False)
    services.delete_comment(actor=cast.maker, comment=comment)
    assert mailed(noon) == []


# --- once -----------------------------------------------------------------------------------------------------------------


def test_a_line_is_in_one_mail_however_many_workers_look(cast, feature, noon):
    say(cast.maker, feature, "@Leader look")
    consumers.follow_events()
    noon.move_to(NOON + timedelta(minutes=4), tick=False)
    assert [services.collect_news() for _ in range(3)] == [1, 0, 0]
    assert Delivery.objects.count() == 1


def test_the_link_ends_mails_of_its_kind_and_leaves_the_bell(cast, client, feature, noon):
    path = reverse("unsubscription", args=[token_for(cast.leader, "news:mention")])
    assert client.post(path).status_code == 200
    choice = NewsChoice.objects.get(user=cast.leader)
    assert (choice.kind, choice.in_app, choice.mail) == ("mention", True, "")
    say(cast.maker, feature, "@Leader look")
    assert mailed(noon) == []
    assert kinds_of(cast.leader) == ["mention"]


def test_old_acts_are_not_mailed(cast, feature, noon):
    with act(cast.maker, at=NOON - timedelta(days=2)):
        services.add_comment(actor=cast.maker, subject=feature, text="@Leader two days ago")
    assert mailed(noon) == []
    assert kinds_of(cast.leader) == ["mention"]


# --- pages ----------------------------------------------------------------------------------------------------------------


def test_the_page_keeps_what_was_chosen(cast, client):
    client.force_login(cast.leader)
    assert client.get(reverse("news-settings")).content.decode().count("<fieldset>") == len(news_kinds)
    client.post(reverse("news-settings"), {"app-mention": "on", "mail-mention": "digest", "digest_hour": "18"})
    said = {one.kind: (one.in_app, one.mail) for one in NewsChoice.objects.filter(user=cast.leader)}
    assert (said["mention"], said["own"]) == ((True, "digest"), (False, "digest"))
    assert User.objects.get(pk=cast.leader.pk).digest_hour == 18
    client.force_login(cast.guest)
    assert "called by name" not in client.get(reverse("news-settings")).content.decode()


def test_a_kind_or_way_that_does_not_exist_is_refused(cast):
    with pytest.raises(RuleBroken, match="no news of the kind"):
        services.choose_news(actor=cast.leader, chosen={"weather": (True, "")})
    with pytest.raises(RuleBroken, match="Choose mail"):
        services.choose_news(actor=cast.leader, chosen={"own": (True, "pigeon")})


def test_news_stand_by_what_they_are_about_and_are_read_together(cast, client, feature):
    other = FeatureFactory(product=cast.own, title="Another")
    for row in (feature, other, feature):
        say(cast.maker, row, "@Leader look")
    consumers.follow_events()
    client.force_login(cast.leader)
    page = client.get(reverse("notifications")).content.decode()
    assert page.count('class="newsthing"') == 2
    name = f"roadmaps.feature:{feature.pk}"
    client.post(reverse("notifications-reading"), {"subject": name})
    assert "Notifications, 1 new" in client.get("/").content.decode()
    client.post(reverse("notifications-reading"), {"subject": name, "unread": "1"})
    assert "Notifications, 3 new" in client.get("/").content.decode()


def test_a_page_shows_who_follows_it(cast, client, feature):
    follow(cast.ops, feature)
    Follower.objects.create(user=cast.admin, subject_type="roadmaps.feature", subject_id=feature.pk, is_following=False)
    client.force_login(cast.leader)
    page = client.get(reverse("comments"), {"subject": f"roadmaps.feature:{feature.pk}"}).content.decode()
    assert "1 follows this" in page
    assert '<p class="sm">Ops</p>' in page

"""Comments, followers, notifications: who may say and read what, and who hears of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, consumers, registry, services
from core.acts import act
from core.exceptions import NotAllowed, RuleBroken
from core.mentions import mentioned
from core.models import Comment, Cursor, Event, Follower, Membership, Notification, User
from core.writes import update
from roadmaps.models import Feature
from tests.factories.roadmaps import FeatureFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture
def feature(cast) -> Feature:
    return FeatureFactory(product=cast.own, title="Settle the same day")


@pytest.fixture
def hidden(cast) -> Feature:
    return FeatureFactory(product=cast.private, title="Secret canary")


def say(actor, row, text, thread=None) -> Comment:
    return services.add_comment(actor=User.objects.get(pk=actor.pk), subject=row, text=text, thread=thread)


def told(person) -> list[str]:
    consumers.follow_events()
    return list(Notification.objects.filter(user=person).order_by("id").values_list("kind", flat=True))


def name_of(row) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


# --- names in a text -------------------------------------------------------------------------------------------------

PEOPLE = [(1, "Ravi Menon"), (2, "Ravi Shah"), (3, "Lena Berg"), (4, "Lena"), (5, "Ana López")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ravi Menon look", {1}),
        ("@ravi menon, @RAVI SHAH", {1, 2}),
        ("@Ravi look", set()),
        ("@Lena Berg and @Lena", {3, 4}),
        ("(@Ana)", {5}),
        ("@Ana López.", {5}),
        ("@Anabel", set()),
        ("mail ravi@ravi menon.example", {1}),
        ("nobody", set()),
        ("@", set()),
    ],
)
def test_a_text_calls_whom_it_names(text, expected):
    assert mentioned(text, PEOPLE) == expected


# --- saying ------------------------------------------------------------------------------------------------------------


def test_an_answer_to_an_answer_stays_in_the_thread(cast, feature):
    root = say(cast.maker, feature, "First")
    answer = say(cast.leader, feature, "Second", thread=root)
    assert say(cast.ops, feature, "Third", thread=answer).thread_id == root.pk


def test_a_thread_belongs_to_one_subject(cast, feature):
    other = FeatureFactory(product=cast.own)
    with pytest.raises(RuleBroken, match="something else"):
        say(cast.maker, other, "Hm", thread=say(cast.maker, feature, "First"))


@pytest.mark.parametrize("name", ["contributor", "guest"])
def test_who_sees_nothing_internal_neither_says_nor_reads(cast, client, feature, name):
    person = getattr(cast, name)
    say(cast.maker, feature, "Internal canary")
    services.set_membership(actor=cast.maker, product=cast.own, user=person, level=Membership.Level.VIEWER)
    with pytest.raises(NotAllowed):
        say(person, feature, "Hello")
    client.force_login(person)
    for address in (reverse("comments") + f"?subject={name_of(feature)}", reverse("comment", args=[Comment.objects.get().pk])):
        assert client.get(address).status_code == 404
    assert "canary" not in client.get(reverse("feature", args=[feature.key])).content.decode()


def test_comments_on_a_private_product_do_not_exist_for_others(cast, client, hidden):
    comment = say(cast.maker, hidden, "Hidden")
    client.force_login(cast.leader)
    assert client.get(reverse("comments"), {"subject": name_of(hidden)}).status_code == 404
    assert client.post(reverse("comments"), {"subject": name_of(hidden), "text": "x"}).status_code == 404
    for route in ("comment", "comment-removal", "comment-resolution"):
        assert client.post(reverse(route, args=[comment.pk]), {"text": "x"}).status_code == 404
    assert client.post(reverse("following"), {"subject": name_of(hidden), "follow": "1"}).status_code == 404


def test_the_page_says_changes_settles_and_removes(cast, client, feature):
    client.force_login(cast.maker)
    posted = {"subject": name_of(feature), "text": "**Why** now?"}
    answer = client.post(reverse("comments"), posted, headers=HTMX)
    assert answer.status_code == 200
    assert "<strong>Why</strong>" in answer.content.decode()
    comment = Comment.objects.get()
    client.post(reverse("comment", args=[comment.pk]), {"text": "Why so late?"}, headers=HTMX)
    client.post(reverse("comment-resolution", args=[comment.pk]), headers=HTMX)
    comment.refresh_from_db()
    assert (comment.text, comment.resolved_at is not None) == ("Why so late?", True)
    client.post(reverse("comment-resolution", args=[comment.pk]), {"open": "1"}, headers=HTMX)
    assert client.post(reverse("comment-removal", args=[comment.pk])).status_code == 302
    comment.refresh_from_db()
    assert (comment.resolved_at, comment.deleted_at is not None) == (None, True)


def test_only_its_author_changes_a_comment(cast, client, feature):
    comment = say(cast.maker, feature, "Mine")
    client.force_login(cast.leader)
    assert client.post(reverse("comment", args=[comment.pk]), {"text": "Yours"}).status_code == 403
    assert client.post(reverse("comment-removal", args=[comment.pk])).status_code == 403
    assert client.post(reverse("comment-resolution", args=[comment.pk])).status_code == 302


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_an_empty_or_endless_comment_is_refused_and_kept_in_the_form(cast, client, feature, text):
    client.force_login(cast.maker)
    answer = client.post(reverse("comments"), {"subject": name_of(feature), "text": text}, headers=HTMX)
    assert answer.status_code == 422
    assert text[:50] in answer.content.decode()
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    "subject", ["", "x", "roadmaps.feature", "roadmaps.feature:", "core.user:1", "no.model:1", "roadmaps.feature:9" + "9" * 30]
)
def test_a_subject_that_is_none_is_not_found(cast, client, subject):
    client.force_login(cast.maker)
    assert client.post(reverse("comments"), {"subject": subject, "text": "x"}).status_code == 404


def test_scripts_in_a_comment_do_not_run(cast, client, feature):
    say(cast.maker, feature, "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>")
    client.force_login(cast.leader)
    page = client.get(reverse("comments"), {"subject": name_of(feature)}, headers=HTMX).content.decode()
    assert "<script>" not in page
    assert "<img" not in page  # it is shown as the words that were typed
    assert 'href="javascript' not in page


def test_the_feature_page_shows_its_comments(cast, client, feature):
    say(cast.maker, feature, "Look at this")
    client.force_login(cast.leader)
    assert "Look at this" in client.get(reverse("feature", args=[feature.key])).content.decode()


# --- hearing --------------------------------------------------------------------------------------------------------------


def test_who_is_called_hears_of_it_once(cast, feature):
    say(cast.maker, feature, "@Leader what do you say? @leader?")
    assert told(cast.leader) == ["mention"]
    assert told(cast.leader) == ["mention"], "The events are followed once."
    assert told(cast.maker) == []


def test_who_spoke_hears_the_answer(cast, feature):
    root = say(cast.maker, feature, "First")
    consumers.follow_events()
    say(cast.leader, feature, "Second", thread=root)
    assert told(cast.maker) == ["reply"]


def test_who_cannot_see_it_is_not_told_and_the_author_learns_that(cast, client, hidden):
    client.force_login(cast.maker)
    answer = client.post(reverse("comments"), {"subject": name_of(hidden), "text": "@Leader and @Contributor, look"}, headers=HTMX)
    assert "Contributor, Leader cannot see this" in answer.headers["HX-Trigger"]
    assert told(cast.leader) == told(cast.contributor) == []


def test_an_added_name_is_told_when_a_comment_is_changed(cast, feature):
    comment = say(cast.maker, feature, "@Leader look")
    consumers.follow_events()
    services.change_comment(actor=cast.maker, comment=comment, text="@Leader and @Ops look")
    assert (told(cast.leader), told(cast.ops)) == (["mention"], ["mention"])


def test_changes_of_what_one_follows_are_one_line_until_it_is_read(cast, feature):
    services.set_following(actor=cast.leader, subject=feature, is_following=True)
    for title in ("One", "Two", "Three"):
        change_title(cast.maker, feature, title)
    assert told(cast.leader) == ["change"]
    services.read_notifications(actor=cast.leader)
    change_title(cast.maker, feature, "Four")
    assert told(cast.leader) == ["change", "change"]


def change_title(actor, feature, title):
    with act(actor):
        update(Feature.objects.get(pk=feature.pk), {"title": title}, "roadmaps.feature_changed")


def test_what_becomes_mine_tells_me_and_makes_me_follow(cast, feature):
    with act(cast.maker):
        update(feature, {"owner": cast.leader}, "roadmaps.feature_changed")
    assert told(cast.leader) == ["assigned"]
    assert Follower.objects.get(user=cast.leader).is_following


def test_who_no_longer_wants_to_hear_is_left_alone(cast, feature):
    root = say(cast.maker, feature, "First")
    consumers.follow_events()
    services.set_following(actor=cast.maker, subject=feature, is_following=False)
    say(cast.leader, feature, "Second", thread=root)
    assert told(cast.maker) == []
    say(cast.maker, feature, "Third", thread=root)
    consumers.follow_events()
    assert not Follower.objects.get(user=cast.maker, subject_id=feature.pk).is_following


def test_news_of_a_product_out_of_sight_by_now_disappears(cast, client, hidden):
    membership = services.set_membership(actor=cast.maker, product=cast.private, user=cast.leader, level=Membership.Level.VIEWER)
    say(cast.maker, hidden, "@Leader canary")
    assert told(cast.leader) == ["mention"]
    client.force_login(cast.leader)
    assert "canary" in client.get(reverse("notifications")).content.decode()
    services.end_membership(actor=cast.maker, membership=membership)
    page = client.get(reverse("notifications")).content.decode()
    assert "canary" not in page
    assert "Notifications, 0 new" in page


def test_history_further_back_is_no_news(cast, feature):
    with act(cast.maker, at=clock.now() - timedelta(days=60)):
        services.add_comment(actor=cast.maker, subject=feature, text="@Leader long ago")
    assert told(cast.leader) == []


def test_a_handler_that_breaks_keeps_its_place_and_delays_nobody(cast, feature, monkeypatch):
    seen = []
    broken = registry.Handler("broken", lambda batch: 1 / 0)
    counting = registry.Handler("counting", lambda batch: seen.extend(event.number for event, _ in batch))
    monkeypatch.setattr(consumers, "handlers", [broken, counting])
    say(cast.maker, feature, "One")
    say(cast.maker, feature, "Two")
    consumers.follow_events()
    consumers.follow_events()
    assert seen == list(Event.objects.order_by("number").values_list("number", flat=True))
    assert Cursor.objects.get(name="counting").number == seen[-1]
    assert not Cursor.objects.filter(name="broken", number__gt=0).exists()
    assert consumers.oldest_unfollowed() is not None


def test_a_line_is_read_when_it_is_opened(cast, client, feature):
    say(cast.maker, feature, "@Leader look")
    consumers.follow_events()
    client.force_login(cast.leader)
    page = client.get(reverse("notifications")).content.decode()
    assert "Notifications, 1 new" in page
    line = Notification.objects.get(user=cast.leader)
    opened = client.post(reverse("notification-reading", args=[line.pk]))
    assert opened["Location"].startswith(reverse("feature", args=[feature.key]))
    assert "Notifications, 0 new" in client.get(reverse("notifications")).content.decode()
    client.force_login(cast.ops)
    assert client.post(reverse("notification-reading", args=[line.pk])).status_code == 404


def test_the_bell_comes_alone_when_asked_for(cast, client):
    client.force_login(cast.maker)
    part = client.get(reverse("notifications"), {"part": "bell"}, headers=HTMX).content.decode()
    assert part.lstrip().startswith("<a")
    assert "<html" not in part

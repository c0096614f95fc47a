"""What visitors of a shared roadmap say to its items arrives in the inbox, and nothing comes back that they did not know."""

import re

import pytest
from django.test import Client

from core.models import Change, Event
from feedback import services
from feedback.models import Evidence, Feedback, Requester
from roadmaps import beginning
from roadmaps import services as roadmap_services
from roadmaps.models import Audience, Feature, LinkVisit, ShareLink
from roadmaps.models.plan import Status
from tests.factories.feedback import RequesterFactory
from tests.factories.roadmaps import FeatureFactory, InitiativeFactory, RoadmapFactory

pytestmark = pytest.mark.django_db
NONCE = "0123456789abcdef" * 2
QUERIES = 8  # of an item's page


@pytest.fixture
def shown(cast, plan):
    """A roadmap of the own product, shared with customers: its link, the link's address, and that of the one item with a name."""
    beginning.begin_audiences()
    theme = InitiativeFactory(product=cast.own, outside_name="Faster closing")
    rows = Feature.objects.filter(pk=plan.own.pk)
    rows.update(status=Status.PLANNED, outside_name="Close the month in a day", initiative=theme)
    roadmap = RoadmapFactory(owner=cast.maker, product=cast.own, name="Plan", query="", layout="list")
    link, secret = roadmap_services.create_link(
        actor=cast.maker, roadmap=roadmap, audience=Audience.objects.get(slug="customers"), title="What comes next"
    )
    address = f"/shared/{link.key}.{secret}/"
    return link, address, item_at(address)


def item_at(address: str) -> str:
    [found] = set(re.findall(rf"{re.escape(address)}items/[0-9a-f]{{12}}/", Client().get(address).content.decode()))
    return found


def test_what_a_visitor_says_waits_in_the_inbox_and_counts_for_nothing_yet(shown, plan, cast):
    link, _, item = shown
    answer = Client().post(item, {"text": " We close\r\nfour entities. ", "name": "Dana  Whitfield", "email": "Dana@Brightwater.example"})
    assert (answer.status_code, answer["Location"]) == (302, f"{item}?said=1")
    assert "What you wrote has arrived" in Client().get(answer["Location"]).content.decode()
    row = Feedback.objects.get()
    assert (row.text, row.title) == ("We close\nfour entities.", "We close – Close the month in a day")
    assert (row.source, row.state, row.product, row.about, row.link) == ("roadmap", "new", cast.own, plan.own, link)
    assert (row.requester.name, row.requester.email, row.requester.account) == ("Dana Whitfield", "dana@brightwater.example", None)
    assert not Evidence.objects.exists()


def test_the_history_says_that_it_came_by_the_link_and_not_from_its_maker(shown, cast, browse):
    link, _, item = shown
    Client().post(item, {"text": "We need it by March.", "email": "dana@brightwater.example"})
    browse(cast.other_maker).post(item, {"text": "So do we."})
    events = Event.objects.filter(verb__startswith="feedback.")
    assert [(event.actor, event.because_type, event.because_id) for event in events] == [(None, "roadmaps.sharelink", link.pk)] * 2
    assert {event.because_label for event in events} == {"what was written under the link “What comes next”"}


def test_who_sorts_it_sees_what_it_was_said_to_and_links_it_by_one_press(shown, plan, cast, browse):
    _, _, item = shown
    Client().post(item, {"text": "We need it by March.", "email": "dana@brightwater.example"})
    row, client = Feedback.objects.get(), browse(cast.maker)
    page = client.get(f"/feedback/{row.pk}/").content.decode()
    assert f'Said to <a class="fkey" href="/features/{plan.own.key}/">' in page
    assert "under the link “What comes next” · who it is was not checked" in page
    options = client.get(f"/feedback/{row.pk}/candidates/").content.decode()
    assert re.findall(r'name="feature" value="([^"]+)"', options)[0] == plan.own.key
    client.post(f"/feedback/{row.pk}/evidence/", {"feature": plan.own.key, "importance": "important"})
    assert Evidence.objects.get().feature == plan.own
    assert "Said to" not in client.get(f"/feedback/{row.pk}/").content.decode()


def test_a_feature_out_of_sight_is_not_named_where_the_message_was_moved(shown, cast, browse):
    _, _, item = shown
    Client().post(item, {"text": "We need it by March."})
    row = Feedback.objects.get()
    services.change_feedback(actor=cast.maker, feedback=row, product=None)
    type(cast.own).objects.filter(pk=cast.own.pk).update(visibility="private")
    page = browse(cast.ops).get(f"/feedback/{row.pk}/").content.decode()
    assert "We need it by March." in page
    assert "Said to" not in page


def test_sent_twice_it_arrives_once(shown):
    _, _, item = shown
    for _ in range(3):
        assert Client().post(item, {"text": "We need it.", "name": "Dana", "once": NONCE}).status_code == 302
    assert Feedback.objects.count() == Requester.objects.count() == 1
    assert Client().post(item, {"text": "We need it.", "name": "Dana", "once": NONCE.replace("0", "1")}).status_code == 302
    assert Feedback.objects.count() == 2


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(shown):
    _, _, item = shown
    known = RequesterFactory(name="", email="dana@brightwater.example")
    answers = [
        Client().post(item, {"text": "We need it.", "name": "Somebody else", "email": email})
        for email in ("DANA@brightwater.example", "new@example.com")
    ]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1
    assert Feedback.objects.filter(requester=known).count() == 1
    known.refresh_from_db()
    assert known.name == ""  # nobody checked who wrote: nothing is added to what is known of them


def test_a_name_alone_is_nobody_known(shown):
    _, _, item = shown
    known = RequesterFactory(name="Dana Whitfield", account=None)
    Client().post(item, {"text": "We need it.", "name": "Dana Whitfield"})
    Client().post(item, {"text": "So do we."})
    assert {row.requester for row in Feedback.objects.all()} == {None, *Requester.objects.exclude(pk=known.pk)}
    assert not Feedback.objects.filter(requester=known).exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "  "}, "This field is required"),
        ({"text": "a" * 5_001}, "at most 5000 characters"),
        ({"text": "Words", "name": "n" * 121}, "at most 120 characters"),
        ({"text": "Words", "email": "nowhere"}, "valid email address"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_words_kept(shown, sent, said):
    _, _, item = shown
    answer = Client().post(item, sent)
    assert (answer.status_code, Feedback.objects.count()) == (422, 0)
    assert said in answer.content.decode()
    assert sent["text"].strip() in answer.content.decode()


def test_what_is_sent_from_one_place_in_a_short_time_is_counted(shown):
    _, _, item = shown
    answers = [Client(REMOTE_ADDR="192.0.2.7").post(item, {"text": f"Number {n}"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [422]
    assert "Number 10" in answers[-1].content.decode()
    assert "Too much was sent" in answers[-1].content.decode()
    assert Client(REMOTE_ADDR="192.0.2.8").post(item, {"text": "Another place"}).status_code == 302


def test_an_item_the_link_does_not_show_is_not_there(shown, cast, plan):
    link, address, item = shown
    hidden = FeatureFactory(product=cast.own, outside_name="Not told yet", stage=plan.stages["discovery"])
    other, secret = roadmap_services.create_link(
        actor=cast.maker, roadmap=link.roadmap, audience=Audience.objects.get(slug="internal"), title="All"
    )
    elsewhere = f"/shared/{other.key}.{secret}/"
    named = set(re.findall(r"items/([0-9a-f]{12})/", Client().get(elsewhere).content.decode()))
    assert len(named) == 2
    for name in (*named, "000000000000", f"{hidden.pk:012x}", f"{plan.own.pk:012x}"):
        assert Client().get(f"{address}items/{name}/").status_code == 404
        assert Client().post(f"{address}items/{name}/", {"text": "Words"}).status_code == 404
    assert (Client().get(item).status_code, Feedback.objects.count()) == (200, 0)


@pytest.mark.parametrize("why", ["switched off", "revoked", "ended"])
def test_a_link_that_takes_nothing_offers_nothing_and_takes_nothing(shown, cast, browse, why):
    link, address, item = shown
    if why == "switched off":
        browse(cast.maker).post(f"/roadmaps/{link.roadmap_id}/links/{link.pk}/answers/")
        assert "items/" not in Client().get(address).content.decode()
    elif why == "revoked":
        roadmap_services.revoke_link(actor=cast.maker, link=link)
    else:
        ShareLink.objects.filter(pk=link.pk).update(ends_on="2020-01-01")
    assert (Client().get(item).status_code, Client().post(item, {"text": "Words"}).status_code) == (404, 404)
    assert not Feedback.objects.exists()


def test_the_maker_turns_it_on_and_off_and_nobody_else_does(shown, cast, browse):
    link, address, _ = shown
    at = f"/roadmaps/{link.roadmap_id}/links/{link.pk}/answers/"
    assert browse(cast.ops).post(at, {"take": "1"}).status_code == 404
    browse(cast.maker).post(at)
    assert "takes feedback" not in browse(cast.maker).get(f"/roadmaps/{link.roadmap_id}/links/").content.decode()
    browse(cast.maker).post(at, {"take": "1"})
    assert "· takes feedback" in browse(cast.maker).get(f"/roadmaps/{link.roadmap_id}/links/").content.decode()
    assert "items/" in Client().get(address).content.decode()
    verbs = Event.objects.filter(verb="roadmaps.share_link_changed").order_by("number")
    assert [Change.objects.get(event=event).after for event in verbs] == [{"takes_answers": False}, {"takes_answers": True}]


def test_a_link_is_made_without_it_where_the_box_is_cleared(shown, cast, browse):
    link, _, _ = shown
    form = {"audience": link.audience_id, "title": "Quiet", "pages": ""}
    browse(cast.maker).post(f"/roadmaps/{link.roadmap_id}/links/", form)
    browse(cast.maker).post(f"/roadmaps/{link.roadmap_id}/links/", form | {"title": "Open", "takes_answers": "on"})
    assert not ShareLink.objects.get(title="Quiet").takes_answers
    assert ShareLink.objects.get(title="Open").takes_answers


def test_it_is_safe_from_forgery_and_behind_the_password(shown, cast):
    link, _, item = shown
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(item)
    assert page["Referrer-Policy"] == "same-origin"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    assert strict.post(item, {"text": "Forged"}).status_code == 403
    assert strict.post(item, {"text": "Mine", "csrfmiddlewaretoken": token}).status_code == 302
    audience = Audience.objects.get(slug="customers")
    locked, secret = roadmap_services.create_link(actor=cast.maker, roadmap=link.roadmap, audience=audience, password="correct horse")
    address = f"/shared/{locked.key}.{secret}/"
    client = Client()
    client.post(address, {"password": "correct horse"})
    inside = re.search(r"items/[0-9a-f]{12}/", client.get(address).content.decode())[0]
    assert Client().post(address + inside, {"text": "Words"}).status_code == 422
    assert client.post(address + inside, {"text": "Words"}).status_code == 302
    assert Feedback.objects.filter(link=locked).count() == 1


def test_in_another_page_items_lead_to_a_page_of_their_own(shown, cast):
    link, _, _ = shown
    audience, embeds = Audience.objects.get(slug="customers"), ["https://www.example.com"]
    other, secret = roadmap_services.create_link(actor=cast.maker, roadmap=link.roadmap, audience=audience, embeds=embeds)
    address = f"/shared/{other.key}.{secret}/"
    frame = Client().get(f"{address}embed/").content.decode()
    assert '<base target="_blank">' in frame
    [item] = set(re.findall(rf"{re.escape(address)}items/[0-9a-f]{{12}}/", frame))
    assert "frame-ancestors 'none'" in Client().get(item)["Content-Security-Policy"]


def test_what_is_said_to_a_theme_is_about_all_its_features(shown, cast, plan):
    link, address, _ = shown
    FeatureFactory(product=cast.own, initiative=Feature.objects.get(pk=plan.own.pk).initiative, stage=plan.stages["delivery"])
    type(link.roadmap).objects.filter(pk=link.roadmap_id).update(is_theme_only=True)
    Client().post(item_at(address), {"text": "We need it."})
    row = Feedback.objects.get()
    assert (row.title, row.about, row.product) == ("We need it. – Faster closing", None, cast.own)


def test_looking_at_an_item_is_counted_as_a_visit(shown):
    link, _, item = shown
    before = LinkVisit._base_manager.get(link=link).count
    Client().get(item)
    assert LinkVisit._base_manager.get(link=link).count == before + 1


def test_an_items_page_asks_as_much_however_many_items_there_are(shown, cast, plan, django_assert_num_queries):
    _, _, item = shown
    Client().get(item)
    with django_assert_num_queries(QUERIES):
        Client().get(item)
    for number in range(5):
        FeatureFactory(product=cast.own, outside_name=f"More {number}", stage=plan.stages["delivery"])
    with django_assert_num_queries(QUERIES):
        Client().get(item)

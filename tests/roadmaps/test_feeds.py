"""Calendars that other programs fetch: a file as RFC 5545 says, read here by a reader of its own, for whoever holds the address."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from core.exceptions import NotAllowed
from core.models import Membership, Organisation
from core.services import end_membership
from roadmaps import services
from roadmaps.calendar import Entry, write
from roadmaps.models import CalendarFeed
from tests.factories.core import MembershipFactory
from tests.factories.roadmaps import FeatureFactory

UNESCAPED = {"\\n": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
CHANGED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def parse(data: bytes) -> list[dict[str, str]]:
    """The events of an iCalendar file, strictly: lines end with CRLF, have 75 octets at most, and are unfolded before they are read."""
    assert data.endswith(b"\r\n")
    raw = data.split(b"\r\n")[:-1]
    assert all(b"\n" not in line and b"\r" not in line and len(line) <= 75 for line in raw)
    assert all(line.decode() for line in raw)  # each is whole characters
    lines: list[str] = []
    for line in raw:
        if line.startswith(b" "):
            lines[-1] += line[1:].decode()
        else:
            lines.append(line.decode())
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    events: list[dict[str, str]] = []
    inside = False
    for line in lines[1:-1]:
        name, colon, value = line.partition(":")
        assert colon
        if line == "BEGIN:VEVENT":
            assert not inside
            inside = True
            events.append({})
        elif line == "END:VEVENT":
            assert inside
            inside = False
        elif inside:
            assert name not in events[-1]
            events[-1][name] = _unescape(value) if name in ("SUMMARY", "DESCRIPTION") else value
    assert not inside
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE"} <= event.keys()
    return events


def _unescape(value: str) -> str:
    text, rest = "", value
    while rest:
        if rest[0] == "\\":
            text, rest = text + UNESCAPED[rest[:2]], rest[2:]
        else:
            assert rest[0] not in ",;"
            text, rest = text + rest[0], rest[1:]
    return text


def days(event: dict[str, str]) -> tuple[str, str]:
    return event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\n,;\\:\"'é😀"), max_size=200)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(0, 40)), max_size=4), TEXTS)
def test_whatever_is_written_is_read_back(rows, name):
    entries = [Entry(f"x-{n}@a.example", day, day + timedelta(days=more), title, text, "https://a.example/", CHANGED)
               for n, (title, text, day, more) in enumerate(rows)]  # fmt: skip
    events = parse(write(name, entries).encode())
    assert [(event["SUMMARY"], event["DESCRIPTION"], *days(event)) for event in events] == [
        (entry.title, entry.text, f"{entry.first:%Y%m%d}", f"{entry.last + timedelta(days=1):%Y%m%d}") for entry in entries
    ]


@pytest.fixture
def plan_of_days(cast, plan):
    day = Organisation.today() + timedelta(days=30)
    year_end = {"reason": "Year end", "starts_on": day, "ends_on": day + timedelta(days=9)}
    return {
        "own": services.create_release(actor=cast.maker, product=cast.own, version_name="2.0, the second; really", day=day),
        "hidden": services.create_release(actor=cast.maker, product=cast.private, version_name="Canary", day=day),
        "train": services.create_release(actor=cast.leader, product=None, version_name="2027.1", day=day + timedelta(days=60)),
        "undated": services.create_release(actor=cast.maker, product=cast.own, version_name="Some day"),
        "freeze": services.create_freeze(actor=cast.leader, product=None, **year_end),
        "feature": FeatureFactory(product=cast.own, title="Due", target_date=day),
    }


def open_feed(actor, **values) -> str:
    """A feed's place: what stands between the folder and the ending of its address."""
    feed, secret = services.create_feed(actor=actor, **values)
    return f"{feed.key}.{secret}"


def fetch(place: str, **headers):
    return Client().get(f"/calendars/{place}.ics", headers=headers)


def test_a_calendar_holds_what_its_person_sees_without_signing_in(cast, plan_of_days):
    place = open_feed(cast.leader, name="Everything")
    answer = fetch(place)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    events = {event["UID"].partition("@")[0]: event for event in parse(answer.content)}
    own, train, freeze = (plan_of_days[name] for name in ("own", "train", "freeze"))
    assert events.keys() == {f"release-{own.pk}", f"release-{train.pk}", f"freezeperiod-{freeze.pk}"}
    assert events[f"release-{own.pk}"]["SUMMARY"] == "Own: 2.0, the second; really"
    assert events[f"release-{own.pk}"]["URL"].endswith(f"/releases/{own.pk}/")
    end = f"{freeze.ends_on + timedelta(days=1):%Y%m%d}"
    assert days(events[f"freezeperiod-{freeze.pk}"]) == (f"{freeze.starts_on:%Y%m%d}", end)


def test_a_calendar_of_one_product_has_its_due_features_where_asked_for(cast, plan_of_days):
    place = open_feed(cast.maker, name="Own", product=cast.own, has_features=True)
    titles = [event["SUMMARY"] for event in parse(fetch(place).content)]
    assert sorted(titles) == sorted(
        ["Own: 2.0, the second; really", "All products: 2027.1", "No releases: Year end", f"{plan_of_days['feature'].key} Due"]
    )


def test_rights_are_those_of_the_moment(cast, plan_of_days):
    membership = MembershipFactory(product=cast.private, user=cast.other_maker, level=Membership.Level.VIEWER)
    everything = open_feed(cast.other_maker, name="All")
    one = open_feed(cast.other_maker, name="One", product=cast.private)
    assert b"Canary" in fetch(everything).content
    assert b"Canary" in fetch(one).content
    end_membership(actor=cast.maker, membership=membership)
    assert b"Canary" not in fetch(everything).content
    assert fetch(one).status_code == 404


def test_a_wrong_closed_or_orphaned_address_leads_nowhere(cast, plan_of_days):
    place = open_feed(cast.maker, name="Mine")
    feed = CalendarFeed.objects.get()
    assert fetch(place[:-1] + ("a" if place[-1] != "a" else "b")).status_code == 404
    assert feed.digest not in place
    with pytest.raises(NotAllowed):
        services.delete_feed(actor=cast.leader, feed=feed)
    assert fetch(place).status_code == 200
    services.delete_feed(actor=cast.maker, feed=feed)
    assert fetch(place).status_code == 404
    other = open_feed(cast.leader, name="Mine")
    cast.leader.is_active = False
    cast.leader.save()
    assert fetch(other).status_code == 404


def test_a_calendar_is_sent_again_only_when_it_changed(cast, plan_of_days):
    place = open_feed(cast.maker, name="Mine")
    first = fetch(place)
    assert fetch(place, if_none_match=first["ETag"]).status_code == 304
    uids = [event["UID"] for event in parse(first.content)]
    services.change_release(actor=cast.maker, release=plan_of_days["own"], day=plan_of_days["own"].day + timedelta(days=1))
    again = fetch(place, if_none_match=first["ETag"])
    assert again.status_code == 200
    assert sorted(event["UID"] for event in parse(again.content)) == sorted(uids)


def test_the_address_is_shown_once_on_the_page(cast, browse, plan_of_days):
    client = browse(cast.maker)
    page = client.post("/settings/calendars/", {"name": "On my phone", "product": ""}).content.decode()
    feed = CalendarFeed.objects.get()
    address = re.search(r"/calendars/([^/]+)\.ics", page)[1]
    assert fetch(address).status_code == 200
    assert address not in client.get("/settings/calendars/").content.decode()
    client.post(f"/settings/calendars/{feed.pk}/removal/")
    assert fetch(address).status_code == 404

"""No byte of what an audience is sent tells what it is not shown: canaries in every field, and the same pages whatever the masks hide."""

import io
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from pypdf import PdfReader

from core.models import Event
from portfolio.models import Objective
from roadmaps import beginning, services
from roadmaps.exports import FORMATS
from roadmaps.models import FACTS, Audience, Feature, FeatureObjective, LinkVisit, Release, Roadmap, ShareLink
from roadmaps.models.plan import Status
from tests.factories.core import ProductFactory, UserFactory
from tests.factories.portfolio import ObjectiveFactory, TeamFactory
from tests.factories.roadmaps import (
    DependencyFactory,
    FeatureFactory,
    InitiativeFactory,
    ReleaseFactory,
    RoadmapFactory,
    RoadmapSourceFactory,
)

pytestmark = pytest.mark.django_db
LAYOUTS = [name for name, _ in Roadmap.Layout.choices]
AUDIENCES = ["internal", "leadership", "sales", "customers", "public", "own", "bare"]
DAYS = "zoom=months&from=2026-10-01"
# What tells of each fact, where the roadmap below is drawn.
TOLD = {
    "key": "ZQKEY-", "stage": "zqstageqz", "initiative": None, "outcome": "zqoutcomeqz", "product": "zqproductqz",
    "objective": "zqobjectiveqz", "owner": "zqownerqz", "team": "zqteamqz", "effort": "41 · 43 · 47", "release": "zqreleaseqz",
    "score": "77.7",
}  # fmt: skip
# Never shown to anybody outside, whatever the audience.
NEVER = [
    "zqdescriptionqz", "zqoutsideidqz", "zqgoneqz", "zqdeclinedqz", "zqforeignqz", "zqmailqz", "zqnotesqz", "zqfilterqz", "zqsourceqz",
    "zqmakerqz", "zqslugqz",
]  # fmt: skip
CANARY = re.compile("zq[a-z]+qz")
EXACT = ["17 Nov", "23 Feb", "2026-11-17", "2027-02-23", "17.11.2026", "23.02.2027"]


@pytest.fixture
def drawn(cast, plan) -> Roadmap:
    """A roadmap all of whose rows have a text of their own in every field."""
    beginning.begin_audiences()
    Audience.objects.create(slug="own", name="zqpalqz", shows=["status", "owner", "initiative", "outcome"], dates="month", position=8)
    Audience.objects.create(slug="bare", name="zqbareqz", shows=[], dates="none", position=9, leaves_out="status:open")
    maker = cast.maker
    type(maker).objects.filter(pk=maker.pk).update(name="zqmakerqz")
    maker.refresh_from_db()
    product = ProductFactory(key="ZQKEY", name="zqproductqz")
    stage = plan.stages["delivery"]
    type(stage).objects.filter(pk=stage.pk).update(name="zqstageqz")
    theme = InitiativeFactory(product=product, name="zqthemeqz", outside_name="zqthemeoutqz", outcome="zqoutcomeqz", horizon="now")
    nameless = InitiativeFactory(product=product, name="zqnamelessqz", outcome="zqoutcomeqz")
    owner = UserFactory(name="zqownerqz", email="zqmailqz@example.com")
    release = ReleaseFactory(product=product, version_name="zqreleaseqz", notes="zqnotesqz", day=date(2027, 2, 23))
    facts = {
        "product": product, "stage": stage, "initiative": theme, "owner": owner, "team": TeamFactory(name="zqteamqz"),
        "release": release,
        "description": "zqdescriptionqz", "effort_low": 41, "effort_likely": 43, "effort_high": 47, "date_confidence": "low",
        "score": Decimal("77.7"), "score_low": Decimal("77.7"), "score_high": Decimal("77.7"), "score_completeness": 1, "score_rev": 1,
        "start_date": date(2026, 11, 17), "target_date": date(2027, 2, 23),
    }  # fmt: skip
    shown = FeatureFactory(**facts, title="zqtitleqz", outside_name="zqoutqz", outside_id="zqoutsideidqz")
    other = FeatureFactory(**facts | {"initiative": nameless}, title="zqothertitleqz")
    hidden = FeatureFactory(
        **facts | {"stage": plan.stages["discovery"], "initiative": None}, title="zqhiddenqz", outside_name="zqhiddenqz"
    )
    FeatureFactory(**facts, title="zqgoneqz", outside_name="zqgoneqz", deleted_at=owner.created_at)
    FeatureFactory(**facts, title="zqdeclinedqz", outside_name="zqdeclinedqz")
    Feature.objects.filter(title="zqdeclinedqz").update(status=Status.DECLINED)
    FeatureFactory(title="zqforeignqz", outside_name="zqforeignqz", product=cast.foreign, target_date=date(2027, 1, 5))
    objective = ObjectiveFactory(product=product, title="zqobjectiveqz")
    for feature in (shown, other, hidden):
        FeatureObjective.objects.create(feature=feature, objective=objective)
    DependencyFactory(predecessor=hidden, successor=shown)
    DependencyFactory(predecessor=shown, successor=other)
    fields = "&".join(f"fields={name}" for name in ("owner", "dates", "team", "effort", "release", "score"))
    return RoadmapFactory(owner=maker, product=product, name="zqroadmapqz", query=f"filter=-title:zqfilterqz&lanes=initiative&{fields}")


def link_to(roadmap: Roadmap, slug: str, **values) -> tuple[ShareLink, str]:
    audience = Audience.objects.get(slug=slug)
    link, secret = services.create_link(actor=roadmap.owner, roadmap=roadmap, audience=audience, title="Seen from outside", **values)
    return link, f"/shared/{link.key}.{secret}/"


def text_of(response) -> str:
    """Everything the answer carries that can be read: headers, body, and what its body holds where that is packed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    found = [repr(sorted(response.headers.items())), body.decode("utf-8", "replace")]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            found += [f"{name}\n{parts.read(name).decode('utf-8', 'replace')}" for name in parts.namelist()]
    if body[:4] == b"%PDF":
        reader = PdfReader(io.BytesIO(body))
        found += [page.extract_text() for page in reader.pages] + [repr(reader.metadata)]
    return "\n".join(found)


def surfaces(address: str) -> dict[str, str]:
    """Every address under a link, in every layout and format, by lanes that tell and lanes that do not."""
    found = {}
    for layout in LAYOUTS:
        for lanes in ("initiative", "owner", "objective"):
            found[f"page {layout} {lanes}"] = f"{address}?layout={layout}&{DAYS}&lanes={lanes}"
        for way in ("embed/", "data.json"):
            found[f"{way} {layout}"] = f"{address}{way}?layout={layout}&{DAYS}"
        for kind in FORMATS if layout != Roadmap.Layout.HORIZONS else ["svg"]:  # drawn as boards are
            found[f"{kind} {layout}"] = f"{address}export.{kind}?layout={layout}&{DAYS}"
    return found | {
        "plain": address,
        "calendar": f"{address}calendar.ics",
        "no such file": f"{address}export.exe",
        "odd": f"{address}?layout=zz&filter=title:zq&fields=owner&open=1",
    }


def item_pages(address: str) -> dict[str, str]:
    """The pages on which something is said to the items shown, before it was said and after."""
    found = sorted(set(re.findall(rf"{re.escape(address)}items/[0-9a-f]{{12}}/", text_of(Client().get(f"{address}?layout=list")))))
    return {f"item {number}{asked}": at + asked for number, at in enumerate(found) for asked in ("", "?said=1")}


def forbidden(audience: Audience) -> list[str]:
    """The canaries that this audience may not meet."""
    shows = set(audience.shows)
    found = [*NEVER, "zqroadmapqz", audience.name if audience.slug in ("own", "bare") else "zq-nothing"]
    found += [canary for fact, canary in TOLD.items() if canary and fact not in shows]
    if audience.has_outside_names:
        found += ["zqtitleqz", "zqothertitleqz", "zqthemeqz", "zqnamelessqz"]
    if "initiative" not in shows:
        found += ["zqthemeqz", "zqthemeoutqz", "zqnamelessqz", "zqoutcomeqz"]
    if audience.dates != "exact":
        found += EXACT
    if audience.leaves_out:
        found.append("zqhiddenqz")
    return found + ([] if "confidence" in shows else ["softc"])


def expected(audience: Audience) -> list[str]:
    """The canaries that it must meet somewhere."""
    shows = set(audience.shows)
    found = [canary for fact, canary in TOLD.items() if canary and fact in shows and fact != "outcome"]
    found.append("zqoutqz" if audience.has_outside_names else "zqtitleqz")
    if "initiative" in shows:
        found.append("zqthemeoutqz" if audience.has_outside_names else "zqthemeqz")
    if {"initiative", "outcome", "horizon"} <= shows:
        found.append("zqoutcomeqz")
    return found + {"exact": ["17 Nov"], "month": ["Nov 2026"], "quarter": ["Q4 2026"], "half": ["H2 2026"], "none": []}[audience.dates]


@pytest.mark.parametrize("slug", AUDIENCES)
@pytest.mark.parametrize("is_theme_only", [False, True])
def test_an_audience_meets_what_it_is_shown_and_no_byte_of_what_is_masked(drawn, slug, is_theme_only):
    drawn.is_theme_only = is_theme_only
    drawn.save()
    audience = Audience.objects.get(slug=slug)
    _, address = link_to(drawn, slug, embeds=["https://www.example.com"])
    items = item_pages(address)
    assert items or (is_theme_only and slug == "bare")  # who is told of no initiatives
    read = {name: text_of(Client().get(at)) for name, at in (surfaces(address) | items).items()}
    read |= {f"{name}, refused": text_of(Client().post(at, {"text": "", "email": "zq"})) for name, at in items.items()}
    for name, text in read.items():
        assert [canary for canary in forbidden(audience) if canary in text] == [], name
    if not is_theme_only:
        everything = "\n".join(read.values())
        assert [canary for canary in expected(audience) if canary not in everything] == []


@pytest.mark.parametrize("slug", AUDIENCES)
def test_a_member_who_looks_as_an_audience_meets_no_byte_of_what_is_masked(drawn, slug, browse):
    audience, client = Audience.objects.get(slug=slug), browse(drawn.owner)
    never = set(forbidden(audience)) - {"zqroadmapqz", "zqmakerqz", audience.name}  # their own shell and roadmap
    if "product" not in audience.shows:
        never -= {"zqproductqz", "ZQKEY-"}
    for layout in LAYOUTS:
        text = text_of(client.get(f"/roadmaps/{drawn.pk}/?audience={slug}&layout={layout}&{DAYS}"))
        main = text[text.index("<main") :]
        assert [canary for canary in never if canary in main] == [], layout
        for kind in FORMATS:
            text = text_of(client.get(f"/roadmaps/{drawn.pk}/export.{kind}?audience={slug}&layout={layout}&{DAYS}"))
            assert [canary for canary in never if canary in text] == [], (layout, kind)


@pytest.mark.parametrize("slug", ["sales", "customers", "public", "bare"])
def test_whatever_stands_behind_the_masks_every_byte_is_the_same(drawn, slug, cast, plan):
    """What may be told apart by a count, a width, an order or an id is told."""
    _, address = link_to(drawn, slug, embeds=["https://www.example.com"])
    everywhere = surfaces(address) | item_pages(address)
    before = {name: plain(Client().get(at)) for name, at in everywhere.items() if ".pdf" not in at}
    half = slug in ("public", "bare")
    rows = Feature.objects.filter(product=drawn.product).exclude(title__in=["zqhiddenqz", "zqgoneqz", "zqdeclinedqz"])
    days = (date(2026, 8, 3), date(2027, 5, 30)) if half else (date(2026, 10, 2), date(2027, 3, 31))
    hidden = FeatureFactory(product=drawn.product, stage=plan.stages["discovery"], title="More", outside_name="More", target_date=days[1])
    DependencyFactory(predecessor=hidden, successor=rows[0])
    changes = {
        "start_date": days[0], "target_date": days[1], "owner": cast.ops, "team": None, "effort_low": 1, "effort_likely": 2,
        "effort_high": 99, "score": 3, "description": "", "date_confidence": "high", "outside_id": None,
    }  # fmt: skip
    rows.update(**changes)
    if slug in ("customers", "public", "bare"):
        for number, row in enumerate(rows.order_by("-pk")):
            Feature.objects.filter(pk=row.pk).update(title=f"A{number}")
    Release.objects.filter(product=drawn.product).update(day=date(2026, 12, 1))
    Objective.objects.filter(title="zqobjectiveqz").update(title="Another")
    after = {name: plain(Client().get(at)) for name, at in (surfaces(address) | item_pages(address)).items() if ".pdf" not in at}
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == []


def plain(response) -> str:
    """What it carries, without what differs between any two answers: the request's id, a form's tokens, the minute a file was packed."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", text_of(response))
    text = re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]+"', "", text)
    packed = re.search(r"PK\x03\x04", text)
    text = text[text.rindex("\x00\n") :] if packed and "\x00\n" in text else text
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", "", text)


def test_every_route_behind_a_link_is_crawled_here():
    crawled = {"shared", "shared-embed", "shared-item", "shared-data", "shared-calendar", "shared-export"}
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("shared")}
    assert known == crawled


def test_lines_stand_for_all_facts():
    assert set(TOLD) | {"status", "horizon", "confidence", "dependencies"} == set(FACTS)


def test_what_lies_behind_a_portfolio_names_no_source(drawn, cast):
    source = RoadmapFactory(owner=cast.maker, name="zqsourceqz", product=drawn.product, query="")
    RoadmapSourceFactory(roadmap=drawn, source=source)
    _, address = link_to(drawn, "internal")
    text = text_of(Client().get(f"{address}?lanes=source&layout=list"))
    assert "zqtitleqz" in text
    assert "zqsourceqz" not in text


def test_a_revoked_link_leads_nowhere_on_the_next_request(drawn):
    link, address = link_to(drawn, "customers", embeds=["https://www.example.com"])
    every = surfaces(address) | item_pages(address)
    assert "item 0" in every
    assert Client().get(address).status_code == 200
    services.revoke_link(actor=drawn.owner, link=link)
    assert {Client().get(at).status_code for at in every.values()} == {404}


@pytest.mark.parametrize("why", ["ended", "secret", "deactivated", "roadmap", "audience", "out of sight", "guest"])
def test_a_link_that_holds_no_longer_leads_nowhere_and_tells_nothing(drawn, cast, why):
    link, address = link_to(drawn, "customers")
    if why == "ended":
        ShareLink.objects.filter(pk=link.pk).update(ends_on=date.today() - timedelta(days=2))
    elif why == "secret":
        address = f"/shared/{link.key}.{'s' * 43}/"
    elif why == "deactivated":
        type(cast.maker).objects.filter(pk=cast.maker.pk).update(is_active=False)
    elif why == "roadmap":
        services.delete_roadmap(actor=cast.maker, roadmap=drawn)
    elif why == "audience":
        services.delete_audience(actor=cast.ops, audience=link.audience)
    elif why == "guest":
        type(cast.maker).objects.filter(pk=cast.maker.pk).update(role="guest")
    else:
        type(drawn.product).objects.filter(pk=drawn.product.pk).update(visibility="private")
    response = Client().get(address)
    assert response.status_code == 404
    assert not CANARY.search(text_of(response))
    assert (response["X-Robots-Tag"], response["Cache-Control"]) == ("noindex, nofollow, noarchive", "no-store")


def test_a_password_is_asked_for_before_anything_is_told_and_tries_are_counted(drawn):
    link, address = link_to(drawn, "internal", password="correct horse")
    client = Client()
    for at in surfaces(address).values():
        assert not CANARY.search(text_of(client.get(at)))
    assert client.post(address, {"password": "wrong"}).status_code == 422
    assert client.post(address, {"password": "correct horse"}).status_code == 302
    assert "zqtitleqz" in text_of(client.get(address))
    assert "zqtitleqz" not in text_of(Client().get(address))
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    answers = [stranger.post(address, {"password": f"wrong {n}"}).content.decode() for n in range(11)]
    assert "Too many passwords" in answers[-1]
    assert "Too many passwords" in stranger.post(address, {"password": "correct horse"}).content.decode()
    link.refresh_from_db()
    assert "correct horse" not in f"{link.password}{link.digest}"


@pytest.mark.parametrize(
    ("slug", "day", "title"),
    [
        ("internal", "20270223", "zqtitleqz"), ("leadership", "20270228", "zqtitleqz\\, by Feb 2027"),
        ("customers", "20270331", "zqoutqz\\, by Q1 2027"), ("public", "20270630", "zqoutqz\\, by H1 2027"),
    ],
)  # fmt: skip
def test_a_calendar_says_no_more_of_a_day_than_by_the_end_of_which_part_of_the_year(drawn, slug, day, title):
    _, address = link_to(drawn, slug)
    answer = Client().get(f"{address}calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode().replace("\r\n ", "")
    [entry] = [part for part in text.split("BEGIN:VEVENT") if f"SUMMARY:{title}\r\n" in part]
    assert f"DTSTART;VALUE=DATE:{day}\r\n" in entry
    assert f"URL:{settings.PUBLIC_BASE_URL}{address}\r\n" in entry
    uids = re.findall("UID:(.+?)\r\n", text)
    assert len(uids) == len(set(uids)) == text.count("BEGIN:VEVENT")
    assert uids == re.findall("UID:(.+?)\r\n", Client().get(f"{address}calendar.ics").content.decode().replace("\r\n ", ""))


def test_who_is_told_no_days_has_no_calendar(drawn):
    _, address = link_to(drawn, "bare")
    assert Client().get(f"{address}calendar.ics").status_code == 404
    assert "calendar.ics" not in Client().get(address).content.decode()


def test_a_calendar_of_themes_names_themes_alone(drawn):
    type(drawn).objects.filter(pk=drawn.pk).update(is_theme_only=True)
    _, address = link_to(drawn, "customers")
    titles = re.findall("SUMMARY:(.+?)\r\n", Client().get(f"{address}calendar.ics").content.decode())
    assert titles == ["Other work\\, by Q1 2027", "zqthemeoutqz\\, by Q1 2027"]


def test_headers_keep_a_shared_page_out_of_caches_searches_and_other_pages(drawn):
    _, address = link_to(drawn, "customers")
    _, embedded = link_to(drawn, "customers", embeds=["https://www.example.com", "https://two.example.com:8443"])
    page = Client().get(address)
    assert page["Referrer-Policy"] == "no-referrer"
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store", "noindex, nofollow, noarchive")
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert Client().get(f"{address}embed/").status_code == 404
    frame = Client().get(f"{embedded}embed/")
    assert "frame-ancestors https://www.example.com https://two.example.com:8443" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors 'none'" in Client().get(embedded)["Content-Security-Policy"]


def test_visits_are_counted_without_an_address_and_without_an_event(drawn, browse):
    link, address = link_to(drawn, "customers")
    services.create_link(actor=drawn.owner, roadmap=drawn, audience=link.audience, title="Not opened")
    before = Event.objects.count()
    for _ in range(3):
        Client(REMOTE_ADDR="192.0.2.77").get(address)
    assert Event.objects.count() == before
    [visit] = LinkVisit._base_manager.filter(link=link)
    assert visit.count == 3
    assert "192.0.2.77" not in str(visit.__dict__)
    page = browse(drawn.owner).get(f"/roadmaps/{drawn.pk}/links/").content.decode()
    assert "3 times, last on" in page
    assert "not yet" in page


def test_the_address_is_shown_once_and_kept_as_a_digest(drawn, browse):
    client = browse(drawn.owner)
    audience = Audience.objects.get(slug="customers")
    page = client.post(f"/roadmaps/{drawn.pk}/links/", {"audience": audience.pk, "title": "For you", "pages": ""}).content.decode()
    [found] = set(re.findall(r"/shared/([0-9a-f]{12}\.[\w-]{43})/", page))
    assert Client().get(f"/shared/{found}/").status_code == 200
    assert found.partition(".")[2] not in client.get(f"/roadmaps/{drawn.pk}/links/").content.decode()
    link = ShareLink.objects.get(key=found[:12])
    assert client.post(f"/roadmaps/{drawn.pk}/links/{link.pk}/removal/").status_code == 302
    assert Client().get(f"/shared/{found}/").status_code == 404

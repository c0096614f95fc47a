"""Two moments of a roadmap side by side: what came, what went, what moved, who did it and why."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from core import clock
from core.acts import Because, act
from roadmaps import services
from roadmaps.comparison import Difference, Figures, How, Kind, Line, compare, measure
from roadmaps.looks import Look
from roadmaps.models import Feature, Roadmap
from roadmaps.moments import compare_moments, members_at
from tests.factories.portfolio import AccountFactory
from tests.factories.roadmaps import ReleaseFactory, RoadmapFactory

MARCH, APRIL, MAY = (datetime(2026, month, 1, 9, tzinfo=UTC) for month in (3, 4, 5))
BLANK = {"deleted_at": None, "merged_into": None, "status": "open", "target_date": None}


def row(**values):
    return BLANK | values


def test_what_is_on_one_side_alone_was_added_or_dropped_and_how():
    was = {1: row(), 2: row(), 3: row(), 4: row(), 5: row(status="declined"), 6: row(deleted_at=MARCH)}
    now = {1: row(status="declined"), 2: row(deleted_at=APRIL), 3: row(merged_into=9), 4: row(), 5: row(), 6: row(), 7: row()}
    lines = compare(was, now, {1, 2, 3, 4}, {5, 6, 7})
    assert [(line.kind, line.item, line.how) for line in lines] == [
        (Kind.ADDED, 5, How.REOPENED), (Kind.ADDED, 6, How.BROUGHT_BACK), (Kind.ADDED, 7, How.MADE),
        (Kind.DROPPED, 1, How.DECLINED), (Kind.DROPPED, 2, How.DELETED), (Kind.DROPPED, 3, How.MERGED), (Kind.DROPPED, 4, How.LEFT),
    ]  # fmt: skip


def test_what_is_on_both_sides_moved_by_days_and_was_rescoped():
    was = {1: row(target_date=date(2026, 5, 1), title="A", stage=1)}
    now = {1: row(target_date=date(2026, 5, 8), title="B", stage=1)}
    assert compare(was, now, [1], [1]) == [
        Line(Kind.MOVED, 1, differences=(Difference("target_date", date(2026, 5, 1), date(2026, 5, 8), 7),)),
        Line(Kind.RESCOPED, 1, differences=(Difference("title", "A", "B"),)),
    ]


def test_churn_and_slip_are_reckoned_from_what_they_say():
    days = [
        (date(2026, 5, 1), date(2026, 5, 11)),
        (date(2026, 5, 1), date(2026, 5, 1)),
        (date(2026, 5, 9), date(2026, 5, 7)),
        (None, MAY.date()),
    ]
    was = {pk: row(target_date=first) for pk, (first, _) in enumerate(days)} | {8: row()}
    now = {pk: row(target_date=second) for pk, (_, second) in enumerate(days)} | {8: row(), 9: row()}
    figures = measure(was, now, [0, 1, 2, 3, 8], [0, 1, 2, 3, 9])
    assert figures == Figures(5, 5, 1, 1, (10, 0, -2))
    assert (figures.either, figures.churn, figures.median_slip, figures.later, figures.earlier) == (6, 2 / 6, 0, 1, 1)
    assert figures.mean_slip == pytest.approx(8 / 3)
    assert (Figures(0, 0, 0, 0, ()).churn, Figures(0, 0, 0, 0, ()).mean_slip) == (None, None)


@pytest.fixture
def told(cast, plan):
    """A feature of the own product, made in March, moved and re-scoped in April; another one made in April and deleted in May."""
    with act(cast.maker, at=MARCH):
        kept = services.create_feature(actor=cast.maker, product=cast.own, title="Kept", target_date=date(2026, 6, 1))
        gone = services.create_feature(actor=cast.maker, product=cast.own, title="Gone")
    with act(cast.maker, at=APRIL, because=Because("governance.decision", 1, "Board, April")):
        services.change_feature(actor=cast.maker, feature=kept, target_date=date(2026, 6, 15), effort_likely=Decimal(5), description="More")
    with act(cast.maker, at=APRIL + timedelta(hours=1)):
        services.delete_feature(actor=cast.maker, feature=gone)
        fresh = services.create_feature(actor=cast.maker, product=cast.own, title="Fresh")
    return kept, gone, fresh


def look_at(user, roadmap=None, **params) -> Look:
    query = QueryDict(mutable=True)
    query.update(params)
    return Look(user, query, roadmap)


def lines_of(comparison) -> list[tuple]:
    return [
        (str(kind), line.title, line.how, [(c.label, c.before, c.after, c.shift) for c in line.changes])
        for kind, lines in comparison.told.items()
        for line in lines
    ]


def test_each_line_says_what_by_whom_when_and_on_which_decision(cast, told):
    comparison = compare_moments(look_at(cast.leader, filter="product:OWN"), MARCH, MAY)
    assert lines_of(comparison) == [
        ("added", "Fresh", "made", []),
        ("dropped", "Gone", "deleted", []),
        ("moved", "Kept", "", [("target", "1 Jun 2026", "15 Jun 2026", "14 days later")]),
        ("re-scoped", "Kept", "", [("description", "", "", ""), ("effort", "blank", "5", "")]),
    ]
    moved = comparison.told[Kind.MOVED][0].changes[0].act
    assert (moved.actor, moved.at, moved.because_label) == (cast.maker, APRIL, "Board, April")
    assert comparison.told[Kind.DROPPED][0].url == ""
    assert comparison.figures.slips == (14,)


def test_of_two_moments_without_anything_between_nothing_moved(cast, told):
    assert compare_moments(look_at(cast.leader), APRIL + timedelta(days=1), MAY).is_still


def test_what_was_taken_back_again_is_no_line(cast, told):
    with act(cast.maker, at=MAY):
        services.change_feature(actor=cast.maker, feature=told[0], target_date=date(2026, 6, 1))
    comparison = compare_moments(look_at(cast.leader, filter="product:OWN"), MARCH, MAY)
    assert not comparison.told[Kind.MOVED]


def test_a_release_that_moves_takes_its_features_along(cast, plan):
    with act(cast.maker, at=MARCH):
        release = services.create_release(actor=cast.maker, product=cast.own, version_name="2026.5", day=date(2026, 5, 1))
        services.create_feature(actor=cast.maker, product=cast.own, title="Rides along", release=release)
    with act(cast.maker, at=APRIL) as second:
        services.change_release(actor=cast.maker, release=release, day=date(2026, 5, 4))
    change = compare_moments(look_at(cast.leader), MARCH, MAY).told[Kind.MOVED][0].changes[0]
    assert (change.label, change.days, change.act) == ("release date", 3, second.event)


def test_the_filter_is_asked_of_what_the_features_were_then(cast, plan):
    with act(cast.maker, at=MARCH):
        feature = services.create_feature(actor=cast.maker, product=cast.own, title="Wanders", target_date=date(2026, 6, 1))
    with act(cast.maker, at=APRIL):
        services.enter_stage(actor=cast.maker, feature=feature, stage=plan.stages["delivery"])
    delivery = compare_moments(look_at(cast.leader, filter="stage:delivery"), MARCH, MAY)
    assert lines_of(delivery) == [("added", "Wanders", "came into the filter", [])]
    assert delivery.told[Kind.ADDED][0].act.at == APRIL
    assert lines_of(compare_moments(look_at(cast.leader, filter="stage:discovery"), MARCH, MAY))[0][2] == "left the filter"


def test_days_that_move_with_today_moved_with_the_days_then(cast, plan):
    with act(cast.maker, at=MARCH):
        services.create_feature(actor=cast.maker, product=cast.own, title="Soon in March", target_date=date(2026, 3, 20))
    comparison = compare_moments(look_at(cast.leader, filter="target:this-month"), MARCH, MAY)
    assert lines_of(comparison) == [("dropped", "Soon in March", "left the filter", [])]


def test_what_has_no_past_is_named(cast, told):
    comparison = compare_moments(look_at(cast.leader, filter="score>=0 or people:0 stage:discovery"), MARCH, MAY)
    assert comparison.timeless == ["People asking", "Score"]
    assert not compare_moments(look_at(cast.leader, filter="effort>1 title:kept created<2030 owner:none"), MARCH, MAY).timeless


FILTERS = [
    "", "stage:delivery", "-stage:delivery", "product:OWN or title:foreign", "target:none", "target<2027-01-01 -owner:none", "effort>3",
    "effort:none", "effort:2..6", "status:open,planned", "kind:growth -target>=2026-06-01", "key:own", "kept", "created>2026-01-01",
    "in_stage<5", "sure:none", "description:more", "score>1", "release:none -(title:kept or title:fresh)", "initiative:none owner:me",
]  # fmt: skip


@pytest.mark.parametrize("text", FILTERS)
def test_of_the_present_the_past_says_what_the_list_shows(text, cast, plan, told):
    AccountFactory()
    Feature.objects.filter(pk=told[2].pk).update(owner=cast.leader, effort_high=Decimal(3))
    look = look_at(cast.leader, filter=text)
    assert not look.filters.error
    now = clock.now()
    comparison = compare_moments(look, now - timedelta(seconds=1), now)
    assert comparison.figures.at_second == look.rows.count()


def test_a_private_product_has_no_line_for_others(cast, plan):
    with act(cast.maker, at=APRIL):
        services.change_feature(actor=cast.maker, feature=plan.private, title="Hidden canary moved")
    assert not lines_of(compare_moments(look_at(cast.leader), MARCH, MAY))
    assert len(lines_of(compare_moments(look_at(cast.maker), MARCH, MAY))) == 1


def test_who_does_not_see_a_field_is_not_told_that_it_changed(cast, plan):
    account = AccountFactory(name="Canary account")
    with act(cast.maker, at=MARCH):
        feature = services.create_feature(actor=cast.maker, product=cast.own, title="Deal")
    with act(cast.maker, at=APRIL):
        services.change_feature(actor=cast.maker, feature=feature, deal_account=account)
    assert lines_of(compare_moments(look_at(cast.leader), MARCH, MAY))[0][3] == [("deal account", "blank", "Canary account", "")]


def test_a_roadmap_made_of_others_is_compared_by_all_their_filters(cast, plan, told):
    parts = [RoadmapFactory(owner=cast.leader, query=f"filter=title:{word}") for word in ("kept", "fresh")]
    whole = services.create_roadmap(actor=cast.leader, name="Whole", sources=parts)
    assert {line[1] for line in lines_of(compare_moments(Look(cast.leader, QueryDict(), whole), MARCH, MAY))} == {"Kept", "Fresh"}


def test_the_page_reads_without_a_script_and_says_what_it_cannot_read(cast, plan, told, browse):
    roadmap = Roadmap.objects.get(pk=RoadmapFactory(owner=cast.leader, product=cast.own).pk)
    page = browse(cast.leader).get(f"/roadmaps/{roadmap.pk}/comparison/?from=2026-03-01&to=2026-05-01").content.decode()
    assert "14 days later" in page
    assert "Board, April" in page
    assert "1 added, 1 dropped, 1 moved in time, 1 re-scoped" in page
    assert 'name="from" value="2026-03-01"' in page
    odd = browse(cast.leader).get("/roadmaps/comparison/?from=soon").content.decode()
    assert "“soon” is neither a day nor a moment" in odd
    assert "Nothing moved" in browse(cast.leader).get("/roadmaps/comparison/?from=2026-04-20&to=2026-04-30").content.decode()


def test_a_day_ends_where_the_organisation_is():
    assert clock.end_of_day(date(2026, 3, 1), "Europe/Lisbon") == datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 7, 1), "Europe/Lisbon") == datetime(2026, 7, 1, 22, 59, 59, 999999, tzinfo=UTC)


def test_a_roadmap_that_filters_for_something_else_since_says_so_with_who_and_when(cast, plan, told, client):
    with act(cast.leader, at=MARCH - timedelta(days=3)):
        roadmap = services.create_roadmap(actor=cast.leader, name="Where we go", is_shared=True, query="filter=title:gone&zoom=months")
        whole = services.create_roadmap(actor=cast.leader, name="All of it", is_shared=True, sources=[roadmap])
    with act(cast.leader, at=MARCH + timedelta(days=3)):
        services.change_roadmap(actor=cast.leader, roadmap=roadmap, query="filter=title:kept&zoom=months")
    with act(cast.leader, at=MARCH + timedelta(days=5)):
        services.change_roadmap(actor=cast.leader, roadmap=roadmap, query="filter=title:kept&zoom=weeks", name="Where we are going")
    said = "Leader changed what Where we are going filters for on 4 Mar 2026: both moments are judged by the filter of today"

    def notes(row, since, **params) -> list[str]:
        return [one.words for one in compare_moments(look_at(cast.ops, row, **params), since, MAY).refiltered]

    assert notes(roadmap, MARCH) == notes(whole, MARCH) == [said]
    assert notes(roadmap, MARCH - timedelta(days=9)) == [said], "the making of a roadmap is no change of it"
    assert notes(roadmap, MARCH + timedelta(days=4)) == notes(None, MARCH) == []
    assert notes(roadmap, MARCH, layout="list", filter="title:fresh") == [], "the address filters, not the roadmap"
    client.force_login(cast.ops)
    page = client.get(f"/roadmaps/{roadmap.pk}/comparison/", {"from": "2026-03-01", "to": "2026-05-01"}).content.decode()
    assert said in page
    paper = client.get(f"/roadmaps/{roadmap.pk}/comparison.pdf", {"from": "2026-03-01", "to": "2026-05-01"})
    body = b"".join(paper.streaming_content) if paper.streaming else paper.content
    text = " ".join(PdfReader(BytesIO(body)).pages[0].extract_text().split())
    assert "Leader changed what Where we are going filters for" in text


@pytest.fixture
def themed(cast, plan):
    """A roadmap of initiatives alone: one that moved with its feature and changed its own words, one that lost its only feature."""
    with act(cast.maker, at=MARCH):
        kept = services.create_initiative(actor=cast.maker, product=cast.own, name="Settle", outcome="In two days", horizon="next")
        gone = services.create_initiative(actor=cast.maker, product=cast.own, name="Leave")
        hidden = services.create_initiative(actor=cast.maker, product=cast.private, name="Canary theme")
        feature = services.create_feature(
            actor=cast.maker, product=cast.own, title="Quiet feature", target_date=date(2026, 6, 1), initiative=kept
        )
        left = services.create_feature(actor=cast.maker, product=cast.own, title="Quiet other", initiative=gone)
    with act(cast.maker, at=APRIL, because=Because("governance.decision", 1, "Board, April")):
        services.change_feature(actor=cast.maker, feature=feature, target_date=date(2026, 6, 15), effort_likely=Decimal(5))
    with act(cast.maker, at=APRIL + timedelta(hours=1)):
        services.change_initiative(actor=cast.maker, initiative=kept, name="Settle soon", outcome="In a day", horizon="now")
        services.delete_feature(actor=cast.maker, feature=left)
        fresh = services.create_initiative(actor=cast.maker, product=cast.own, name="Begin")
        services.create_feature(actor=cast.maker, product=cast.own, title="Quiet third", initiative=fresh)
        services.create_feature(actor=cast.maker, product=cast.private, title="Quiet canary", initiative=hidden)
    return RoadmapFactory(owner=cast.leader, is_shared=True, is_theme_only=True, name="Themes")


def test_a_roadmap_of_initiatives_alone_tells_of_initiatives_and_of_no_feature(cast, plan, themed, client):
    comparison = compare_moments(look_at(cast.leader, themed), MARCH, MAY)
    assert lines_of(comparison) == [
        ("added", "Begin", "made", []),
        ("dropped", "Leave", "left the filter", []),
        ("moved", "Settle soon", "", [
            ("start", "1 Jun 2026", "15 Jun 2026", "14 days later"), ("target", "1 Jun 2026", "15 Jun 2026", "14 days later"),
        ]),
        ("re-scoped", "Settle soon", "", [
            ("name", "Settle", "Settle soon", ""), ("outcome", "", "", ""), ("horizon", "Next", "Now", ""),
        ]),
    ]  # fmt: skip
    figures = comparison.figures
    assert (figures.at_first, figures.at_second, figures.slips, comparison.noun) == (2, 2, (14,), "initiative")
    moved = comparison.told[Kind.MOVED][0].changes[1].act
    assert (moved.actor, moved.because_label) == (cast.maker, "Board, April")
    assert comparison.told[Kind.DROPPED][0].act.at == APRIL + timedelta(hours=1)
    client.force_login(cast.leader)
    page = client.get(f"/roadmaps/{themed.pk}/comparison/", {"from": "2026-03-01", "to": "2026-05-01"}).content.decode()
    assert "2 initiatives then, 2 at the end." in page
    assert "Quiet" not in page
    assert "anary" not in page
    assert "Canary theme" in str(lines_of(compare_moments(look_at(cast.maker, themed), MARCH, MAY)))


def test_the_statements_do_not_grow_with_the_lines(cast, plan, told):
    def statements() -> int:
        look = look_at(cast.leader)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            compare_moments(look, MARCH, MAY)
        return len(seen)

    before = statements()
    with act(cast.maker, at=APRIL + timedelta(hours=2)):
        for number in range(20):
            services.create_feature(actor=cast.maker, product=cast.own, title=f"More {number}", release=ReleaseFactory(product=cast.own))
    assert statements() <= before + 1


def test_members_of_the_past_are_those_that_were_shown_then(cast, told):
    look = look_at(cast.maker)
    assert members_at(look, {told[0].pk: row(product=cast.own.pk)}, MARCH) == {told[0].pk}


def test_the_same_leaves_as_pdf_with_the_lines_the_reader_may_see(cast, plan, told, browse):
    with act(cast.maker, at=APRIL):
        services.change_feature(actor=cast.maker, feature=plan.private, title="Hidden canary moved")
    span = "from=2026-03-01&to=2026-05-01"
    roadmap = RoadmapFactory(owner=cast.leader, name="Delivery")
    answer = browse(cast.leader).get(f"/roadmaps/{roadmap.pk}/comparison.pdf?{span}")
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.getvalue())).pages).split())
    assert "What moved on Delivery" in text
    assert "1 added, 1 dropped, 1 moved, 1 re-scoped" in text
    assert "Kept Target: 1 Jun 2026 → 15 Jun 2026, 14 days later Maker, 1 Apr 2026 Board, April" in text
    assert "canary" not in text
    assert browse(cast.leader).get(f"/roadmaps/comparison.pdf?{span}").getvalue().startswith(b"%PDF")
    assert browse(cast.ops).get(f"/roadmaps/{roadmap.pk}/comparison.pdf?{span}").status_code == 404


def test_on_paper_nothing_says_so(cast, plan, browse):
    answer = browse(cast.leader).get("/roadmaps/comparison.pdf?from=2020-03-01&to=2020-05-01")
    assert "Nothing came, went or changed." in PdfReader(BytesIO(answer.getvalue())).pages[0].extract_text()

"""Agreements between products: who may say what, who hears of it, what follows by itself, and the register of all of them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.consumers import follow_events
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Event, Notification, Organisation
from core.services.products import set_membership
from core.sql import refresh_statistics
from core.undo import undo_event
from roadmaps import services
from roadmaps.agreements import with_overdue
from roadmaps.models import Dependency, Feature
from roadmaps.permissions import ANSWERS, answers_of
from roadmaps.todos import _to_agree as to_agree
from tests.factories.roadmaps import DependencyFactory, FeatureFactory

pytestmark = pytest.mark.django_db
Agreement = Dependency.Agreement
TODAY = date(2027, 3, 1)


@pytest.fixture
def asked(cast, plan) -> Dependency:
    """The maker's product asks the other maker's for something."""
    return services.create_dependency(actor=cast.maker, predecessor=plan.foreign, successor=plan.own, needed_by=date(2027, 2, 27))


def says(actor, row, agreement, **values):
    return services.answer_dependency(actor=actor, dependency=row, agreement=agreement, **values)


@pytest.mark.parametrize(("before", "after"), [(before, after) for before in Agreement.values for after in Agreement.values])
def test_each_side_says_what_is_its_to_say_and_nobody_else_says_anything(cast, plan, before, after):
    row = DependencyFactory(predecessor=plan.foreign, successor=plan.own, agreement=before)
    sides = ANSWERS.get(before, {}).get(after, set())
    for actor, side in ((cast.other_maker, "predecessor"), (cast.maker, "successor")):
        row.refresh_from_db()
        assert (after in answers_of(actor, row)) == (side in sides)
        if side in sides:
            assert says(actor, row, after, why="Busy").agreement == after
            Dependency.objects.filter(pk=row.pk).update(agreement=before, refused_why="", promised_for=None)
        else:
            with pytest.raises(NotAllowed if sides else RuleBroken):
                says(actor, row, after, why="Busy")
    row.refresh_from_db()
    with pytest.raises(NotAllowed):
        says(cast.leader, row, after, why="Busy")


def test_a_refusal_needs_a_reason_and_an_acceptance_takes_the_day_asked_for_unless_it_names_another(cast, asked):
    with pytest.raises(RuleBroken, match="why"):
        says(cast.other_maker, asked, "refused", why=" ")
    assert says(cast.other_maker, asked, "accepted").promised_for == date(2027, 2, 27)
    assert says(cast.other_maker, asked, "accepted", promised_for=date(2027, 3, 9)).promised_for == date(2027, 3, 9)
    assert says(cast.other_maker, asked, "committed").promised_for == date(2027, 3, 9)
    refused = says(cast.other_maker, asked, "refused", why="The team is gone")
    assert (refused.promised_for, refused.refused_why) == (None, "The team is gone")
    again = says(cast.maker, asked, "requested")
    assert (again.promised_for, again.refused_why) == (None, "")


def test_another_day_is_asked_for_anew(cast, asked):
    says(cast.other_maker, asked, "accepted")
    with pytest.raises(NotAllowed):
        services.change_dependency(actor=cast.other_maker, dependency=asked, needed_by=date(2027, 1, 1))
    services.change_dependency(actor=cast.maker, dependency=asked, needed_by=date(2027, 1, 1))
    assert (asked.agreement, asked.promised_for) == ("requested", None)


def test_an_answer_is_taken_back_by_who_gave_it(cast, asked):
    says(cast.other_maker, asked, "refused", why="Busy")
    undo_event(actor=cast.other_maker, event=Event.objects.latest("number"))
    asked.refresh_from_db()
    assert (asked.agreement, asked.refused_why) == ("requested", "")


def test_a_hidden_end_hides_the_agreement(cast, plan):
    row = DependencyFactory(predecessor=plan.private, successor=plan.foreign, agreement="requested")
    with pytest.raises(OutOfSight):
        says(cast.other_maker, row, "accepted")


# --- what follows by itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "stage", "before", "after"),
    [
        ("FS", "launch", "committed", "met"),
        ("FF", "launch", "requested", "met"),
        ("FS", "delivery", "accepted", "accepted"),
        ("SS", "delivery", "accepted", "met"),
        ("SS", "launch", "accepted", "met"),
        ("FS", "launch", "refused", "refused"),
        ("FS", "launch", "", ""),
    ],
)
def test_what_is_waited_for_meets_the_agreement_when_it_is_there(cast, plan, kind, stage, before, after):
    row = DependencyFactory(predecessor=plan.foreign, successor=plan.own, kind=kind, agreement=before)
    services.enter_stage(actor=cast.other_maker, feature=plan.foreign, stage=plan.stages[stage])
    follow_events()
    row.refresh_from_db()
    assert row.agreement == after
    if before != after:
        event = Event.objects.latest("number")
        assert (event.actor, event.because_label.split()[0]) == (None, "FOREIGN-01")
        follow_events()
        row.refresh_from_db()
        assert row.version == 2


def test_the_other_owner_hears_of_it(cast, plan):
    Feature.objects.filter(pk=plan.own.pk).update(owner=cast.maker)
    Feature.objects.filter(pk=plan.foreign.pk).update(owner=cast.other_maker)
    plan.own.refresh_from_db()
    plan.foreign.refresh_from_db()
    row = services.create_dependency(actor=cast.maker, predecessor=plan.foreign, successor=plan.own)
    follow_events()
    told = Notification.objects.filter(subject_type="roadmaps.dependency", subject_id=row.pk)
    assert [line.user for line in told] == [cast.other_maker]
    says(cast.other_maker, row, "accepted")
    follow_events()
    assert {line.user for line in told.all()} == {cast.maker, cast.other_maker}


def test_nobody_hears_of_an_agreement_whose_other_end_they_do_not_see(cast, plan):
    Feature.objects.filter(pk=plan.own.pk).update(owner=cast.other_maker)
    row = services.create_dependency(actor=cast.maker, predecessor=plan.private, successor=Feature.objects.get(pk=plan.own.pk))
    follow_events()
    assert not Notification.objects.filter(subject_id=row.pk, subject_type="roadmaps.dependency", user=cast.other_maker).exists()


def test_home_names_what_is_asked_of_me_and_what_was_refused_me(cast, plan, asked):
    assert [task.label for task in to_agree(cast.other_maker, None)] == ["OWN-01 waits for FOREIGN-01"]
    assert to_agree(cast.maker, None) == to_agree(cast.leader, None) == []
    says(cast.other_maker, asked, "refused", why="Busy")
    assert to_agree(cast.other_maker, None) == []
    assert "Refused" in to_agree(cast.maker, cast.own)[0].text


# --- the register -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "agreement", "gives", "needs", "needed_by", "promised", "overdue"),
    [
        ("FS", "requested", None, None, None, None, None),
        ("FS", "requested", None, None, 0, None, 0),
        ("FS", "requested", None, None, -3, None, 3),
        ("FS", "accepted", None, None, 400, None, -400),
        ("FS", "accepted", 5, None, 0, None, 5),
        ("FS", "committed", 0, None, 9, 11, 2),
        ("FS", "committed", 5, None, 5, 0, 0),
        ("FS", "accepted", (9, 40), (20, 90), None, None, 20),
        ("SS", "accepted", (9, 40), (20, 90), None, None, -11),
        ("FF", "accepted", (9, 40), (20, 90), None, None, -50),
        ("FF", "accepted", (9, 40), (20, 90), 30, None, 10),
        ("FS", "refused", 5, None, 0, None, None),
        ("FS", "met", 5, None, 0, None, None),
        ("relates", "requested", 5, None, 0, None, None),
    ],
)
def test_an_agreement_is_late_by_the_worst_of_its_dates_its_promise_and_today(
    cast, plan, kind, agreement, gives, needs, needed_by, promised, overdue
):
    """Days from today; of a pair the first is the start and the second the end."""

    def day(offset: int | None) -> date | None:
        return None if offset is None else TODAY + timedelta(days=offset)

    def lasts(span) -> dict[str, date | None]:
        start, end = span if isinstance(span, tuple) else (None, span)
        return {"start_date": day(start), "target_date": day(end)}

    ends = {
        "predecessor": FeatureFactory(product=cast.foreign, **lasts(gives)),
        "successor": FeatureFactory(product=cast.own, **lasts(needs)),
    }
    DependencyFactory(**ends, kind=kind, agreement=agreement, needed_by=day(needed_by), promised_for=day(promised))
    assert with_overdue(Dependency.objects.visible_to(cast.leader), TODAY).get().overdue == overdue


def test_the_register_shows_the_latest_first_and_narrows_by_state_product_and_owner(cast, plan, browse):
    today = Organisation.today()
    rows = [
        DependencyFactory(
            predecessor=FeatureFactory(product=cast.foreign, owner=cast.other_maker), successor=plan.own, agreement=state,
            needed_by=today - timedelta(days=late),
        )
        for state, late in (("requested", 2), ("committed", 9), ("accepted", -3), ("refused", 30), ("met", 30))
    ]  # fmt: skip
    DependencyFactory(predecessor=plan.private, successor=plan.own, agreement="requested")
    same = DependencyFactory(predecessor=FeatureFactory(product=cast.own), successor=plan.own)

    def shown(client, query: str) -> list[Dependency]:
        return [line.dependency for line in client.get(f"/dependencies/{query}").context["lines"]]

    client = browse(cast.leader)
    assert shown(client, "") == [rows[1], rows[0], rows[2]]
    assert shown(client, "?show=late") == [rows[1], rows[0]]
    assert shown(client, "?show=refused") == [rows[3]]
    assert len(shown(client, "?show=all")) == 5
    assert len(shown(client, "?product=FOREIGN")) == 3
    assert shown(client, "?product=HIDDEN") == shown(client, f"?owner={cast.maker.pk}") == []
    assert len(shown(client, f"?owner={cast.other_maker.pk}")) == 3
    assert same not in shown(client, "?show=all")
    assert "HIDDEN" not in client.get("/dependencies/?show=all").content.decode()


@pytest.fixture
def thousands(cast, plan) -> int:
    """More agreements than anybody reads at once: every tenth is refused, of the others every second is late, each by another day."""
    today, many = Organisation.today(), 2_100
    fixed = {"product": cast.foreign, "stage": plan.stages["discovery"], "owner": cast.other_maker}
    givers = [FeatureFactory.build(number=n, key=f"FOREIGN-{n}", sort_key=f"many{n}", **fixed) for n in range(1_000, 1_000 + many)]
    Feature.objects.bulk_create(givers)
    Dependency.objects.bulk_create(
        Dependency(
            predecessor=giver, successor=plan.own, agreement="requested" if number % 10 else "refused",
            needed_by=today - timedelta(days=number if number % 2 else -number),
        )
        for number, giver in enumerate(givers, start=1)
    )  # fmt: skip
    refresh_statistics()  # as the server would have by itself some seconds after so many came
    return many


def test_the_register_counts_and_pages_through_thousands(cast, plan, thousands, browse):
    client = browse(cast.leader)
    with CaptureQueriesContext(connection) as queries:
        context = client.get("/dependencies/").context
    counts = {line["name"]: line["count"] for line in context["counts"]}
    assert counts == {"open": thousands * 9 // 10, "late": thousands // 2, "refused": thousands // 10, "all": thousands}
    assert len(queries) == 14

    def read(url: str) -> list[Dependency]:
        """The rows of this page and of all that follow it."""
        rows: list[Dependency] = []
        while url:
            page = client.get(url).context["page"]
            rows, url = rows + page.rows, page.next_url
        return rows

    assert [row.overdue for row in read("/dependencies/?show=late")] == list(range(thousands - 1, 0, -2))
    everything = Dependency.objects.visible_to(cast.leader).values_list("pk", flat=True)
    assert sorted(row.pk for row in read("/dependencies/?show=all")) == sorted(everything)


def test_the_register_takes_as_many_statements_for_many_rows(cast, plan, browse):
    client = browse(cast.maker)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/dependencies/").status_code == 200
        return len(queries)

    DependencyFactory(predecessor=plan.foreign, successor=plan.own, agreement="requested")
    count()
    few = count()
    for _ in range(15):
        DependencyFactory(predecessor=FeatureFactory(product=cast.foreign), successor=plan.own, agreement="requested")
    assert count() == few


def test_programs_ask_for_what_is_open_late_or_refused(cast, plan, program):
    today = Organisation.today()
    rows = {
        state: DependencyFactory(
            predecessor=FeatureFactory(product=cast.foreign), successor=plan.own, agreement=state, needed_by=today - timedelta(days=late)
        )
        for state, late in (("requested", 2), ("accepted", -3), ("refused", 30), ("met", 30))
    }
    DependencyFactory(predecessor=plan.private, successor=plan.own, agreement="requested")
    DependencyFactory(predecessor=FeatureFactory(product=cast.own), successor=plan.own)

    def asked(query: str) -> set[int]:
        answer = program(cast.leader).get(f"/api/v1/dependencies/?{query}")
        assert answer.status_code == 200, answer.json()
        return {row["id"] for row in answer.json()["items"]}

    assert asked("standing=open") == {rows["requested"].pk, rows["accepted"].pk}
    assert asked("standing=late") == {rows["requested"].pk}
    assert asked("standing=refused&product=FOREIGN") == {rows["refused"].pk}
    assert asked("standing=all") == {row.pk for row in rows.values()}
    assert asked("standing=all&product=HIDDEN") == set()
    assert program(cast.leader).get("/api/v1/dependencies/?standing=lost").status_code == 400


def test_an_empty_register_says_how_agreements_come_about(cast, plan, browse):
    assert "the two owners agree" in browse(cast.maker).get("/dependencies/").content.decode()


def test_an_agreement_is_answered_in_its_row_and_on_its_page(cast, plan, asked, browse):
    giver, url = browse(cast.other_maker), f"/dependencies/{asked.pk}/"
    row = giver.post(url, {"agreement": "accepted"}, headers={"HX-Request": "true"}).content.decode()
    assert row.lstrip().startswith(f'<tr id="dependency-{asked.pk}"')
    assert "Accepted" in row
    assert giver.post(url, {"agreement": "refused", "why": ""}).status_code == 422
    assert giver.post(url, {"agreement": "refused", "why": "No room, canary"}).status_code == 302
    assert "No room, canary" in giver.get(url).content.decode()
    assert "canary" not in browse(cast.contributor).get(url).content.decode()
    assert browse(cast.maker).post(url, {"remove": "1"}).status_code == 302
    assert giver.get(url).status_code == 404


def test_another_day_is_asked_for_on_the_page_by_who_waits_alone(cast, plan, asked, browse):
    url = f"/dependencies/{asked.pk}/"
    says(cast.other_maker, asked, "accepted")
    assert "Ask for this day" not in browse(cast.other_maker).get(url).content.decode()
    assert browse(cast.other_maker).post(url, {"needed_by": "2027-04-01"}).status_code == 403
    assert browse(cast.maker).post(url, {"needed_by": "soon"}).status_code == 422
    assert browse(cast.maker).post(url, {"needed_by": "2027-04-01"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.needed_by, asked.agreement) == (date(2027, 4, 1), "requested")


def test_a_feature_shows_its_agreements_with_what_comes_next(cast, plan, asked, browse):
    page = browse(cast.other_maker).get("/features/FOREIGN-01/").content.decode()
    assert f'href="/dependencies/{asked.pk}/"' in page
    assert 'value="accepted"' in page
    assert 'value="accepted"' not in browse(cast.maker).get("/features/OWN-01/").content.decode()


def test_who_edits_both_sides_says_both(cast, plan, asked):
    set_membership(actor=cast.maker, product=cast.own, user=cast.other_maker, level="editor")
    cast.other_maker.__dict__.pop("rights", None)
    says(cast.other_maker, asked, "accepted")
    assert says(cast.other_maker, asked, "met").agreement == "met"


# --- Circles, by whatever door ---------------------------------------------------------------------------------------


@pytest.fixture
def chain(cast) -> list[Feature]:
    """Three features of one product: the second waits for the first, the third for the second."""
    first, second, third = (FeatureFactory(product=cast.own) for _ in range(3))
    services.create_dependency(actor=cast.maker, predecessor=first, successor=second)
    services.create_dependency(actor=cast.maker, predecessor=second, successor=third)
    return [first, second, third]


def test_a_removal_is_not_taken_back_where_it_would_close_a_circle(cast, chain):
    first, second, third = chain
    services.delete_dependency(actor=cast.maker, dependency=Dependency.objects.get(predecessor=second, successor=third))
    removal = Event.objects.order_by("-number").first()
    services.create_dependency(actor=cast.maker, predecessor=third, successor=first)
    with pytest.raises(RuleBroken, match=f"circle: {second.key} → {third.key} → {first.key} → {second.key}"):
        undo_event(actor=cast.maker, event=removal)
    assert not Dependency.objects.filter(predecessor=second, successor=third, deleted_at=None).exists()


def test_a_removed_feature_does_not_come_back_into_a_circle(cast, chain):
    first, second, third = chain
    services.delete_feature(actor=cast.maker, feature=second)
    removal = Event.objects.order_by("-number").first()
    services.create_dependency(actor=cast.maker, predecessor=third, successor=first)
    with pytest.raises(RuleBroken, match="circle"):
        undo_event(actor=cast.maker, event=removal)
    assert Feature._base_manager.get(pk=second.pk).deleted_at is not None


def test_what_only_relates_becomes_no_wait_that_closes_a_circle(cast, chain):
    """Neither by a change nor by taking one back."""
    first, second, third = chain
    services.relate_features(actor=cast.maker, kind="relates", pairs=[(first, third)])
    loose = Dependency.objects.get(predecessor=third, successor=first)
    with pytest.raises(RuleBroken, match="circle"):
        services.change_dependency(actor=cast.maker, dependency=loose, kind="FS")
    held = Dependency.objects.get(predecessor=first, successor=second)
    services.change_dependency(actor=cast.maker, dependency=held, kind="relates")
    loosened = Event.objects.order_by("-number").first()
    services.change_dependency(actor=cast.maker, dependency=loose, kind="FS")
    with pytest.raises(RuleBroken, match="circle"):
        undo_event(actor=cast.maker, event=loosened)

"""What surrounds a release: its checklist, its notes, the days on which nothing is released, and how it stands."""

from datetime import date, timedelta

import pytest

from core import history
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Event, Organisation
from core.undo import undo_event
from roadmaps import notes, services
from roadmaps.launch import launch_of
from roadmaps.models import Feature, FreezePeriod, LaunchStep, Release, ReleaseItem
from roadmaps.models.plan import Status
from tests.factories.roadmaps import FeatureFactory, InitiativeFactory

pytestmark = pytest.mark.usefixtures("plan")


@pytest.fixture
def release(cast) -> Release:
    return services.create_release(actor=cast.maker, product=cast.own, version_name="2.0", day=Organisation.today() + timedelta(days=20))


def test_a_checklist_begins_with_the_organisations_steps_and_lives_on_by_itself(cast, release):
    step = services.create_step(actor=cast.ops, text="Tell support", days_before=10)
    services.create_step(actor=cast.ops, text="Look at the figures", days_before=-14)
    first, last = services.begin_checklist(actor=cast.maker, release=release)
    assert (first.text, first.due_on, last.due_on) == ("Tell support", release.day - timedelta(days=10), release.day + timedelta(days=14))
    services.change_step(actor=cast.ops, step=step, text="Tell everybody")
    services.delete_step(actor=cast.ops, step=step)
    first.refresh_from_db()
    assert first.text == "Tell support"
    with pytest.raises(RuleBroken, match="has a checklist already"):
        services.begin_checklist(actor=cast.maker, release=release)


def test_a_checklist_without_steps_to_begin_with_says_so(cast, release):
    with pytest.raises(RuleBroken, match="Product operations writes them"):
        services.begin_checklist(actor=cast.maker, release=release)


def test_a_line_is_done_by_somebody_and_can_be_opened_again(cast, release):
    item = services.create_item(actor=cast.maker, release=release, text="Try the way back", owner=cast.maker, day=date(2026, 1, 5))
    services.finish_item(actor=cast.maker, item=item)
    assert (item.done_by, item.done_at is not None) == (cast.maker, True)
    services.reopen_item(actor=cast.maker, item=item)
    assert (item.done_by, item.done_at) == (None, None)
    with pytest.raises(RuleBroken, match="not both"):
        services.change_item(actor=cast.maker, item=item, days_before=3)


def test_shipping_with_open_lines_asks_why_and_is_never_stopped(cast, release):
    services.create_item(actor=cast.maker, release=release, text="Tell support")
    done = services.create_item(actor=cast.maker, release=release, text="Done before")
    services.finish_item(actor=cast.maker, item=done)
    with pytest.raises(RuleBroken, match="Of the checklist “Tell support” is open") as refusal:
        services.ship_release(actor=cast.maker, release=release)
    assert refusal.value.field == "reason"
    services.ship_release(actor=cast.maker, release=release, reason="Support was told by phone.")
    assert release.state == Release.State.SHIPPED
    assert history.of_row(release, cast.maker)[0].because == "Support was told by phone."


def test_who_may_not_change_the_release_changes_nothing_around_it(cast, release):
    item = services.create_item(actor=cast.maker, release=release, text="Tell support")
    for doing in (
        lambda: services.create_item(actor=cast.leader, release=release, text="Mine"),
        lambda: services.finish_item(actor=cast.leader, item=item),
        lambda: services.draft_notes(actor=cast.leader, release=release),
        lambda: services.create_freeze(actor=cast.maker, product=None, reason="All", starts_on=release.day, ends_on=release.day),
        lambda: services.create_step(actor=cast.maker, text="Mine"),
    ):
        with pytest.raises(NotAllowed):
            doing()
    hidden = services.create_release(actor=cast.maker, product=cast.private, version_name="1")
    services.create_item(actor=cast.maker, release=hidden, text="Hidden")
    assert not ReleaseItem.objects.visible_to(cast.leader).filter(release=hidden).exists()
    assert ReleaseItem.objects.visible_to(cast.maker).filter(release=hidden).exists()
    with pytest.raises(OutOfSight):
        services.begin_checklist(actor=cast.leader, release=hidden)


def test_notes_are_drafted_by_theme_from_what_shipped_and_can_be_taken_back(cast, release, plan):
    theme = InitiativeFactory(product=cast.own, name="Faster *clearing*")
    launched = {"product": cast.own, "release": release, "stage": plan.stages["launch"], "status": Status.SHIPPED}
    FeatureFactory(title="Clear [hourly]", initiative=theme, **launched)
    FeatureFactory(title="Own figures", **launched)
    FeatureFactory(title="Not yet", product=cast.own, release=release)
    services.change_release(actor=cast.maker, release=release, notes="Ours")
    services.draft_notes(actor=cast.maker, release=release)
    assert release.notes == "### Faster \\*clearing\\*\n\n- Clear \\[hourly\\] (OWN-02)\n\n### Growth\n\n- Own figures (OWN-03)"
    undo_event(actor=cast.maker, event=Event.objects.order_by("-number")[0])
    release.refresh_from_db()
    assert release.notes == "Ours"


def test_notes_of_a_train_tell_nothing_of_a_private_product(cast, plan):
    train = services.create_release(actor=cast.leader, product=None, version_name="Q1")
    launched = {"release": train, "stage": plan.stages["launch"], "status": Status.SHIPPED}
    FeatureFactory(product=cast.private, title="Hidden canary", **launched)
    actor = cast.ops
    with pytest.raises(RuleBroken, match="No feature of this release has shipped"):
        services.draft_notes(actor=actor, release=train)
    FeatureFactory(product=cast.own, title="Open", **launched)
    assert "canary" not in services.draft_notes(actor=actor, release=train).notes


def test_a_draft_stands_in_the_order_of_themes_then_kinds():
    rows = [
        notes.Shipped("", "Growth", "A-1", "b"),
        notes.Shipped("Zeal", "Platform", "A-2", "z"),
        notes.Shipped("Art", "Growth", "A-3", "a"),
    ]
    assert notes.draft(rows) == "### Art\n\n- a (A-3)\n\n### Zeal\n\n- z (A-2)\n\n### Growth\n\n- b (A-1)"
    assert notes.draft([]) == ""


def test_freezes_are_found_by_product_and_days(cast):
    def freeze(product, start, end, actor=cast.maker):
        values = {"reason": f"{start}-{end}", "starts_on": date(2026, 12, start), "ends_on": date(2026, 12, end)}
        return services.create_freeze(actor=actor, product=product, **values)

    own, everybodys = freeze(cast.own, 10, 12), freeze(None, 20, 31, cast.leader)
    foreign, hidden = freeze(cast.foreign, 10, 20, cast.other_maker), freeze(cast.private, 1, 31)
    seen = FreezePeriod.objects.visible_to(cast.leader)
    assert set(seen) == {own, everybodys, foreign}
    assert set(seen.of_products([cast.own]).between(date(2026, 12, 12), date(2026, 12, 20))) == {own, everybodys}
    assert set(seen.of_products([cast.own]).between(date(2026, 12, 13), date(2026, 12, 19))) == set()
    assert hidden in FreezePeriod.objects.visible_to(cast.maker)
    with pytest.raises(RuleBroken, match="ends on the day it starts or later"):
        services.change_freeze(actor=cast.maker, freeze=own, ends_on=date(2026, 12, 9))


def test_how_a_release_stands_is_told_with_what_may_hold_it_up(cast, release, plan):
    said, today = release.day, Organisation.today()
    services.change_release(actor=cast.maker, release=release, day=said + timedelta(days=9))
    services.create_freeze(actor=cast.leader, product=None, reason="Year end", starts_on=release.day, ends_on=release.day)
    services.create_item(actor=cast.maker, release=release, text="Late one", day=today - timedelta(days=1))
    FeatureFactory(product=cast.own, release=release, title="Undated", stage=plan.stages["delivery"], status=Status.IN_PROGRESS)
    launch = launch_of(release, cast.maker)
    assert (launch.first_day, launch.slip, launch.days_left, launch.counts["building"]) == (said, 9, 29, 1)
    words = " ".join(risk.text for risk in launch.risks)
    for part in ("Year end.", "Undated has no date.", "“Late one” was due on"):
        assert part in words
    services.ship_release(actor=cast.maker, release=release, reason="So be it")
    assert launch_of(release, cast.maker).risks == []


def test_the_page_of_a_release_shows_how_it_stands_and_takes_what_is_done(cast, release, browse):
    services.create_step(actor=cast.ops, text="Tell support", days_before=10)
    page, maker = f"/releases/{release.pk}/", browse(cast.maker)
    maker.post(f"{page}items/", {"begin": "1"})
    maker.post(f"{page}items/", {"text": "Draw the picture", "days_before": "2"})
    first, second = ReleaseItem.objects.filter(release=release)
    maker.post(f"{page}items/{first.pk}/", {"done": "1"})
    assert "1 of 2 done" in maker.get(page).content.decode()
    assert maker.post(f"{page}state/", {"state": "shipped"}).status_code == 422
    assert maker.post(f"{page}items/{second.pk}/", {"text": "", "version": second.version}).status_code == 422
    maker.post(f"{page}items/{second.pk}/", {"text": "Draw it", "version": second.version, "days_before": "2"})
    maker.post(f"{page}items/{first.pk}/", {"open": "1"})
    maker.post(f"{page}items/{first.pk}/", {"remove": "1"})
    assert list(ReleaseItem.objects.alive().filter(release=release).values_list("text", flat=True)) == ["Draw it"]
    maker.post(f"{page}state/", {"state": "shipped", "why": "It is drawn on paper"})
    release.refresh_from_db()
    assert release.state == Release.State.SHIPPED


def test_freezes_and_launch_steps_have_pages(cast, browse):
    maker, ops = browse(cast.maker), browse(cast.ops)
    values = {"product": cast.own.pk, "reason": "Audit", "starts_on": "2027-01-10", "ends_on": "2027-01-09"}
    answer = maker.post("/releases/freezes/", values)
    assert (answer.status_code, "ends on the day it starts or later" in answer.content.decode()) == (422, True)
    maker.post("/releases/freezes/", values | {"ends_on": "2027-01-12"})
    freeze = FreezePeriod.objects.get()
    assert "Audit" in maker.get("/releases/freezes/").content.decode()
    maker.post(f"/releases/freezes/{freeze.pk}/", values | {"reason": "Count", "ends_on": "2027-01-12", "version": freeze.version})
    freeze.refresh_from_db()
    assert freeze.reason == "Count"
    maker.post(f"/releases/freezes/{freeze.pk}/", {"remove": "1"})
    assert not FreezePeriod.objects.alive().exists()
    ops.post("/settings/launch-steps/", {"text": "Tell support", "days_before": "-3"})
    step = LaunchStep.objects.get()
    assert "3 days after" in ops.get("/settings/launch-steps/").content.decode()
    ops.post(f"/settings/launch-steps/{step.pk}/", {"text": "Tell all", "days_before": "0", "version": step.version})
    assert "on the day" in ops.get("/settings/launch-steps/").content.decode()
    ops.post(f"/settings/launch-steps/{step.pk}/", {"remove": "1"})
    assert not LaunchStep.objects.alive().exists()


def test_a_shipped_release_is_looked_back_on_from_sections_and_what_is_known(cast, release):
    said = release.day
    sections = [("What we wanted", "The outcome."), ("What was *hard*", "")]
    with pytest.raises(RuleBroken, match="once it was shipped"):
        services.begin_retrospective(actor=cast.maker, release=release, sections=sections)
    services.create_item(actor=cast.maker, release=release, text="Tell support")
    services.ship_release(actor=cast.maker, release=release, reason="Told by phone")
    services.begin_retrospective(actor=cast.maker, release=release, sections=sections)
    facts, *rest = release.retrospective.split("\n\n")
    assert f"First planned for {said:%d %b %Y}; it went out on {release.day:%d %b %Y}, 20 days earlier." in facts
    assert "Of its checklist 0 of 1 lines are done; open are “Tell support”." in facts
    assert rest == ["## What we wanted", "_The outcome._", "## What was \\*hard\\*"]
    with pytest.raises(RuleBroken, match="Edit it instead"):
        services.begin_retrospective(actor=cast.maker, release=release, sections=sections)
    with pytest.raises(NotAllowed):
        services.begin_retrospective(actor=cast.leader, release=release, sections=sections)


def test_the_timeline_shows_the_freezes_of_its_products_and_no_others(cast, plan, browse):
    today = Organisation.today()
    Feature.objects.filter(pk=plan.own.pk).update(start_date=today, target_date=today + timedelta(days=20))
    inside = {"starts_on": today, "ends_on": today + timedelta(days=6)}
    services.create_freeze(actor=cast.maker, product=cast.own, reason="Stock is counted", **inside)
    services.create_freeze(actor=cast.leader, product=None, reason="Black week", **inside)
    services.create_freeze(actor=cast.maker, product=cast.private, reason="Hidden canary week", **inside)
    long_ago = {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 1, 31)}
    services.create_freeze(actor=cast.leader, product=None, reason="Of another year", **long_ago)
    page = browse(cast.leader).get("/roadmaps/timeline/").content.decode()
    assert page.count('class="tl-freeze"') == 2
    assert page.count("Freeze of OWN: Stock is counted") == 3  # hovered over the rows and the head, and read aloud
    assert "Black week" in page
    assert "Hidden canary week" not in page
    assert "Of another year" not in page

"""Rows that come with their past: made and moved on the days the file says, and so compared."""

import csv
import io
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.http import QueryDict

from core import audit, clock
from core.acts import act
from core.consumers import oldest_unfollowed
from core.models import Cursor, Event
from core.past import values_at
from core.registry import handlers
from core.services import create_product
from integrations import services
from integrations.models import ImportRow, ImportRun
from roadmaps.comparison import Kind
from roadmaps.looks import Look
from roadmaps.models import Feature, Release
from roadmaps.moments import compare_moments
from roadmaps.services import create_release
from tests.integrations.test_importing import data, outcomes, receive
from tests.integrations.test_relations import plan_by_names

Outcome = ImportRow.Outcome
SHARED = Path(__file__).resolve().parents[2].parent / "shared/data"
WAY = {"alpha": "definition", "beta": "delivery", "stable": "launch"}
TABLE = """id,title,stage,created,since definition,since delivery
1,One,delivery,2024-02-01,2024-03-01,2024-04-01
2,Two,launch,2024-02-01,1.5,
3,Three,,,2024-03-01,TBD
4,Four,,9999-01-01,,x
5,Five,definition,2024-05-01,2024-01-01,
6,Six,,,,
"""
COLUMNS = {
    "id": {"field": "outside_id"}, "title": {"field": "title"}, "stage": {"field": "stage"}, "created": {"field": "made_on"},
    "since definition": {"field": "entered", "step": "definition"}, "since delivery": {"field": "entered", "step": "delivery"},
}  # fmt: skip


def bring(cast, table: str = TABLE, columns: dict = COLUMNS) -> ImportRun:
    return plan_by_names(receive(cast, table), columns)


def stages_on(day: date) -> dict[str, str]:
    """The stages by title, of what was there at the end of the day."""
    slugs = {row.pk: row.slug for row in Feature._meta.get_field("stage").related_model.objects.all()}
    return {values["title"]: slugs[values["stage"]] for values in values_at(Feature, clock.end_of_day(day, "UTC")).values()}


@pytest.fixture
def released(cast, process):
    return create_release(actor=cast.maker, product=cast.own, version_name="v1.5", day=date(2024, 6, 1))


def test_rows_are_made_and_moved_on_the_days_the_file_says(cast, released):
    run = services.run_import(actor=cast.maker, run=bring(cast))
    assert run.counts == {Outcome.MADE: 6}
    assert stages_on(date(2023, 12, 31)) == {}
    assert stages_on(date(2024, 2, 1)) == {"One": "discovery", "Two": "discovery", "Five": "definition"}
    assert stages_on(date(2024, 3, 31)) == {"One": "definition", "Two": "discovery", "Three": "definition", "Five": "definition"}
    assert stages_on(date(2024, 6, 1))["Two"] == "definition"
    assert {row.title: row.stage.slug for row in Feature.objects.select_related("stage")} == {
        "One": "delivery", "Two": "launch", "Three": "definition", "Four": "discovery", "Five": "definition", "Six": "discovery",
    }  # fmt: skip
    one = Feature.objects.get(title="One")
    assert (one.created_at, one.stage_since) == (datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))
    assert not list(audit.broken_links())


def test_what_cannot_be_read_of_the_past_stands_beside_its_row(cast, released):
    reasons = {number: reason for number, _, reason in outcomes(services.run_import(actor=cast.maker, run=bring(cast))) if reason}
    assert reasons == {
        4: "Delivery: nothing here says when “TBD” was.",
        5: "Made on, in the past: “9999-01-01” lies ahead. Delivery: nothing here says when “x” was.",
    }


def test_each_moment_is_an_act_of_its_own_that_says_when_it_was_written(cast, released):
    run = services.run_import(actor=cast.maker, run=bring(cast))
    events = list(Event.objects.filter(because_id=run.pk, because_type="integrations.importrun").order_by("number"))
    assert [event.at.date().isoformat() for event in events[:-1]] == [
        "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-06-01",
    ]  # fmt: skip
    assert {event.written_at.date() for event in events[:-1]} == {clock.now().date()}
    assert events[-1].written_at is None
    Cursor.objects.filter(name__in=[handler.name for handler in handlers]).delete()
    for handler in handlers:
        Cursor.objects.create(name=handler.name, number=events[0].number - 1)
    assert oldest_unfollowed() == events[0].written_at


def test_the_audit_log_says_when_the_past_was_written_down(cast, released, client):
    run = services.run_import(actor=cast.maker, run=bring(cast))
    event = Event.objects.filter(because_id=run.pk, because_type="integrations.importrun").order_by("number").first()
    client.force_login(cast.ops)
    page = client.get(f"/audit/{event.number}/").content.decode()
    assert f"00:00:00, command, written down {event.written_at:%-d %b %Y}" in page


def test_a_rehearsal_foretells_it_and_a_second_run_changes_nothing(cast, released):
    waiting = bring(cast)
    before = Event.objects.count()
    foretold = services.check_import(actor=cast.maker, run=waiting)
    assert (Event.objects.count(), Feature.objects.count()) == (before, 0)
    run = services.run_import(actor=cast.maker, run=bring(cast))
    assert outcomes(run) == outcomes(foretold)
    waiting = bring(cast)
    written = Event.objects.count()
    again = services.run_import(actor=cast.maker, run=waiting)
    assert again.counts == {Outcome.SAME: 6}
    assert Event.objects.count() == written


def test_taken_back_the_rows_never_were_and_done_again_they_were(cast, released):
    run = services.run_import(actor=cast.maker, run=bring(cast))
    days = [date(2024, month, 2) for month in range(1, 8)]
    told = [stages_on(day) for day in days]
    services.undo_import(actor=cast.maker, run=run)
    assert not Feature.objects.filter(deleted_at=None).exists()
    assert [stages_on(day) for day in days] == [{}] * 7
    services.redo_import(actor=cast.maker, run=run)
    assert [stages_on(day) for day in days] == told
    assert not list(audit.broken_links())


def test_a_known_row_keeps_the_past_it_has(cast, released):
    services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n"))
    services.run_import(actor=cast.maker, run=bring(cast))
    assert "One" not in stages_on(date(2024, 6, 1))


def test_a_stage_that_is_gone_refuses_its_rows(cast, released):
    columns = COLUMNS | {"since delivery": {"field": "entered", "step": "gone"}}
    run = services.run_import(actor=cast.maker, run=bring(cast, TABLE, columns))
    assert outcomes(run)[0][2] == "There is no stage “gone” any more. Say anew what the column holds."
    assert run.counts == {Outcome.REFUSED: 3, Outcome.MADE: 3}


def test_the_page_offers_every_stage_for_a_column_of_days(cast, released, client):
    client.force_login(cast.maker)
    run = receive(cast, TABLE)
    page = client.get(f"/settings/imports/{run.pk}/").content.decode()
    assert '<option value="entered=delivery">In Delivery since</option>' in page
    chosen = {
        "delimiter": ",",
        "encoding": "utf-8",
        "header": "on",
        "column_0": "outside_id",
        "column_1": "title",
        "column_5": "entered=delivery",
    }
    assert client.post(f"/settings/imports/{run.pk}/", chosen).status_code == 302
    assert ImportRun.objects.get(pk=run.pk).plan["columns"]["5"] == {"field": "entered", "step": "delivery"}
    assert '<option value="entered=delivery" selected>' in client.get(f"/settings/imports/{run.pk}/").content.decode()


def bring_releases(cast) -> ImportRun:
    """The calendar of all products, by whom may bring it in; each product is there."""
    content = data("product-releases/releases.csv")
    with act(cast.ops):
        for number, name in enumerate(sorted({row["product"] for row in csv.DictReader(io.StringIO(content.decode()))})):
            create_product(actor=cast.ops, key=f"P{number}", name=name)
    run = receive(cast, content, kind="releases", product=None, actor=cast.ops, file_name="releases.csv")
    columns = {"releaseCycle": {"field": "version_name"}, "product": {"field": "product"}, "releaseDate": {"field": "day"}}
    return services.run_import(actor=cast.ops, run=plan_by_names(run, columns, defaults={"state": "shipped"}))


def test_two_days_of_a_real_backlog_differ_by_what_the_file_says_line_by_line(cast, process):
    """Nothing is dropped: every release and record is made or refused with a reason; each milestone without a day is told by its row."""
    calendar = bring_releases(cast)
    assert sum(calendar.counts.values()) == 4673
    assert all(reason for _, outcome, reason in outcomes(calendar) if outcome == Outcome.REFUSED)
    home = Release.objects.get(version_name="1.16", product__name="kubernetes").product

    content = data("keps/keps.csv")
    columns = {
        "path": {"field": "outside_id"}, "title": {"field": "title"}, "created": {"field": "made_on"},
        "stage": {"field": "stage", "values": WAY | {"deprecated": "sunset", "removed": "sunset", "disabled": "sunset"}},
    } | {name: {"field": "entered", "step": stage} for name, stage in WAY.items()}  # fmt: skip
    run = plan_by_names(receive(cast, content, product=home, actor=cast.ops, file_name="keps.csv"), columns)
    run = services.run_import(actor=cast.ops, run=run)

    records = dict(enumerate(csv.DictReader(io.StringIO(content.decode())), start=2))
    told = {number: (outcome, reason) for number, outcome, reason in outcomes(run)}
    assert {number for number, (outcome, _) in told.items() if outcome == Outcome.REFUSED} == {
        number for number, record in records.items() if not record["title"].strip()
    }
    known = set(Release.objects.filter(product=home).exclude(day=None).values_list("version_name", flat=True))
    for number, record in records.items():
        for name in WAY:
            if record[name] and record[name].strip().removeprefix("v") not in known and told[number][0] == Outcome.MADE:
                assert f"“{record[name]}”" in told[number][1], (number, name)

    look = Look(cast.ops, QueryDict(f"filter=product:{home.key}"))
    comparison = compare_moments(look, clock.end_of_day(date(2020, 1, 1), "UTC"), clock.end_of_day(date(2022, 1, 1), "UTC"))
    paths = {row.pk: row.outside_id for row in Feature.objects.all()}
    names = {"Discovery": "new", "Definition": "alpha", "Delivery": "beta", "Launch": "stable"}
    found = [("added", paths[line.line.item]) for line in comparison.told[Kind.ADDED]]
    for line in comparison.told[Kind.RESCOPED]:
        assert [change.label for change in line.changes] == ["stage"]
        found.append(("re-scoped", paths[line.line.item], names[line.changes[0].before], names[line.changes[0].after]))
    assert not comparison.told[Kind.DROPPED]
    assert not comparison.told[Kind.MOVED]

    script = Path(__file__).with_name("kep_differences.py")
    said = subprocess.run(
        [sys.executable, "-I", str(script), str(SHARED), "2020-01-01", "2022-01-01"], capture_output=True, text=True, check=True
    )
    expected = [tuple(line.split("\t")) for line in said.stdout.splitlines()]
    assert sorted(found) == expected
    assert Counter(kind for kind, *_ in expected) == {"added": 102, "re-scoped": 31}

"""What real backlogs say of their rows: relations, releases and stages, counted by readings of the files that are not ours."""

import csv
import io
import json
from collections import Counter

import pytest

from core import audit, clock
from core.acts import act
from core.exceptions import RuleBroken
from core.models import Change, Event
from core.services import create_product
from integrations import reports, services
from integrations.models import ImportReference, ImportRow, ImportRun
from roadmaps.models import Dependency, Feature, Release
from roadmaps.services import create_feature
from tests.integrations.test_importing import data, outcomes, receive

Outcome, Kind = ImportRow.Outcome, Dependency.Kind
KEPS = "keps/keps.json"
STAGES = {"alpha": "definition", "beta": "delivery", "stable": "launch", "deprecated": "sunset", "removed": "sunset", "disabled": "sunset"}
TOLD = {"status", "owning-sig", "creation-date", "last-updated", "milestone.alpha", "milestone.beta", "milestone.stable"}


def records() -> list[dict]:
    """The enhancement records as the file has them, read by nothing of ours."""
    return json.loads(data(KEPS))


def plan_by_names(run: ImportRun, columns: dict[str, dict], **more) -> ImportRun:
    """Say what the columns of these names hold."""
    names = reports.samples_of(run)[0]
    plan = {**run.plan, **more, "columns": {str(names.index(name)): column for name, column in columns.items()}}
    return services.plan_import(actor=run.owner, run=run, plan=plan)


def receive_keps(cast) -> ImportRun:
    columns = {
        "path": {"field": "outside_id"},
        "title": {"field": "title"},
        "stage": {"field": "stage", "values": STAGES},
        "latest-milestone": {"field": "release", "unknown": "make"},
        "see-also": {"field": "see_also"},
        "replaces": {"field": "replaces"},
    } | {name: {"field": "description", "append": name} for name in TOLD}
    return plan_by_names(receive(cast, data(KEPS), file_name="keps.json"), columns, source="keps", defaults={"kind": "platform"})


def references(run: ImportRun) -> list[tuple]:
    return list(ImportReference.objects.filter(run=run).values_list("number", "field", "text", "outcome", "reason", "leads_to"))


def test_every_relation_a_real_backlog_names_is_made_or_stands_in_the_report(cast, process):
    entries = {
        name: Counter((record["path"], " ".join(str(text).split())) for record in records() for text in record.get(name) or [])
        for name in ("see-also", "replaces")
    }
    assert {name: sum(found.values()) for name, found in entries.items()} == {"see-also": 232, "replaces": 29}
    assert {name: len({path for path, _ in found}) for name, found in entries.items()} == {"see-also": 157, "replaces": 27}

    run = services.run_import(actor=cast.maker, run=receive_keps(cast))
    paths = {number: record["path"] for number, record in enumerate(records(), start=2)}
    for name, field, kind in (("see-also", "see_also", Kind.RELATES), ("replaces", "replaces", Kind.REPLACES)):
        reported = [line for line in references(run) if line[1] == field]
        assert Counter((paths[number], " ".join(text.split())) for number, _, text, *_ in reported) == entries[name]
        made = Dependency.objects.filter(kind=kind, deleted_at=None)
        left = [line for line in reported if line[3] != Outcome.MADE]
        assert made.count() + len(left) == sum(entries[name].values())
        assert all(reason for *_, reason, _ in left)
        ends = {
            (row.successor.outside_id.removeprefix("keps:"), row.predecessor.title)
            for row in made.select_related("successor", "predecessor")
        }
        assert ends == {(paths[number], leads_to) for number, _, _, outcome, _, leads_to in reported if outcome == Outcome.MADE}


def test_a_rehearsal_says_of_relations_what_the_run_does_and_a_second_run_changes_nothing(cast, process):
    foretold = services.check_import(actor=cast.maker, run=receive_keps(cast))
    assert not Dependency.objects.exists()
    assert not Release.objects.exists()
    run = services.run_import(actor=cast.maker, run=receive_keps(cast))
    assert references(run) == references(foretold)
    assert outcomes(run) == outcomes(foretold)

    again, events, changes = receive_keps(cast), Event.objects.count(), Change.objects.count()
    services.run_import(actor=cast.maker, run=again)
    assert (Event.objects.count(), Change.objects.count()) == (events, changes)
    assert {line[3] for line in references(again)} == {Outcome.SAME, Outcome.REFUSED}

    services.undo_import(actor=cast.maker, run=run)
    for model in (Feature, Dependency, Release):
        assert not model.objects.filter(deleted_at=None).exists(), model
    back = services.run_import(actor=cast.maker, run=receive_keps(cast))
    assert Counter(line[3] for line in references(back)) == Counter(line[3] for line in references(run))
    assert not list(audit.broken_links())


def test_the_releases_and_stages_of_a_real_backlog_are_all_there(cast, process):
    """Of each record: in the product's data, or refused in the report. What has no field of its own stands in the description."""
    run = services.run_import(actor=cast.maker, run=receive_keps(cast))
    refused = {number for number, outcome, _ in outcomes(run) if outcome == Outcome.REFUSED}
    assert [record for number, record in enumerate(records(), start=2) if number in refused] == [r for r in records() if not r.get("title")]

    features = {row.outside_id: row for row in Feature.objects.select_related("stage", "release")}
    seen = Counter()
    for number, record in enumerate(records(), start=2):
        if number in refused:
            continue
        feature = features[f"keps:{record['path']}"]
        assert feature.stage.slug == STAGES.get(record.get("stage"), "discovery")
        milestone = record.get("latest-milestone")
        assert (feature.release and feature.release.version_name) == (str(milestone) if milestone else None), record
        told = {"status": record.get("status"), "owning-sig": record.get("owning-sig"), "creation-date": record.get("creation-date")}
        told |= {f"milestone.{name}": value for name, value in (record.get("milestone") or {}).items()}
        for name, value in told.items():
            if name in TOLD and value not in (None, "", "None"):
                assert f"**{name}**: {value}" in feature.description, (record["path"], name)
                seen[name] += 1
        seen["release"] += feature.release is not None
    assert seen["release"] == sum(bool(record.get("latest-milestone")) for record in records())
    assert seen["milestone.alpha"] > 200
    names = {str(record["latest-milestone"]) for record in records() if record.get("latest-milestone")}
    assert set(Release.objects.values_list("version_name", flat=True)) == names


def test_every_release_of_a_real_calendar_of_many_products_is_made_or_stands_in_the_report(cast, process):
    rows = list(csv.DictReader(io.StringIO(data("product-releases/releases.csv").decode())))
    products = sorted({row["product"] for row in rows})
    assert (len(rows), len(products)) == (4673, 275)
    with act(cast.ops):
        for number, name in enumerate(products):
            create_product(actor=cast.ops, key=f"P{number}", name=name)

    run = receive(cast, data("product-releases/releases.csv"), kind="releases", product=None, actor=cast.ops, file_name="releases.csv")
    told = ("category", "codename", "lts", "eoas", "eol", "eoes", "latest", "latestReleaseDate")
    columns = {"releaseCycle": {"field": "version_name"}, "product": {"field": "product"}, "releaseDate": {"field": "day"}}
    run = plan_by_names(run, columns | {name: {"field": "notes", "append": name} for name in told}, defaults={"state": "shipped"})
    assert reports.columns_left_out(run) == []
    run = services.run_import(actor=cast.ops, run=run)
    refused = {number for number, outcome, _ in outcomes(run) if outcome == Outcome.REFUSED}
    made = {(row.product.name, row.version_name): row for row in Release.objects.select_related("product")}
    assert len(made) + len(refused) == 4673
    today = clock.today()
    for number, row in enumerate(rows, start=2):
        lies_ahead = row["releaseDate"] > str(today)
        assert (number in refused) == lies_ahead, row
        if not lies_ahead:
            release = made[row["product"], row["releaseCycle"]]
            assert (str(release.day), release.state) == (row["releaseDate"], "shipped")
            assert all(f"**{name}**: {row[name]}" in release.notes for name in told if row[name]), row

    again = receive(cast, data("product-releases/releases.csv"), run.plan, kind="releases", product=None, actor=cast.ops)
    again, events = services.run_import(actor=cast.ops, run=again), Event.objects.count()
    assert again.counts == {Outcome.SAME: len(made), **({Outcome.REFUSED: len(refused)} if refused else {})}
    assert Event.objects.count() == events


TABLE = """id,title,see also,replaces
a/1-one/doc.md,One,"a/2-two; a/1-one; PAY-9; 7",a/2-two
a/2-two/doc.md,Two,/a/1-one/doc.md,
a/3-three/doc.md,Three,https://forge.example/tree/a/2-two and more,4-renamed
b/4-four/doc.md,Four,OWN-01,n/a
c/4-four/doc.md,,"a/1-one
a/1-one",
"""


def test_relations_lead_to_later_rows_to_keys_and_not_to_the_row_itself(cast, process):
    create_feature(actor=cast.maker, product=cast.own, title="Older")
    plan = {"columns": {str(n): {"field": name} for n, name in enumerate(("outside_id", "title", "see_also", "replaces"))}, "source": "f"}
    foretold = services.check_import(actor=cast.maker, run=receive(cast, TABLE, plan))
    run = services.run_import(actor=cast.maker, run=receive(cast, TABLE, plan))
    assert references(run) == references(foretold)
    assert [line[1:] for line in references(run)] == [
        ("see_also", "a/2-two", "made", "", "Two"),
        ("see_also", "a/1-one", "refused", "It names itself.", ""),
        ("see_also", "PAY-9", "refused", "Nothing here is called so.", ""),
        ("see_also", "7", "refused", "Nothing here is called so.", ""),
        ("replaces", "a/2-two", "made", "", "Two"),
        ("see_also", "/a/1-one/doc.md", "same", "Row 2 says so.", "One"),
        ("see_also", "https://forge.example/tree/a/2-two and more", "made", "", "Two"),
        ("replaces", "4-renamed", "made", "", "Four"),
        ("see_also", "OWN-01", "made", "", "Older"),
        ("replaces", "n/a", "refused", "It names nothing.", ""),
        ("see_also", "a/1-one", "refused", "Its row was refused.", ""),
        ("see_also", "a/1-one", "refused", "Its row was refused.", ""),
    ]
    made = Dependency.objects.select_related("successor", "predecessor")
    assert {(row.successor.title, row.kind, row.predecessor.title) for row in made} == {
        ("One", "relates", "Two"), ("One", "replaces", "Two"), ("Three", "relates", "Two"), ("Three", "replaces", "Four"),
        ("Four", "relates", "Older"),
    }  # fmt: skip


def test_an_unknown_release_is_made_once_where_that_is_said_and_refused_where_it_cannot_be(cast, process):
    plan = {"columns": {"0": {"field": "outside_id"}, "1": {"field": "title"}, "2": {"field": "release", "unknown": "make"}}}
    content = f"id,title,release\n1,One,1.0\n2,Two,1.0\n3,Three,{'x' * 41}\n"
    foretold = services.check_import(actor=cast.maker, run=receive(cast, content, plan))
    assert not Release.objects.exists()
    run = services.run_import(actor=cast.maker, run=receive(cast, content, plan))
    assert outcomes(run) == outcomes(foretold)
    assert list(Release.objects.values_list("version_name", flat=True)) == ["1.0"]
    assert outcomes(run)[2][1] == Outcome.REFUSED
    with pytest.raises(RuleBroken, match="cannot be made"):
        receive(cast, content, {"columns": {"1": {"field": "title", "unknown": "make"}}})
